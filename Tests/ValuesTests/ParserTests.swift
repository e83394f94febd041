// SPDX-License-Identifier: Apache-2.0
// What the parser refuses, in which words, and what it keeps exactly.

import Testing
import Values

struct ParserTests {
  struct Refused: Sendable, CustomTestStringConvertible {
    let text: String
    let code: String
    let place: String
    let words: String

    init(_ text: String, _ code: String, _ place: String, _ words: String) {
      (self.text, self.code, self.place, self.words) = (text, code, place, words)
    }

    var testDescription: String { JSONValue.text(text).json }
  }

  static let refused: [Refused] = [
    Refused("", "empty", "line 1, column 1", "the text is empty"),
    Refused(" \n\t", "empty", "line 2, column 2", "the text is empty"),
    Refused("\u{FEFF}{}", "byte_order_mark", "line 1, column 1", "leave it out"),
    Refused("{", "unexpected_end", "line 1, column 2", "an object is not closed"),
    Refused("[1,", "unexpected_end", "line 1, column 4", "a value is missing"),
    Refused("[1,]", "unexpected_character", "line 1, column 4", "\"]\" where a value"),
    Refused("[1 2]", "unexpected_character", "line 1, column 4", "a comma or \"]\""),
    Refused("[1}", "unexpected_character", "line 1, column 3", "\"}\" in a list"),
    Refused("{\"a\":1,}", "unexpected_character", "line 1, column 8", "leave the last comma out"),
    Refused("{\"a\" 1}", "unexpected_character", "line 1, column 6", "a colon is wanted"),
    Refused("{a:1}", "unexpected_character", "line 1, column 2", "a name in quotes"),
    Refused("{'a':1}", "unexpected_character", "line 1, column 2", "\"'\" where a name"),
    Refused("[1]x", "trailing_content", "line 1, column 4", "\"x\" after the end"),
    Refused("[1]\0", "trailing_content", "line 1, column 4", "U+0000"),
    Refused("tru", "unexpected_end", "line 1, column 4", "true is cut"),
    Refused("nulL", "unexpected_character", "line 1, column 4", "should be null"),
    Refused("True", "unexpected_character", "line 1, column 1", "\"T\" where a value"),
    Refused("\"a\nb\"", "control_character", "line 1, column 3", "a line break in a string"),
    Refused("\"a\u{1}b\"", "control_character", "line 1, column 3", "U+0001"),
    Refused("\"a", "unexpected_end", "line 1, column 3", "closing quotation mark"),
    Refused("\"\\x\"", "invalid_escape", "line 1, column 3", "\"x\" after a backslash"),
    Refused("\"\\u12G4\"", "invalid_escape", "line 1, column 6", "four hexadecimal digits"),
    Refused("\"\\ud800\"", "lone_surrogate", "line 1, column 2", "\\uD800 is half"),
    Refused("\"\\udc00\"", "lone_surrogate", "line 1, column 2", "\\uDC00 is half"),
    Refused("\"\\ud83d\\u0041\"", "lone_surrogate", "line 1, column 2", "\\uD83D is half"),
    Refused("01", "invalid_number", "line 1, column 2", "does not begin with 0"),
    Refused("-", "invalid_number", "line 1, column 2", "follow the minus sign"),
    Refused("1.", "invalid_number", "line 1, column 3", "follow the point"),
    Refused("1e+", "invalid_number", "line 1, column 4", "follow the exponent"),
    Refused("+1", "unexpected_character", "line 1, column 1", "\"+\" where a value"),
    Refused(".5", "unexpected_character", "line 1, column 1", "\".\" where a value"),
    Refused("NaN", "unexpected_character", "line 1, column 1", "\"N\" where a value"),
    Refused("[\"é😀\",\n  ü]", "unexpected_character", "line 2, column 3", "U+00FC where a value"),
    Refused("[1,\r\n2,\r3 x]", "unexpected_character", "line 3, column 3", "\"x\" in a list"),
    Refused("[\"é\", x]", "unexpected_character", "line 1, column 7", "\"x\" where a value"),
  ]

  @Test(arguments: refused)
  func `a text that is no JSON is refused with its place`(_ one: Refused) {
    do throws(JSONError) {
      let value = try JSONValue(parsing: one.text)
      Issue.record("read as \(value)")
    } catch {
      #expect(error.code == one.code)
      #expect(error.description.hasPrefix(one.place + ": "), "\(error)")
      #expect(error.reason.contains(one.words), "\(error)")
    }
    #expect(throws: JSONError.self) { try JSONTape(parsing: Array(one.text.utf8)) }
  }

  static let badUTF8: [[UInt8]] = [
    [0x80], [0xC0, 0xAF], [0xC1, 0xBF], [0xC3], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF],
    [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xE2, 0x82], [0xF0, 0x80, 0x80, 0x80],
    [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xF0, 0x9F, 0x98],
  ]

  @Test(arguments: badUTF8)
  func `bytes that are no UTF-8 are refused at their place`(_ bytes: [UInt8]) {
    let source = Array("[\"long enough to be scanned by words ".utf8) + bytes + Array("\"]".utf8)
    let error = #expect(throws: JSONError.self) { try JSONValue(parsing: source) }
    #expect(error?.code == "invalid_utf8")
    #expect(error?.offset == 37)
  }

  @Test func `the borders of UTF-8 are accepted`() throws {
    for scalar in [0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF] {
      let text = String(try #require(Unicode.Scalar(scalar)))
      #expect(try JSONValue(parsing: "\"\(text)\"") == .text(text))
    }
  }

  @Test func `integers are exact to 64 bits and other numbers keep their digits`() throws {
    #expect(try JSONValue(parsing: "9223372036854775807") == .integer(.max))
    #expect(try JSONValue(parsing: "-9223372036854775808") == .integer(.min))
    #expect(try JSONValue(parsing: "0") == 0)
    for text in [
      "9223372036854775808", "-9223372036854775809", "123456789012345678901234567890", "-0",
      "1.10", "1e2", "1E+2", "0.0", "-0.0", "18446744073709551616", "1e400", "99999999999999999999",
    ] {
      let value = try JSONValue(parsing: text)
      #expect(value.typeName == "number" && value.json == text)
      #expect(try JSONTape(parsing: Array(text.utf8)).json == text)
    }
  }

  @Test func `a name that stands twice has its last value at its first place`() throws {
    let value = try JSONValue(parsing: #"{"a":1,"b":2,"a":3,"\u0061":4}"#)
    #expect(value.json == #"{"a":4,"b":2}"#)
    let many = (0..<60).map { "\"n\($0 % 40)\":\($0)" }.joined(separator: ",")
    let object = try #require(try JSONValue(parsing: "{\(many)}").asObject)
    #expect(object.count == 40)
    #expect(object["n5"] == 45 && object["n30"] == 30)
    // More names than are compared one by one, none of them twice; then one of them twice.
    let distinct = (0..<300).map { "\"n\($0)\":\($0)" }.joined(separator: ",")
    let wide = try #require(try JSONValue(parsing: "{\(distinct)}").asObject)
    #expect(wide.count == 300 && wide["n299"] == 299 && wide.names.last == "n299")
    let again = try #require(try JSONValue(parsing: "{\(distinct),\"n7\":true}").asObject)
    #expect(again.count == 300 && again["n7"] == true && again.names[7] == "n7")
  }

  @Test func `names that differ only in their composition are two names`() throws {
    let text = "{\"e\u{301}\":1,\"\u{E9}\":2}"
    let value = try JSONValue(parsing: text)
    #expect(value.asObject?.count == 2 && value.json == text)
    #expect(value["e\u{301}"] == 1 && value["\u{E9}"] == 2)
  }

  @Test func `escapes give the characters they stand for`() throws {
    let text = #""\"\\\/\b\f\n\r\t\u0041\u00e9\u20AC\ud83d\ude00\u0000""#
    let wanted: JSONValue = .text("\"\\/\u{8}\u{C}\n\r\tAé€😀\0")
    #expect(try JSONValue(parsing: text) == wanted)
    #expect(try JSONTape(parsing: Array(text.utf8)).value == wanted)
  }

  @Test func `depth, size and number of values are limited, in words`() throws {
    func code(_ text: String, _ limits: JSONLimits) -> JSONError? {
      do throws(JSONError) { _ = try JSONValue(parsing: text, limits: limits) } catch {
        return error
      }
      return nil
    }
    let nested = String(repeating: "[", count: 128) + String(repeating: "]", count: 128)
    #expect(code(nested, .standard) == nil)
    #expect(code("[\(nested)]", .standard)?.code == "too_deep")
    #expect(code("[\(nested)]", .standard)?.column == 129)
    #expect(code("[1,2,3]", JSONLimits(values: 3))?.code == "too_many_values")
    #expect(code("[1,2,3]", JSONLimits(values: 4)) == nil)
    #expect(code("[1,2,3]", JSONLimits(bytes: 6))?.reason.contains("7 bytes, at most 6") == true)
    #expect(code("1", JSONLimits(depth: 0)) == nil)
    #expect(code("[]", JSONLimits(depth: 0))?.code == "too_deep")
  }

  @Test func `a hundred thousand open lists are refused without recursion`() {
    for opening in ["[", "{\"a\":"] {
      let text = String(repeating: opening, count: 100_000)
      let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
      #expect(error?.code == "too_deep")
    }
  }
}
