// SPDX-License-Identifier: Apache-2.0
// What patterns mean, what they refuse, and what they cost.

import Pattern
import Testing

@Suite struct PatternTests {
  @Test(arguments: [
    ("b", ["abc", "b"], ["", "ac"]), ("^abc$", ["abc"], ["abcd", "xabc", "ab"]),
    ("^$", [""], ["a"]), ("^(a|bc)*d?$", ["", "abcad", "bc"], ["b", "dd"]),
    ("^a{2,3}$", ["aa", "aaa"], ["a", "aaaa"]), ("^a{2}$", ["aa"], ["a", "aaa"]),
    ("^a{2,}$", ["aa", "aaaaa"], ["a"]), ("^a{0}b$", ["b"], ["ab"]),
    ("^a{0,}b$", ["b", "aab"], []),
    ("^[a-cx-]+$", ["a-cx"], ["d", ""]), ("^[^a-c]$", ["d", "é"], ["a", "dd"]),
    ("^[]a]$", ["]", "a"], ["b"]), ("^\\d{3}-\\d+$", ["123-4"], ["12-4", "123-"]),
    ("^[\\w.]+$", ["a_1."], ["a b", "é"]), ("^[^\\s\\d]$", ["a"], ["1", " ", "\u{2003}"]),
    ("^[\\D]$", ["a"], ["1"]), ("^.$", ["é", "😀"], ["\n", "ab"]),
    ("^\\u0041\\.\\/$", ["A./"], ["AB/"]), ("^(?:ab)+?c$", ["ababc"], ["abab", "c"]),
    ("a||b", ["", "x"], []), ("(^a|b$)", ["ax", "xb"], ["xa", "bx"]),
    ("\\bcat\\b", ["cat", "a cat.", "cat-tail"], ["concat", "cats", "cat_"]),
    ("\\Bcat", ["concat"], ["cat", "a cat"]), ("^(a*)*$", ["", "aaa"], ["ab"]),
    ("^(|a)+b$", ["b", "aab"], ["a"]), ("^[\\n\\t]+$", ["\n\t"], ["n"]), ("$a", [], ["a", ""]),
  ])
  func `patterns mean what they mean elsewhere`(
    _ source: String, _ good: [String], _ bad: [String]
  ) throws {
    let pattern = try Pattern(parsing: source)
    for text in good { #expect(pattern.matches(text), "\(source) on \(text)") }
    for text in bad { #expect(!pattern.matches(text), "\(source) on \(text)") }
  }

  @Test(arguments: [
    ("stra(ss|ß)e", ["STRASSE", "straße", "STRAßE"], ["strase"]), ("[a-c]+é", ["ABCÉ"], ["ABC"]),
    ("^[^a]$", ["b", "B"], ["a", "A"]), ("ЖУК", ["жук"], ["жу"]), ("^k$", ["\u{212A}"], []),
    ("\\D", ["A"], ["1"]),
  ])
  func `case does not count where it is not asked for`(
    _ source: String, _ good: [String], _ bad: [String]
  ) throws {
    let pattern = try Pattern(parsing: source, ignoresCase: true)
    for text in good { #expect(pattern.matches(text), "\(source) on \(text)") }
    for text in bad { #expect(!pattern.matches(text), "\(source) on \(text)") }
    #expect(try !Pattern(parsing: "a").matches("A"))
  }

  @Test(
    arguments: [
      ("a+", "baac", "aa"), ("a+?", "baac", "a"), ("a|ab", "xab", "a"), ("ab|a", "xab", "ab"),
      ("[0-9]+", "é12 34", "12"), ("(a|ab)(c|bcd)", "abcd", "abcd"), ("x*", "yx", ""),
      ("a*b|c", "aaac", "c"), ("\\w+@\\w+", "to ana@x, bo@y", "ana@x"), ("z", "abc", nil),
    ] as [(String, String, String?)])
  func `the first match is the leftmost, and greedy where it is written so`(
    _ source: String, _ text: String, _ match: String?
  ) throws {
    let range = try Pattern(parsing: source).firstMatch(in: text)
    #expect(range.map { String(text[$0]) } == match)
  }

  @Test(arguments: [
    ("a(b", "a ( without its )", 1), ("ab)", "a ) without its (", 2),
    ("[", "a [ without its ]", 0), ("x[a", "a [ without its ]", 1),
    ("a{2", "a { without its }", 1), ("a{3,2}", "wrong way round", 1),
    ("a{1001}", "a count above 1000", 2), ("a{,2}", "a count is wanted", 2),
    ("*", "nothing to repeat before *", 0), ("a**", "a repetition of a repetition", 2),
    ("a++", "a repetition of a repetition", 2), ("\\", "nothing after the last backslash", 0),
    ("é(a)\\1", "back-references (\\1) are not supported", 4),
    ("(?<n>a)", "named groups are not supported", 0), ("x(?!a)", "look-ahead is not supported", 1),
    ("(?=a)", "look-ahead is not supported", 0), ("(?<=a)b", "look-behind is not supported", 0),
    ("(?<!a)b", "look-behind is not supported", 0), ("(?>a)", "atomic groups are not", 0),
    ("(?i)a", "options inside a pattern are not", 0), ("\\p{L}", "Unicode properties", 0),
    ("\\Aa", "use ^ or $", 0), ("[\\b]", "not supported in brackets", 1),
    ("[b-a]", "a range in brackets is the wrong way round", 1), ("\\u12", "four hexadecimal", 0),
    ("\\ud800", "four hexadecimal", 0), ("\\q", "\\q is not supported", 0),
  ])
  func `what is wrong or not supported is named with its place`(
    _ source: String, _ reason: String, _ offset: Int
  ) {
    let error = #expect(throws: PatternError.self) { try Pattern(parsing: source) }
    #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "")")
    #expect(error?.offset == offset)
    #expect(error?.description.hasSuffix("at character \(offset + 1)") == true)
  }

  @Test(arguments: [
    "((a{100}){100}){100}", "((((((){1000}){1000}){1000}){1000}){1000}){1000}",
    String(repeating: "(", count: 21) + String(repeating: ")", count: 21),
    String(repeating: "a", count: 4_001), String(repeating: "(a", count: 3_000),
  ])
  func `a pattern that would be too large is refused`(_ source: String) {
    #expect(throws: PatternError.self) { try Pattern(parsing: source) }
  }

  /// A backtracking search takes 2^n steps for these.
  @Test(arguments: ["(a+)+$", "^(a|aa)+$", "^(a*)*$", "(a|a)*x", "^(.*)*(.*)*x$", "(a?){50}a{50}$"])
  func `the work is proportional to the text`(_ source: String) throws {
    let pattern = try Pattern(parsing: source)
    func steps(_ count: Int) -> Int {
      let answer = pattern.search(String(repeating: "a", count: count) + "!")
      #expect(answer.verdict == .notFound)
      #expect(answer.steps <= pattern.maximalSteps(scalars: count + 1))
      return answer.steps
    }
    // Beside what a search needs until all its places are alive.
    let (once, twice) = (steps(2_000), steps(4_000))
    #expect(twice <= 2 * once + pattern.maximalSteps(scalars: 200))
  }

  @Test func `a megabyte of the worst text costs a few steps a byte`() throws {
    let text = String(repeating: "a", count: 1 << 20) + "!"
    let answer = try Pattern(parsing: "(a+)+$").search(text)
    #expect(answer.verdict == .notFound)
    #expect(answer.steps <= 12 * text.utf8.count)
  }

  @Test func `a search ends at its limit`() throws {
    let answer = try Pattern(parsing: "a{500}b").search(
      String(repeating: "a", count: 10_000), limit: 100_000)
    #expect(answer.verdict == .tooLong)
    #expect(answer.steps < 110_000)
  }

  @Test func `garbage patterns are read or refused`() {
    var state: UInt64 = 99
    let pieces = Array("ab()[]{}|*+?.^$\\dwb-,012u".unicodeScalars)
    for round in 0..<4_000 {
      var scalars = String.UnicodeScalarView()
      for _ in 0..<12 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        scalars.append(pieces[Int((state >> 33) % UInt64(pieces.count))])
      }
      let pattern = try? Pattern(parsing: String(scalars), ignoresCase: round % 2 == 0)
      guard let pattern else { continue }
      let text = "abab12--"
      #expect(pattern.search(text).steps <= pattern.maximalSteps(scalars: text.count))
      #expect(pattern.matches(text) == (pattern.firstMatch(in: text) != nil))
    }
  }
}
