// SPDX-License-Identifier: Apache-2.0
// Values against schemas: what is reported, in which words.

import Schema
import Testing
import Values

struct SchemaValidationTests {
  static func messages(_ schema: String, _ value: JSONValue) throws -> [String] {
    try JSONSchema(parsing: JSONValue(parsing: schema)).validate(value).map(\.message)
  }

  @Test(
    arguments: [
      (#"{"type":"integer"}"#, "12", "the value must be an integer, found text \"12\""),
      (#"{"type":"integer"}"#, 1.5, "the value must be an integer, found number 1.5"),
      (#"{"type":["string","null"]}"#, 1, "the value must be null or a text, found integer 1"),
      (#"{"type":"object"}"#, [1, 2], "the value must be an object, found a list of 2"),
      (#"{"const":1}"#, 2, "the value must be integer 1, found integer 2"),
      (#"{"enum":["a","b"]}"#, "c", "the value must be one of \"a\", \"b\", found text \"c\""),
      (#"{"minimum":3}"#, 2, "the value must be at least 3, found integer 2"),
      (#"{"maximum":3}"#, 3.5, "the value must be at most 3, found number 3.5"),
      (#"{"exclusiveMinimum":3}"#, 3, "the value must be more than 3, found integer 3"),
      (#"{"exclusiveMaximum":3}"#, 3, "the value must be less than 3, found integer 3"),
      (#"{"multipleOf":0.01}"#, 1.005, "the value must be a multiple of 0.01, found number 1.005"),
      (#"{"minLength":2}"#, "é", "the value must have at least 2 characters, found 1"),
      (#"{"maxLength":1}"#, "👍🏽", "the value must have at most 1 characters, found 2"),
      (#"{"minItems":1}"#, [], "the value must have at least 1 elements, found 0"),
      (#"{"maxItems":1}"#, [1, 2], "the value must have at most 1 elements, found 2"),
      (#"{"pattern":"^a+$"}"#, "ab", "the value must match ^a+$, found text \"ab\""),
      (#"{"format":"email"}"#, "x", "the value must be an e-mail address, found text \"x\""),
      (#"{"items":{"type":"boolean"}}"#, [true, 0], "[1] must be true or false, found integer 0"),
      (#"{"required":["a"]}"#, [:], "a is missing"),
      (#"{"required":["a"],"properties":{"a":{"type":"string"}}}"#, ["a": .null], "a is empty"),
      (
        #"{"additionalProperties":false,"properties":{"text":{}}}"#, ["tex": 1],
        "tex is not known here, did you mean \"text\"?"
      ),
      (
        #"{"additionalProperties":{"type":"integer"}}"#, ["a b": "x"],
        "[\"a b\"] must be an integer, found text \"x\""
      ),
      (
        #"{"properties":{"a":{"items":{"properties":{"b":{"type":"null"}}}}}}"#,
        ["a": [["b": .null], ["b": 1]]], "a[1].b must be null, found integer 1"
      ),
    ] as [(String, JSONValue, String)])
  func `a violation names place, what was wanted and what was found`(
    _ schema: String, _ value: JSONValue, _ wanted: String
  ) throws {
    #expect(try Self.messages(schema, value) == [wanted])
  }

  @Test(
    arguments: [
      (#"{}"#, ["any": ["thing", 1, .null]]), (#"{"type":"number"}"#, 1),
      (#"{"type":"number"}"#, 1.5),
      (#"{"const":1}"#, 1.0), (#"{"enum":[1.0,"a"]}"#, 1),
      (
        #"{"minimum":9007199254740993}"#,
        .integer(9_007_199_254_740_993)
      ),
      (#"{"multipleOf":0.01}"#, 19.99), (#"{"maxLength":2}"#, "👍🏽"),
      (#"{"minimum":3}"#, "no number"),
      (#"{"pattern":"b"}"#, "abc"),
      (#"{"additionalProperties":false,"properties":{"a":{}}}"#, ["a": 1]),
    ] as [(String, JSONValue)])
  func `what fits is not reported`(_ schema: String, _ value: JSONValue) throws {
    #expect(try Self.messages(schema, value).isEmpty)
  }

  static let oneOf = #"""
    {"type":"object","properties":{"id":{"type":"string"}},"additionalProperties":false,"oneOf":[
     {"properties":{"kind":{"const":"text"},"text":{"type":"string"}},"required":["text"]},
     {"properties":{"kind":{"const":"media"},"url":{"format":"uri"}},"required":["url"]}]}
    """#

  @Test(
    arguments: [
      (["kind": "text", "text": "x"], []), (["kind": "text", "id": "1"], ["text is missing"]),
      (["kind": "media", "url": "no"], ["url must be a URL, found text \"no\""]),
      (["kind": "sound"], ["kind must be one of \"text\", \"media\", found text \"sound\""]),
      ([:], ["the value must have \"kind\", one of \"text\", \"media\""]),
      (["kind": "text", "text": "x", "ulr": 1], ["ulr is not known here, did you mean \"url\"?"]),
    ] as [(JSONValue, [String])])
  func `of a choice only the selected branch is reported`(
    _ value: JSONValue, _ wanted: [String]
  ) throws {
    #expect(try Self.messages(Self.oneOf, value) == wanted)
  }

  @Test func `long texts and names never appear whole, and violations are counted off`() throws {
    let secret = String(repeating: "s3cret", count: 100)
    let message = try #require(try Self.messages(#"{"type":"integer"}"#, .text(secret)).first)
    #expect(message.unicodeScalars.count < 120)
    let control = try Self.messages(#"{"type":"integer"}"#, "a\nb\u{1B}[31m")
    #expect(control == ["the value must be an integer, found text \"a?b?[31m\""])
    let many: JSONValue = .list([JSONValue](repeating: "x", count: 1_000))
    #expect(try Self.messages(#"{"items":{"type":"integer"}}"#, many).count == 20)
  }

  @Test func `a required parameter that renders empty is empty`() throws {
    let schema = try JSONSchema(
      parsing: JSONValue(parsing: #"{"required":["to"],"properties":{"to":{"format":"email"}}}"#))
    #expect(schema.validateParameters(["to": ""]).map(\.message) == ["to is empty"])
    #expect(schema.validateParameters(["to": ""]).first?.code == "empty")
    #expect(schema.validate(["to": "a@b.example"]).isEmpty)
  }

  @Test func `a deferred text that still holds attributes is not checked`() throws {
    let schema = try JSONSchema(
      parsing: ["properties": ["text": ["x-deferred": true, "maxLength": 5]]])
    #expect(schema.validate(["text": "Dear {{recipient.name}}"]).isEmpty)
    #expect(schema.validate(["text": "Dear nobody"]).count == 1)
  }
}
