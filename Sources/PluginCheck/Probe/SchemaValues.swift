// SPDX-License-Identifier: Apache-2.0
// Values that a schema allows.

import Values

/// Makes values from schemas as manifests write them, which were checked when they were read.
struct SchemaValues {
  var random: ProbeRandom
  /// The smallest value that fits; else any.
  let isMinimal: Bool

  mutating func value(of schema: JSONValue, depth: Int = 6) -> JSONValue {
    if let constant = schema["const"] { return constant }
    if let choices = schema["enum"]?.asList, !choices.isEmpty {
      return isMinimal ? choices[0] : random.pick(choices)
    }
    if let branches = schema["oneOf"]?.asList, !branches.isEmpty {
      return joined(schema, isMinimal ? branches[0] : random.pick(branches), depth)
    }
    switch type(of: schema) {
    case "null": return .null
    case "boolean": return .boolean(!isMinimal && random.chance(1, in: 2))
    case "integer": return integer(schema)
    case "number": return number(schema)
    case "string": return .text(text(schema))
    case "array": return .list(list(schema, depth))
    case "object": return .object(object(schema, depth))
    default: return isMinimal ? "a" : anything(depth: min(depth, 3))
    }
  }

  private mutating func type(of schema: JSONValue) -> String {
    if let one = schema["type"]?.asText { return one }
    if let many = schema["type"]?.asList?.compactMap(\.asText), !many.isEmpty {
      return isMinimal ? many[0] : random.pick(many)
    }
    return schema["properties"] == nil ? "" : "object"
  }

  private mutating func joined(
    _ schema: JSONValue, _ branch: JSONValue, _ depth: Int
  ) -> JSONValue {
    var own = schema.asObject ?? [:]
    own["oneOf"] = nil
    var result = object(.object(own), depth)
    for (name, value) in object(branch, depth) { result[name] = value }
    return .object(result)
  }

  private mutating func integer(_ schema: JSONValue) -> JSONValue {
    var low = schema["minimum"]?.asNumber ?? (schema["exclusiveMinimum"]?.asNumber).map { $0 + 1 }
    var high = schema["maximum"]?.asNumber ?? (schema["exclusiveMaximum"]?.asNumber).map { $0 - 1 }
    if isMinimal { return .integer(Int64(low ?? min(0, high ?? 0))) }
    if low == nil, high == nil {
      let bound: Int64 = random.pick([10, 1_000, 1 << 40, .max])
      return .integer(Int64.random(in: -bound...bound, using: &random))
    }
    low = low ?? (high ?? 0) - 1_000
    high = high ?? (low ?? 0) + 1_000
    let (from, to) = (Int64(low ?? 0), Int64(high ?? 0))
    return .integer(from <= to ? Int64.random(in: from...to, using: &random) : from)
  }

  private mutating func number(_ schema: JSONValue) -> JSONValue {
    guard case .integer(let whole) = integer(schema) else { return 0 }
    guard !isMinimal, schema["maximum"] == nil, random.chance(1, in: 2) else {
      return .integer(whole)
    }
    return JSONValue(floatLiteral: Double(whole) / 8)
  }

  private mutating func text(_ schema: JSONValue) -> String {
    if let format = schema["format"]?.asText { return Self.formats[format] ?? "a" }
    let least = Int(schema["minLength"]?.asInteger ?? 0)
    if isMinimal { return String(repeating: "a", count: max(least, 1)) }
    let most = min(Int(schema["maxLength"]?.asInteger ?? 1_000), 20_000)
    let length = random.chance(1, in: 12) ? most : min(most, least + random.pick([0, 1, 7, 40]))
    return String((0..<max(least, length)).map { _ in random.pick(Self.characters) })
  }

  private static let characters = Array(
    "abz AZ09_-.,:;/\\\"'{}[]<>&%$#@?=+\n\t\u{0}éüßñ日本🙂\u{200B}")

  private static let formats = [
    "email": "bo@example.com", "uri": "https://example.com/a?b=c", "date": "2026-11-22",
    "date-time": "2026-11-22T09:30:00Z", "time": "09:30", "phone": "+4915112345678",
    "uuid": "0b8e1d5c-3d5a-4f0e-9a53-6a6b7c8d9e0f", "duration": "5 min",
  ]

  private mutating func list(_ schema: JSONValue, _ depth: Int) -> [JSONValue] {
    let least = Int(schema["minItems"]?.asInteger ?? 0)
    let most = min(Int(schema["maxItems"]?.asInteger ?? 50), 200)
    let count = isMinimal || depth == 0 ? least : max(least, min(most, random.pick([0, 1, 2, 9])))
    return (0..<count).map { _ in value(of: schema["items"] ?? [:], depth: max(depth - 1, 0)) }
  }

  private mutating func object(_ schema: JSONValue, _ depth: Int) -> JSONObject {
    let required = Set(schema["required"]?.asList?.compactMap(\.asText) ?? [])
    var object = JSONObject()
    for (name, property) in schema["properties"]?.asObject ?? [:] {
      let isWanted = !isMinimal && depth > 0 && random.chance(1, in: 2)
      guard required.contains(name) || isWanted else { continue }
      object[name] = value(of: property, depth: max(depth - 1, 0))
    }
    return object
  }

  /// Any JSON value.
  mutating func anything(depth: Int) -> JSONValue {
    switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &random) {
    case 0: return .null
    case 1: return .boolean(random.chance(1, in: 2))
    case 2: return integer([:])
    case 3: return JSONValue(floatLiteral: Double(Int64.random(in: -9...9, using: &random)) / 4)
    case 4, 5: return .text(text([:]))
    case 6: return .list((0..<random.pick([0, 1, 3])).map { _ in anything(depth: depth - 1) })
    default:
      var object = JSONObject()
      for _ in 0..<random.pick([0, 1, 3]) {
        object[random.pick(Self.names)] = anything(depth: depth - 1)
      }
      return .object(object)
    }
  }

  private static let names = [
    "id", "error", "message", "messages", "code", "data", "status", "text", "json", "choices",
    "usage", "", "a.b",
  ]
}
