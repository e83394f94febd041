// SPDX-License-Identifier: Apache-2.0
// Whether an answer is of the shape that was asked for.
import JackfieldPlugin

/// The part of JSON Schema that structured outputs use: type, enum, const, properties, required,
/// additionalProperties, items. The server is told the whole schema; this finds servers that do
/// not keep to it. Other keywords are not looked at.
struct AnswerSchema {
  private let schema: JSONValue

  init(_ schema: JSONValue) { self.schema = schema }

  /// What is wrong, as a sentence; nil when nothing is.
  func mistake(in value: JSONValue) -> String? { mistake(in: value, at: "the answer") }

  private func mistake(in value: JSONValue, at place: String) -> String? {
    if let types = schema["type"] {
      let names = types.asList?.compactMap(\.asText) ?? [types.asText ?? ""]
      if !names.contains(where: { Self.isOf($0, value) }) {
        return "\(place) is \(value.typeName), not \(names.joined(separator: " or "))"
      }
    }
    if let allowed = schema["enum"]?.asList, !allowed.contains(value) {
      return "\(place) is none of the values allowed"
    }
    if let constant = schema["const"], constant != value {
      return "\(place) is not the one value allowed"
    }
    if let object = value.asObject { return mistake(in: object, at: place) }
    guard let items = schema["items"], let elements = value.asList else { return nil }
    for (index, element) in elements.enumerated() {
      if let found = AnswerSchema(items).mistake(in: element, at: "\(place)[\(index)]") {
        return found
      }
    }
    return nil
  }

  private func mistake(in object: JSONObject, at place: String) -> String? {
    for name in schema["required"]?.asList?.compactMap(\.asText) ?? [] where object[name] == nil {
      return "\(place) has no \(name)"
    }
    let properties = schema["properties"]
    for (name, value) in object {
      if let inner = properties?[name] {
        if let found = AnswerSchema(inner).mistake(in: value, at: "\(place).\(name)") {
          return found
        }
      } else if schema["additionalProperties"] == false {
        return "\(place) has \(name), which was not asked for"
      }
    }
    return nil
  }

  private static func isOf(_ name: String, _ value: JSONValue) -> Bool {
    switch (name, value) {
    case ("null", .null), ("boolean", .boolean), ("string", .text), ("array", .list),
      ("object", .object), ("integer", .integer), ("number", .integer), ("number", .number):
      true
    case ("integer", .number(let number)): number.value == number.value.rounded()
    default: false
    }
  }
}
