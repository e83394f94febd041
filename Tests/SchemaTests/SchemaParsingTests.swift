// SPDX-License-Identifier: Apache-2.0
// Reading schemas: the subset, and what is outside it.

import Schema
import Testing
import Values

struct SchemaParsingTests {
  @Test(arguments: [
    (#"[]"#, "bad_keyword", "", "a schema is an object, found list"),
    (
      #"{"typ":"string"}"#, "unknown_keyword", "",
      "\"typ\" is not supported, did you mean \"type\"?"
    ),
    (#"{"$ref":"x"}"#, "unknown_keyword", "", "\"$ref\" is not supported"),
    (#"{"anyOf":[]}"#, "unknown_keyword", "", "\"anyOf\" is not supported"),
    (#"{"type":"text"}"#, "bad_keyword", "type", "wanted one of null, boolean"),
    (
      #"{"properties":{"a":{"minLenght":1}}}"#, "unknown_keyword", "properties.a",
      "did you mean \"minLength\"?"
    ),
    (#"{"items":{"maximum":"5"}}"#, "bad_keyword", "items.maximum", "found text \"5\""),
    (#"{"minLength":-1}"#, "bad_keyword", "minLength", "found integer -1"),
    (#"{"multipleOf":0}"#, "bad_keyword", "multipleOf", "above 0"),
    (#"{"enum":[]}"#, "bad_keyword", "enum", "not empty"),
    (#"{"required":"a"}"#, "bad_keyword", "required", "a list of names"),
    (#"{"format":"mail"}"#, "unknown_format", "format", "only email, uri, date"),
    (#"{"pattern":"(a"}"#, "bad_pattern", "pattern", "a ( without its )"),
    (#"{"pattern":"(?=a)"}"#, "bad_pattern", "pattern", "look-ahead"),
    (
      #"{"oneOf":[{"properties":{"a":{"const":1}}},{"properties":{"b":{"const":2}}}]}"#,
      "no_discriminator", "oneOf", "add one that tells them apart"
    ),
    (#"{"x-deferred":"yes"}"#, "bad_keyword", "x-deferred", "true or false"),
  ])
  func `a schema outside the subset is refused`(
    _ text: String, _ code: String, _ path: String, _ words: String
  ) throws {
    let value = try JSONValue(parsing: text)
    let error = #expect(throws: SchemaError.self) { try JSONSchema(parsing: value) }
    #expect(error?.code == code && error?.path == path)
    #expect(error?.description.contains(words) == true, "\(String(describing: error))")
  }

  @Test func `schemas nested without end are refused`() throws {
    var value: JSONValue = [:]
    for _ in 0..<60 { value = ["items": value] }
    let error = #expect(throws: SchemaError.self) { try JSONSchema(parsing: value) }
    #expect(error?.code == "too_deep")
  }

  @Test func `what a schema says can be asked`() throws {
    let schema = try JSONSchema(
      parsing: [
        "type": "object", "title": "T", "description": "D", "required": ["to"],
        "properties": [
          "to": ["type": "string", "format": "phone", "x-ref": "contact"],
          "text": ["type": ["string", "null"], "x-deferred": true, "default": "hi"],
        ],
        "oneOf": [
          ["properties": ["kind": ["const": "a"], "size": ["type": "integer"]]],
          ["properties": ["kind": ["const": "b"]]],
        ],
      ])
    #expect(schema.propertyNames == ["to", "text"] && schema.types == [.object])
    #expect(schema.isRequired("to") && !schema.isRequired("text"))
    #expect(schema.property(named: "to")?.format == .phone)
    #expect(schema.property(named: "to")?.reference == "contact")
    #expect(schema.property(named: "text")?.isDeferred == true)
    #expect(schema.property(named: "text")?.defaultValue == "hi")
    #expect(schema.property(named: "size")?.types == [.integer])
    #expect(schema.property(named: "nothing") == nil)
    #expect(schema.branches?.discriminator == "kind" && schema.title == "T")
    #expect(schema.summary == "D" && schema.raw["title"] == "T")
  }
}
