// SPDX-License-Identifier: Apache-2.0
// Every formatter by table: what it gives, and what gives nothing.

import Crypto
import Pipeline
import Testing
import Values

/// spec/formats.md 1: "Each has one line of documentation: input, output, what a wrong type gives
/// (missing, noted)".
@Suite struct FormatterTests {
  /// An expression over `v`, the value of `v`, and the result; nil is missing with a note.
  typealias Row = (String, JSONValue?, JSONValue?)

  static func decimal(_ text: String) -> JSONValue { JSONValue(numberText: text) ?? .null }

  static let context: FormatterContext = {
    guard let sodium = try? Sodium.load() else { return FormatterContext() }
    return FormatterContext(
      digests: Digests(
        sha256: { sodium.sha256($0) }, hmacSHA256: { sodium.hmacSHA256(key: $0, $1) }))
  }()

  static let texts: [Row] = [
    ("upper", "élan ß ﬁ", "ÉLAN SS FI"), ("upper", "i", "I"), ("upper", "", ""),
    ("upper", 12, "12"),
    ("upper", .null, ""), ("upper", ["a"], nil), ("upper", [:], nil),
    ("lower", "ÀÉ İ", "àé i̇"), ("lower", "I", "i"), ("lower", true, "true"), ("lower", [], nil),
    ("title", "élan vital", "Élan Vital"), ("title", "JEAN-LUC o'neil", "Jean-Luc O'neil"),
    ("title", "the 2nd ǆ e\u{301}a", "The 2nd ǅ E\u{301}a"), ("title", "", ""),
    ("title", "ISTANBUL", "Istanbul"), ("title", ["a"], nil),
    ("trim", " \t\u{A0}a b\n", "a b"), ("trim", "   ", ""), ("trim", [1], nil),
    (#"replace: "a", "bb""#, "banana", "bbbnbbnbb"), (#"replace: ".", """#, "1.2.3", "123"),
    (#"replace: "", "x""#, "ab", "ab"), (#"replace: "A", "x""#, "banana", "banana"),
    (#"replace: "aa", "b""#, "aaaaa", "bba"), (#"replace: 1, 2"#, 121, "222"),
    (#"replace: "a", "b""#, ["a"], nil), (#"replace: [1], "b""#, "a", nil),
    (#"replace: gone, "b""#, "a", nil), ("split", "a,b,,c", ["a", "b", "", "c"]),
    (#"split: "; ""#, "a; b", ["a", "b"]), ("split", "", []), (#"split: """#, "ab", ["ab"]),
    ("split", ["a"], nil), ("substring: 1", "日本語", "本語"), ("substring: -2, 1", "日本語", "本"),
    ("substring: 5", "abc", ""), ("substring: -9", "abc", "abc"), ("substring: 0, 0", "abc", ""),
    (#"substring: "1""#, "abc", "bc"), ("substring: v", "abc", nil), ("substring: 0", [1], nil),
    ("length", "日本語", 3), ("length", "", 0), ("length", ["a", "b"], 2), ("length", [:], nil),
    (#"default: "x""#, "", "x"), (#"default: "x""#, "a", "a"), (#"default: "x""#, nil, "x"),
    (#"default: "x""#, .null, "x"), ("default: 0", [], 0), ("default: 1", false, false),
    (#"upper | default: "x""#, [1], "x"),
  ]

  static let extractions: [Row] = [
    ("extract_number", "Total: 1,234.50 EUR", decimal("1234.5")), ("extract_number", "(-3)", -3),
    ("extract_number", "order A-12", 12), ("extract_number", "2-1", 2),
    ("extract_number", "- 7", 7), ("extract_number", 5, 5), ("extract_number", "none", nil),
    ("extract_number", "", nil), ("extract_number", ["1"], nil),
    ("extract_number", "v1,23", 1), ("extract_number", " 1e3 ", 1_000),
    ("extract_email", "write to <Ana.B+x@mail.example.org>, or b@x.io", "Ana.B+x@mail.example.org"),
    ("extract_email", "at a@b", nil), ("extract_email", "x@y.com.", "x@y.com"),
    ("extract_email", 5, nil), ("extract_email", ["a@b.cd"], nil),
    ("extract_url", "see (https://a.example/x_(1)?q=1), or", "https://a.example/x_(1)?q=1)"),
    ("extract_url", "see HTTP://a.example/b.", "HTTP://a.example/b"),
    ("extract_url", "(http://a.example)", "http://a.example"), ("extract_url", "ftp://x", nil),
    ("extract_url", [:], nil), ("extract_phone", "call +49 (170) 123-45 67!", "+491701234567"),
    ("extract_phone", "12 or 080/1234567", "0801234567"), ("extract_phone", "12 34", nil),
    ("extract_phone", "1234567890123456", nil), ("extract_phone", ["1234567"], nil),
    ("extract_phone", "a1b2345678c", "2345678"), ("extract_phone", 491_701_234_567, "491701234567"),
  ]

  static let codecs: [Row] = [
    ("url_encode", "a b&ü/~", "a%20b%26%C3%BC%2F~"), ("url_encode", "", ""),
    ("url_encode", [1], nil),
    ("base64", "", ""), ("base64", "f", "Zg=="), ("base64", "fo", "Zm8="),
    ("base64", "foo", "Zm9v"),
    ("base64", "ü", "w7w="), ("base64", [1], nil), ("base64_decode", "Zm9vYg==", "foob"),
    ("base64_decode", "Zm9vYg", "foob"), ("base64_decode", " w7w= ", "ü"),
    ("base64_decode", "", ""),
    ("base64_decode", "fn5-fn9_", "~~~~\u{7F}\u{7F}"), ("base64_decode", "Zg=", nil),
    ("base64_decode", "Zh==", nil), ("base64_decode", "Z", nil), ("base64_decode", "Zg===", nil),
    ("base64_decode", "Z!9v", nil), ("base64_decode", "=", nil), ("base64_decode", "/w==", nil),
    ("base64_decode", "Zg==Zg==", nil), ("base64_decode", [1], nil),
    ("to_json", ["b": [1, .null]], #"{"b":[1,null]}"#), ("to_json", "a\"", #""a\"""#),
    ("to_json", .null, "null"),
    ("from_json", #"{"a": [1.50, true]}"#, ["a": [decimal("1.50"), true]]),
    ("from_json", "{", nil), ("from_json", "", nil), ("from_json", 5, nil), ("from_json", "5", 5),
    ("from_json", .text(String(repeating: "[", count: 100_000)), nil),
  ]

  /// FIPS 180-2, appendix B; RFC 4231, cases 1, 2 and 6.
  static let hashes: [Row] = [
    ("sha256", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ("sha256", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    (#"sha256: "base64""#, "abc", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="),
    ("sha256", ["abc"], nil),
    (
      #"hmac_sha256: "Jefe""#, "what do ya want for nothing?",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ),
    (
      #"hmac_sha256: key"#, "Hi There",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    ),
    (#"hmac_sha256: gone"#, "a", nil), (#"hmac_sha256: "k""#, [1], nil),
    (#"hmac_sha256: [1]"#, "a", nil),
  ]

  static let phones: [Row] = [
    ("digits", "+91 (98) 765-43210", "919876543210"), ("digits", "٠١٢ x", "012"),
    ("digits", "", ""),
    ("digits", "²½", ""), ("digits", -12, "12"), ("digits", [1], nil),
    (#"phone_add_country: "91""#, "98765 43210", "+919876543210"),
    (#"phone_add_country: "91""#, "+919876543210", "+919876543210"),
    (#"phone_add_country: "91""#, "919876543210", "+919876543210"),
    (#"phone_add_country: "91""#, "9198765432", "+919198765432"),
    (#"phone_add_country: "91""#, "0091 98765 43210", "+919876543210"),
    (#"phone_add_country: "+91""#, "09876543210", "+919876543210"),
    (#"phone_add_country: 91"#, 9_876_543_210, "+919876543210"),
    (#"phone_add_country: "65", 8"#, "6591234567", "+6591234567"),
    (#"phone_add_country: "65", 8"#, "65123456", "+6565123456"),
    (#"phone_add_country: "91""#, "+44 (0)20 7946 0000", "+442079460000"),
    (#"phone_add_country: "91""#, "", nil), (#"phone_add_country: "91""#, "12", nil),
    (#"phone_add_country: "x""#, "9876543210", nil),
    (#"phone_add_country: "0""#, "9876543210", nil),
    (#"phone_add_country: "91""#, "123456789012345", nil), (#"phone_add_country: "91""#, [1], nil),
    ("is_e164", "+919876543210", true), ("is_e164", "919876543210", false),
    ("is_e164", "+0123456789", false), ("is_e164", "+91 98765", false), ("is_e164", "", false),
    ("is_e164", "+1234567890123456", false), ("is_e164", "+٩١٩٨٧٦٥", false), ("is_e164", [1], nil),
  ]

  static func render(_ row: Row) throws -> (value: JSONValue?, scope: RenderScope) {
    let roots: [String: JSONValue] = ["key": .text(String(repeating: "\u{0B}", count: 20))]
    var scope = RenderScope(context: context) { $0 == "v" ? row.1 : roots[$0] }
    let value = try scope.render(Template(parsing: "{{v | \(row.0)}}"))
    return (value, scope)
  }

  @Test(arguments: [texts, extractions, codecs, hashes, phones])
  func `a formatter gives what its table says`(rows: [Row]) throws {
    for row in rows {
      let (value, scope) = try Self.render(row)
      let what = "\(row.1?.json.prefix(80) ?? "missing") | \(row.0)"
      #expect(value == row.2, "\(what)")
      // Missing is noted, and only then; the note says nothing of the value.
      let name = row.0.prefix { $0 != ":" && $0 != " " }
      if row.2 == nil {
        #expect(scope.notes.count == 1, "\(what)")
        #expect(scope.notes.first?.hasPrefix("\(name) gave nothing: ") == true, "\(what)")
      } else if !row.0.contains("|") {
        #expect(scope.notes.isEmpty, "\(what): \(scope.notes)")
      }
    }
  }

  @Test func `every formatter of the format is tried, and has its line`() {
    let rows =
      Self.texts + Self.extractions + Self.codecs + Self.hashes + Self.phones
      + FormatterNumberTests.rows + FormatterListTests.rows
    let tried = Set(rows.map { String($0.0.prefix { $0 != ":" && $0 != " " }) })
    // These have a table of their own.
    let dates: Set = [
      "date_parse", "date_format", "date_add", "date_difference", "in_time_zone",
    ]
    let specified = """
      upper lower title trim replace split substring length extract_number extract_email \
      extract_url extract_phone default url_encode base64 base64_decode sha256 hmac_sha256 add \
      subtract multiply divide round number_format currency join count first last pick unique \
      sort where digits phone_add_country is_e164 to_json from_json date_parse date_format date_add \
      date_difference in_time_zone
      """
    #expect(Formatters.all.map(\.name).sorted() == specified.split(separator: " ").map(String.init).sorted())
    for formatter in Formatters.all where !dates.contains(formatter.name) {
      #expect(tried.contains(formatter.name), "no row tries \(formatter.name)")
      #expect(formatter.summary.contains("→"), "\(formatter.name) says not what it gives")
      let required = formatter.parameters.prefix(formatter.arguments.lowerBound)
      let isLast = !required.contains { $0.isOptional }
      #expect(isLast, "\(formatter.name): what is optional is last")
    }
  }

  @Test func `a missing value stays missing, without a note`() throws {
    for formatter in Formatters.all where formatter.name != "default" {
      let arguments = [String](repeating: "1", count: formatter.arguments.lowerBound)
      let use = formatter.name + (arguments.isEmpty ? "" : ": " + arguments.joined(separator: ", "))
      let (value, scope) = try Self.render((use, nil, nil))
      #expect(value == nil && scope.notes.isEmpty, "\(formatter.name)")
      #expect(scope.missing.map(\.description) == ["v"])
    }
  }

  @Test func `hashes are not available where nobody hands them in`() throws {
    var scope = RenderScope { _ in "x" }
    for use in ["sha256", #"hmac_sha256: "k""#] {
      #expect(try scope.render(Template(parsing: "{{v | \(use)}}")) == nil)
    }
    #expect(scope.notes.count == 2)
    #expect(scope.notes.allSatisfy { $0.hasSuffix("hashes are not available here") })
  }

  @Test func `no formatter fails on a value of any type`() throws {
    let values: [JSONValue] = [
      .null, true, 0, -1, 9_223_372_036_854_775_807, Self.decimal("-1e999"), Self.decimal("1e-400"),
      "", " ", "\u{0}", "\u{301}", "{{v}}", "1", [], [[]], [.null, 1, "a", [:]], [:], ["a": .null],
      .text(String(repeating: "9", count: 500)), .text(String(repeating: "👨‍👩‍👧", count: 50)),
    ]
    for formatter in Formatters.all {
      for value in values {
        for argument in values {
          for count in formatter.arguments {
            let arguments = [JSONValue](repeating: argument, count: count)
            let result = try Formatters.apply(formatter.name, value, arguments, Self.context)
            if case .value(let result) = result {
              let parsed = try JSONValue(parsing: result.json)
              #expect(parsed == result, "\(formatter.name)")
            }
          }
        }
      }
    }
  }
}
