// SPDX-License-Identifier: Apache-2.0
// Regular expressions in time linear in the text.

/// A compiled regular expression. All alternatives advance side by side, so no text can make one
/// slow; look-around and back-references, which would, are refused by name.
///
/// It may match anywhere unless anchored. Letters are Unicode scalars; `\d \w \s \b` know ASCII and
/// the spaces of Unicode.
///
/// | written | means |
/// |---|---|
/// | `.` | any scalar but a line break |
/// | `[abc] [a-z] [^…]` | one of a class; `\d \w \s` and their opposites stand in one too |
/// | `\d \w \s`, `\D \W \S` | a digit, a letter, digit or `_`, white space; none of them |
/// | `^ $` | the start and the end of the text |
/// | `\b \B` | the edge of a word, and no edge |
/// | `(…) (?:…)` | a group; nothing is captured |
/// | `a\|b` | one or the other |
/// | `* + ? {n} {n,} {n,m}` | repetition, greedy; with `?` behind it, as short as can be |
/// | `\n \r \t \f \v \uXXXX` | that scalar; a backslash takes the meaning from punctuation |
package struct Pattern: Sendable, Hashable {
  /// As written.
  package let source: String
  package let ignoresCase: Bool
  let program: [PatternInstruction]

  /// - Parameter ignoresCase: whether letters match in either case, by Unicode's simple mappings
  /// **Throws** what is wrong or not supported, and where
  package init(parsing source: String, ignoresCase: Bool = false) throws(PatternError) {
    self.source = source
    self.ignoresCase = ignoresCase
    var parser = try PatternParser(source)
    let tree = try parser.parse()
    var compiler = PatternCompiler(ignoresCase: ignoresCase)
    try compiler.emit(tree)
    compiler.program.append(.match)
    program = compiler.program
  }

  /// Whether some part of the text matches.
  package func matches(_ text: String) -> Bool {
    search(text).verdict == .found
  }

  /// The leftmost match; where alternatives begin together, the one that is written first.
  package func firstMatch(in text: String) -> Range<String.Index>? {
    var search = PatternSearch(self, wantsRange: true)
    search.run(text)
    guard let range = search.range else { return nil }
    let scalars = text.unicodeScalars
    let start = scalars.index(scalars.startIndex, offsetBy: range.lowerBound)
    return start..<scalars.index(start, offsetBy: range.count)
  }

  /// Looks for a match and counts what that took.
  ///
  /// - Parameter limit: of the steps; the search is given up above it
  package func search(_ text: String, limit: Int = .max) -> PatternAnswer {
    var search = PatternSearch(self, limit: limit)
    search.run(text)
    return PatternAnswer(verdict: search.verdict, steps: search.steps)
  }

  /// No text takes more steps: what every place of the program costs at most, for each scalar and
  /// for the end.
  package func maximalSteps(scalars: Int) -> Int { 4 * (program.count + 1) * (scalars + 1) }

  package static func == (left: Pattern, right: Pattern) -> Bool {
    left.source == right.source && left.ignoresCase == right.ignoresCase
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(source)
    hasher.combine(ignoresCase)
  }
}

/// What a search found, and its cost.
package struct PatternAnswer: Sendable, Hashable {
  package enum Verdict: Sendable, Hashable {
    case found, notFound
    /// Given up at the limit.
    case tooLong
  }

  package let verdict: Verdict
  /// How often a place of the program was looked at: the work, whatever the machine.
  package let steps: Int
}
