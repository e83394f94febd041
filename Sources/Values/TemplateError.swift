// SPDX-License-Identifier: Apache-2.0
// What is wrong with a template, a path or a formatter's use.

/// A template or path that does not parse, or a formatter that cannot be applied.
public struct TemplateError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Stable, snake_case: `unclosed_expression`, `empty_expression`, `bad_path`, `bad_literal`,
  /// `bad_formatter`, `unexpected_character`, `too_large`; formatters add their own.
  public let code: String
  public let reason: String
  /// **Unit**: Unicode scalars from the start of the template.
  public let offset: Int

  public init(code: String, reason: String, offset: Int) {
    self.code = code
    self.reason = reason
    self.offset = offset
  }

  /// Positions are told to people from 1.
  public var description: String { "\(reason) at character \(offset + 1)" }
}
