// SPDX-License-Identifier: Apache-2.0
// What is wrong with a pattern.

/// A pattern that does not parse, asks for what is not supported, or is too large.
package struct PatternError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Stable, snake_case: `bad_pattern`, `pattern_not_supported`, `pattern_too_large`.
  package let code: String
  package let reason: String
  /// **Unit** Unicode scalars from the start of the pattern.
  package let offset: Int

  init(_ code: String = "bad_pattern", _ reason: String, at offset: Int) {
    self.code = code
    self.reason = reason
    self.offset = offset
  }

  /// Positions are told to people from 1.
  package var description: String { "\(reason), at character \(offset + 1)" }
}

/// What one pattern may cost, each with its reason.
enum PatternLimits {
  /// Instructions: the work for each scalar of a text is a small multiple of them.
  static let program = 4_000
  /// **Unit** scalars. Nobody reads a longer one.
  static let source = 4_000
  /// Groups nest no deeper, so the parser's recursion is bounded.
  static let depth = 20
  /// A count in braces: repetitions are written out in the program.
  static let count = 1_000
  /// Parts the compiler looks at: repetitions of nothing emit no instruction and would be free.
  static let emissions = 20_000
}
