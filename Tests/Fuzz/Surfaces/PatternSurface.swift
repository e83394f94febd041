// SPDX-License-Identifier: Apache-2.0
// Regular expressions of authors over texts of strangers.
import Pattern

extension Surface {
  /// **Shape** of an input: the pattern, a line break, the text.
  static let pattern = Surface(
    name: "pattern",
    summary: "a search takes no more steps than announced; search, match and a doubled one agree",
    mostBytes: 512,
    words: [
      "(?:", "[^", "[a-z]", "\\d", "\\W", "\\b", "{2,3}", "{1000}", "*?", "+", "|", "^", "$",
      "\\u0041", "(?=", "\\1", "[[:alpha:]]", "(a*)*", ".*.*.*",
    ],
    examine: { (input) throws(BrokenProperty) in
      let (source, rest) = split(input)
      let text = String(decoding: rest, as: UTF8.self)
      let pattern: Pattern
      do throws(PatternError) {
        pattern = try Pattern(parsing: source)
      } catch {
        return try require(!error.code.isEmpty && !error.reason.isEmpty, "a refusal says why")
      }
      let answer = pattern.search(text)
      let most = pattern.maximalSteps(scalars: text.unicodeScalars.count)
      try require(answer.steps <= most, "\(answer.steps) steps of at most \(most)")
      let range = pattern.firstMatch(in: text)
      try require((range != nil) == (answer.verdict == .found), "search and match agree")
      try require(pattern.matches(text) == (range != nil), "both forms of a match agree")
      if let doubled = try? Pattern(parsing: "(?:\(source))|(?:\(source))") {
        try require(doubled.firstMatch(in: text) == range, "one or the same is the one")
      }
      _ = (try? Pattern(parsing: source, ignoresCase: true))?.firstMatch(in: text)
    })
}
