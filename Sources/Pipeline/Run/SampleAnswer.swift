// SPDX-License-Identifier: Apache-2.0
// What an action would give, by its manifest alone.

import Schema
import Values

/// The answer of an action that is not called.
package struct SampleAnswer: Sendable, Hashable {
  package var result: JSONValue
  /// Where it comes from, for the run view.
  package var note: String

  /// The result of the example whose parameters are nearest; without one, an object as the
  /// result's schema wants it.
  package init(_ manifest: ActionManifest, parameters: JSONValue) {
    let examples = manifest.examples.filter { $0["result"] != nil }
    let scores = examples.map { SampleAnswer.likeness($0["with"] ?? [:], parameters) }
    if let best = scores.max(), let index = scores.firstIndex(of: best) {
      let title = examples[index]["title"]?.asText.map { " \"\($0)\"" } ?? " \(index + 1)"
      result = examples[index]["result"] ?? [:]
      note = "not called: this is the result of its example\(title)"
    } else if let schema = manifest.result {
      result = SampleAnswer.sample(schema, depth: 0)
      note = "not called: this is made up from the schema of its result"
    } else {
      result = [:]
      note = "not called: it declares no result"
    }
  }

  /// How many members of an example's parameters are those of the call.
  private static func likeness(_ example: JSONValue, _ parameters: JSONValue) -> Int {
    (example.asObject ?? [:]).count { parameters[$0.name] == $0.value }
  }

  /// A value a schema allows, as far as its keywords tell.
  static func sample(_ schema: JSONSchema, depth: Int) -> JSONValue {
    if let value = schema.constant ?? schema.defaultValue ?? schema.enumeration?.first {
      return value
    }
    if let branch = schema.branches?.all.first { return sample(branch.schema, depth: depth) }
    let type = JSONSchema.ValueType.allCases.reversed().first { schema.types.contains($0) }
    switch type {
    case .object, nil:
      var object = JSONObject()
      guard depth < 8 else { return .object(object) }
      for name in schema.propertyNames {
        if let member = schema.property(named: name) {
          object[name] = sample(member, depth: depth + 1)
        }
      }
      return .object(object)
    case .array: return .list(schema.items.map { [sample($0, depth: depth + 1)] } ?? [])
    case .string: return .text(text(schema.format))
    case .number, .integer: return schema.raw["minimum"] ?? 1
    case .boolean: return true
    case .null: return .null
    }
  }

  private static func text(_ format: SchemaFormat?) -> String {
    switch format {
    case .email: "someone@example.com"
    case .uri: "https://example.com/"
    case .date: "2026-01-31"
    case .dateTime: "2026-01-31T09:30:00Z"
    case .time: "09:30"
    case .phone: "+491701234567"
    case .uuid: "00000000-0000-4000-8000-000000000000"
    case .duration: "5 min"
    case nil: "sample"
    }
  }
}
