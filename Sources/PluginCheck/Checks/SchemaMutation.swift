// SPDX-License-Identifier: Apache-2.0
// Values that break one rule of a schema.

import Values

/// Parameters with one rule broken.
struct SchemaMutation {
  /// `to missing`, `count above its maximum`.
  let what: String
  let parameters: JSONValue

  /// Rules are looked for so deep; parameters that nest deeper repeat themselves.
  private static let depth = 4
  /// More than this many characters or elements are not made to break one upper bound.
  private static let longest = 100_000

  /// A mutation for each rule, of values that otherwise fit.
  static func all(of schema: JSONValue, _ value: JSONValue) -> [SchemaMutation] {
    // Not of the whole: parameters are an object, whatever else a host does wrong.
    members(schema, value.asObject ?? [:], "the action", depth).map {
      SchemaMutation(what: $0.what, parameters: $0.value)
    }
  }

  private typealias Change = (what: String, value: JSONValue)

  private static func changes(
    _ schema: JSONValue, _ value: JSONValue, name: String, depth: Int
  ) -> [Change] {
    var changes = scalar(schema, value, name)
    guard depth > 0 else { return changes }
    if let object = value.asObject { changes += members(schema, object, name, depth) }
    if let list = value.asList { changes += elements(schema, list, name, depth) }
    return changes
  }

  private static func scalar(_ schema: JSONValue, _ value: JSONValue, _ name: String) -> [Change] {
    var changes: [Change] = []
    if let types = schema["type"].map({ $0.asList ?? [$0] }) {
      // A scalar may be coerced; an object is neither a list, a text nor a number, and where one may
      // stand a list of lists is none.
      let wrong: JSONValue
      if !types.contains("object") {
        wrong = ["wrong": []]
      } else {
        wrong = types.contains("string") ? [["wrong"]] : "no object"
      }
      changes.append(("\(name) of another type", wrong))
    }
    if schema["enum"] != nil || schema["const"] != nil {
      changes.append(("\(name) not among its choices", "no_such_choice"))
    }
    changes += bounds(schema, name)
    if let least = schema["minLength"]?.asInteger, least > 0 {
      let short = String(repeating: "a", count: Int(least) - 1)
      changes.append(("\(name) too short", .text(short)))
    }
    if let most = schema["maxLength"]?.asInteger, most < longest {
      changes.append(("\(name) too long", .text(String(repeating: "a", count: Int(most) + 1))))
    }
    if schema["pattern"] != nil { changes.append(("\(name) of another pattern", "\u{1}~ ~")) }
    if schema["format"] != nil { changes.append(("\(name) of another format", "\u{1}~ ~")) }
    return changes
  }

  private static func bounds(_ schema: JSONValue, _ name: String) -> [Change] {
    var changes: [Change] = []
    if let least = (schema["minimum"] ?? schema["exclusiveMinimum"])?.asNumber {
      changes.append(("\(name) below its minimum", whole(least - 1)))
    }
    if let most = (schema["maximum"] ?? schema["exclusiveMaximum"])?.asNumber {
      changes.append(("\(name) above its maximum", whole(most + 1)))
    }
    if let step = schema["multipleOf"]?.asNumber {
      changes.append(("\(name) no multiple", JSONValue(floatLiteral: step * 1.5)))
    }
    return changes
  }

  private static func whole(_ number: Double) -> JSONValue {
    number.magnitude < 1e15 ? .integer(Int64(number)) : JSONValue(floatLiteral: number)
  }

  private static func members(
    _ schema: JSONValue, _ object: JSONObject, _ name: String, _ depth: Int
  ) -> [Change] {
    var changes: [Change] = []
    for required in schema["required"]?.asList?.compactMap(\.asText) ?? [] {
      var rest = object
      rest[required] = nil
      changes.append(("\(required) missing", .object(rest)))
    }
    if schema["additionalProperties"] == false {
      var more = object
      more["no_such_parameter"] = 1
      changes.append(("a member that \(name) does not have", .object(more)))
    }
    for (member, property) in schema["properties"]?.asObject ?? [:] {
      var values = SchemaValues(random: ProbeRandom(seed: 1), isMinimal: true)
      let value = object[member] ?? values.value(of: property)
      for change in Self.changes(property, value, name: member, depth: depth - 1) {
        var changed = object
        changed[member] = change.value
        changes.append((change.what, .object(changed)))
      }
    }
    return changes
  }

  private static func elements(
    _ schema: JSONValue, _ list: [JSONValue], _ name: String, _ depth: Int
  ) -> [Change] {
    var changes: [Change] = []
    if let least = schema["minItems"]?.asInteger, least > 0 {
      changes.append(("\(name) with too few elements", .list(Array(list.prefix(Int(least) - 1)))))
    }
    if let most = schema["maxItems"]?.asInteger, most < longest, let first = list.first {
      let many = Array(repeating: first, count: Int(most) + 1)
      changes.append(("\(name) with too many elements", .list(many)))
    }
    if let items = schema["items"], let first = list.first {
      for change in Self.changes(items, first, name: "\(name)[0]", depth: depth - 1) {
        changes.append((change.what, .list([change.value] + list.dropFirst())))
      }
    }
    return changes
  }
}
