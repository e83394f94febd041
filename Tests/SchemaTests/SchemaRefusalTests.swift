// SPDX-License-Identifier: Apache-2.0
// Whether a schema takes all that another one does, and where not.
import Schema
import Testing
import Values

@Suite struct SchemaRefusalTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let before: String
    let after: String
    /// Where the schema after takes less; nil where it does not.
    let path: String?
    init(_ before: String, _ after: String, _ path: String?) {
      (self.before, self.after, self.path) = (before, after, path)
    }
    var testDescription: String { "\(before) → \(after)" }
  }

  private func schema(_ text: String) throws -> JSONSchema {
    try JSONSchema(parsing: try JSONValue(parsing: text))
  }

  @Test(arguments: [
    Case(#"{"type":"integer"}"#, #"{"type":"number"}"#, nil),
    Case(#"{"type":"number"}"#, #"{"type":"integer"}"#, ""),
    Case(#"{"type":"string"}"#, #"{"type":["string","null"]}"#, nil),
    Case(#"{"type":["string","null"]}"#, #"{"type":"string"}"#, ""),
    Case("{}", #"{"type":"string"}"#, ""),
    Case(#"{"type":"string"}"#, "{}", nil),
    Case(#"{"enum":["a","b"]}"#, #"{"enum":["b","a","c"]}"#, nil),
    Case(#"{"enum":["a","b"]}"#, #"{"enum":["a"]}"#, ""),
    Case(#"{"enum":["a"]}"#, #"{"type":"string","maxLength":1}"#, nil),
    Case(#"{"enum":["ab"]}"#, #"{"type":"string","maxLength":1}"#, ""),
    Case(#"{"type":"string"}"#, #"{"type":"string","enum":["a"]}"#, ""),
    Case(#"{"type":"string","maxLength":5}"#, #"{"type":"string","maxLength":9}"#, nil),
    Case(#"{"type":"string","maxLength":9}"#, #"{"type":"string","maxLength":5}"#, ""),
    Case(#"{"type":"string"}"#, #"{"type":"string","minLength":1}"#, ""),
    Case(#"{"type":"number","minimum":3}"#, #"{"type":"number","minimum":2}"#, nil),
    Case(#"{"type":"number","minimum":2}"#, #"{"type":"number","minimum":3}"#, ""),
    Case(
      #"{"type":"number","minimum":2}"#, #"{"type":"number","exclusiveMinimum":2}"#, ""),
    Case(
      #"{"type":"number","exclusiveMinimum":2}"#, #"{"type":"number","minimum":2}"#, nil),
    Case(
      #"{"type":"number","exclusiveMaximum":9}"#, #"{"type":"number","exclusiveMaximum":9,"title":"T"}"#,
      nil),
    Case(#"{"type":"number","multipleOf":6}"#, #"{"type":"number","multipleOf":3}"#, nil),
    Case(#"{"type":"number","multipleOf":3}"#, #"{"type":"number","multipleOf":6}"#, ""),
    Case(
      #"{"type":"string","pattern":"^a"}"#, #"{"type":"string","pattern":"^b"}"#, ""),
    Case(#"{"type":"string","format":"email"}"#, #"{"type":"string"}"#, nil),
    Case(#"{"type":"string"}"#, #"{"type":"string","format":"email"}"#, ""),
    Case(
      #"{"type":"array","items":{"type":"integer"}}"#,
      #"{"type":"array","items":{"type":"string"}}"#, "[]"),
    Case(
      #"{"type":"object","properties":{"a":{"type":"string"}}}"#,
      #"{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}}}"#, nil),
    Case(
      #"{"type":"object","properties":{"a":{"type":"string"}}}"#,
      #"{"type":"object","required":["b"],"properties":{"a":{},"b":{}}}"#, "b"),
    Case(
      #"{"type":"object","additionalProperties":false,"properties":{"a":{}}}"#,
      #"{"type":"object","additionalProperties":false,"properties":{"b":{}}}"#, "a"),
    Case(
      #"{"type":"object","properties":{"a":{"type":"object","properties":{"x":{"type":"number"}}}}}"#,
      #"{"type":"object","properties":{"a":{"type":"object","properties":{"x":{"type":"integer"}}}}}"#,
      "a.x"),
    Case(#"{"type":"object"}"#, #"{"type":"object","additionalProperties":false}"#, ""),
  ])
  func `parameters may only widen`(_ example: Case) throws {
    let refusal = try schema(example.after).refusal(of: try schema(example.before))
    #expect(refusal?.path == example.path, "\(String(describing: refusal))")
  }

  @Test(arguments: [
    (#"{"type":"object","properties":{"a":{"type":"number"}}}"#,
      #"{"type":"object","properties":{"a":{"type":"integer"},"more":{}}}"#, nil),
    (#"{"type":"object","properties":{"a":{}}}"#, #"{"type":"object","properties":{"b":{}}}"#, "a"),
    (#"{"type":"object","required":["a"],"properties":{"a":{}}}"#,
      #"{"type":"object","properties":{"a":{}}}"#, "a"),
    (#"{"type":"object","additionalProperties":false,"properties":{"a":{}}}"#,
      #"{"type":"object","properties":{"a":{}}}"#, nil),
  ] as [(String, String, String?)])
  func `results may narrow and have more members`(
    _ before: String, _ after: String, _ path: String?
  ) throws {
    let refusal = try schema(before).refusal(of: try schema(after), ignoringNew: true)
    #expect(refusal?.path == path, "\(String(describing: refusal))")
  }

  @Test func `branches by a discriminator may be added and not taken away`() throws {
    func branches(_ kinds: String...) -> String {
      let all = kinds.map {
        #"{"type":"object","required":["kind"],"properties":{"kind":{"const":"\#($0)"}}}"#
      }
      return #"{"type":"object","oneOf":[\#(all.joined(separator: ","))]}"#
    }
    let (few, many) = (try schema(branches("a", "b")), try schema(branches("a", "b", "c")))
    #expect(many.refusal(of: few) == nil)
    #expect(few.refusal(of: many)?.path == #"(kind "c")"#)
  }
}
