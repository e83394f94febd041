// SPDX-License-Identifier: Apache-2.0
// Coercion: only what is exact.

import Schema
import Testing
import Values

struct SchemaCoercionTests {
  @Test(
    arguments: [
      (#"{"type":"integer"}"#, "12", 12), (#"{"type":"integer"}"#, "-3", -3),
      (#"{"type":"integer"}"#, "1.2e1", 12), (#"{"type":"integer"}"#, 12.0, 12),
      (#"{"type":"integer"}"#, "12.5", "12.5"), (#"{"type":"integer"}"#, " 12", " 12"),
      (#"{"type":"integer"}"#, "012", "012"), (#"{"type":"integer"}"#, "+12", "+12"),
      (#"{"type":"integer"}"#, "99999999999999999999", "99999999999999999999"),
      (#"{"type":"integer"}"#, "", ""), (#"{"type":"integer"}"#, true, true),
      (#"{"type":"number"}"#, "12", 12), (#"{"type":"number"}"#, "twelve", "twelve"),
      (#"{"type":"boolean"}"#, "true", true), (#"{"type":"boolean"}"#, "True", "True"),
      (#"{"type":"boolean"}"#, 1, 1), (#"{"type":"string"}"#, 919_812_345_678, "919812345678"),
      (#"{"type":"string"}"#, 1.5, "1.5"), (#"{"type":"string"}"#, false, "false"),
      (#"{"type":"string"}"#, [1], [1]), (#"{"type":["string","integer"]}"#, "12", "12"),
      (#"{"type":["integer","null"]}"#, "12", 12), (#"{}"#, "12", "12"),
      (#"{"type":"array"}"#, "x", ["x"]), (#"{"type":"array"}"#, .null, .null),
      (#"{"type":"array","items":{"type":"integer"}}"#, "5", [5]),
      (#"{"type":"array","items":{"type":"integer"}}"#, ["1", ["2", "3"]], [1, 2, 3]),
      (#"{"type":"array","items":{"type":"array"}}"#, [[1], 2], [[1], [2]]),
      (#"{"type":"array","items":{"type":"string"}}"#, "a, b", ["a, b"]),
      (
        #"{"type":"array","items":{"type":"string","format":"email"}}"#, "a@x.de, b@x.de\n\na@x.de",
        ["a@x.de", "b@x.de"]
      ),
      (
        #"{"type":"array","items":{"type":"string","x-ref":"user"}}"#, [7, " Ana ,7", ""],
        ["7", "Ana"]
      ),
      (#"{"type":["array","string"]}"#, "x", "x"),
    ] as [(String, JSONValue, JSONValue)])
  func `a value becomes what is wanted only where that is exact`(
    _ schema: String, _ value: JSONValue, _ wanted: JSONValue
  ) throws {
    let schema = try JSONSchema(parsing: JSONValue(parsing: schema))
    #expect(schema.coerce(value) == wanted)
    #expect(schema.coerce(wanted) == wanted)
  }

  @Test func `numbers keep their digits`() throws {
    let number = try JSONSchema(parsing: ["type": "number"])
    #expect(number.coerce("1.50").json == "1.50")
    let text = try JSONSchema(parsing: ["type": "string"])
    #expect(text.coerce(try JSONValue(parsing: "1.50")) == "1.50")
  }

  @Test func `members are coerced, optional empties dropped, defaults applied`() throws {
    let schema = try JSONSchema(
      parsing: JSONValue(
        parsing: #"""
          {"type":"object","required":["to","kept"],"properties":{
            "to":{"type":"string"},"kept":{"type":"string"},"count":{"type":"integer"},
            "gone":{"type":"string"},"limit":{"type":"integer","default":10},
            "nullable":{"type":["string","null"]},
            "inner":{"type":"object","properties":{"n":{"type":"integer"}}}},
           "additionalProperties":{"type":"integer"}}
          """#))
    let coerced = schema.coerce([
      "to": 12, "kept": "", "count": "3", "gone": "", "limit": .null, "nullable": .null,
      "inner": ["n": "7"], "more": "8",
    ])
    #expect(
      coerced == [
        "to": "12", "kept": "", "count": 3, "limit": 10, "nullable": .null, "inner": ["n": 7],
        "more": 8,
      ])
  }

  @Test func `an element whose required member is empty drops out and is noted`() throws {
    let schema = try JSONSchema(
      parsing: JSONValue(
        parsing: #"""
          {"type":"object","properties":{"media":{"type":"array","items":
            {"type":"object","required":["url"],"properties":{"url":{"type":"string"}}}}}}
          """#))
    let coercion = schema.coercion(of: [
      "media": [["url": "http://a.example"], ["url": ""], ["url": .null], ["name": "x"]]
    ])
    #expect(coercion.value == ["media": [["url": "http://a.example"], ["name": "x"]]])
    #expect(
      coercion.notes == [
        "media[1] dropped out: media[1].url is empty",
        "media[2] dropped out: media[2].url is empty",
      ])
    #expect(schema.validate(coercion.value).map(\.message) == ["media[1].url is missing"])
  }

  @Test func `the selected branch is coerced too`() throws {
    let schema = try JSONSchema(
      parsing: JSONValue(
        parsing: #"""
          {"oneOf":[{"type":"object","properties":{"kind":{"const":"a"},"n":{"type":"integer"}}},
                    {"type":"object","properties":{"kind":{"const":"b"},"n":{"type":"string"}}}]}
          """#))
    #expect(schema.coerce(["kind": "a", "n": "1"]) == ["kind": "a", "n": 1])
    #expect(schema.coerce(["kind": "b", "n": 1]) == ["kind": "b", "n": "1"])
    #expect(schema.coerce(["kind": "c", "n": 1]) == ["kind": "c", "n": 1])
  }

  @Test func `a deferred member is left alone while it holds attributes`() throws {
    let schema = try JSONSchema(
      parsing: ["properties": ["values": ["type": "array", "x-deferred": true]]])
    #expect(schema.coerce(["values": "{{recipient.x}}"]) == ["values": "{{recipient.x}}"])
    #expect(schema.coerce(["values": "x"]) == ["values": ["x"]])
  }
}
