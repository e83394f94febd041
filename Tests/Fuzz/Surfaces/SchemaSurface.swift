// SPDX-License-Identifier: Apache-2.0
// Schemas of manifests, values held against them, and schemas held against each other.
import Schema
import Values

extension Surface {
  /// **Shape** of an input: `{"schema": …, "newer": …, "value": …}`.
  static let schema = Surface(
    name: "schema",
    summary: "a schema accepts itself, what it accepts of another is valid, coercion settles",
    mostBytes: 2_048,
    words: """
      schema newer value type object array string integer number boolean null properties required
      additionalProperties items enum const default format title minimum maximum minLength maxLength
      minItems maxItems pattern uniqueItems oneOf email uri date-time exclusiveMinimum multipleOf
      """.split(whereSeparator: \.isWhitespace).map { "\"\($0)\": " },
    examine: { (input) throws(BrokenProperty) in
      guard let whole = try? JSONValue(parsing: input), let source = whole["schema"],
        let schema = try? JSONSchema(parsing: source)
      else { return }
      let own = schema.refusal(of: schema)
      try require(own == nil, "a schema accepts itself: \(own?.message ?? "")")
      let value = whole["value"] ?? .null
      let isValid = schema.validate(value).isEmpty
      let coerced = schema.coerce(value)
      try require(schema.coerce(coerced) == coerced, "coercing twice is coercing once")
      if isValid { try require(schema.validate(coerced).isEmpty, "what is valid stays valid") }
      guard let newer = try? whole["newer"].map({ try JSONSchema(parsing: $0) }) else { return }
      if isValid, newer.refusal(of: schema) == nil {
        try require(newer.validate(value).isEmpty, "a wider schema takes what the narrower took")
      }
    })
}
