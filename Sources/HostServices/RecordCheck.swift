// SPDX-License-Identifier: Apache-2.0
// Whether a record's fields are those its collection declares.
import Pipeline
import Values

/// Checks fields against a collection's manifest.
package enum RecordCheck {
  /// What is wrong, or nil. Null and absent are the same: an empty field.
  package static func problem(
    with fields: JSONObject, in collection: CollectionManifest
  ) -> String? {
    for (name, value) in fields {
      guard let field = collection.field(name) else {
        let near = Suggestion.text(for: name, among: collection.fields.map(\.name))
        return "collection \(collection.name) has no field \"\(name)\"\(near)"
      }
      guard value.isNull || fits(value, field.type) else {
        return "\(collection.name).\(name) is \(field.type.rawValue), not \(value.typeName)"
      }
    }
    return nil
  }

  private static func fits(_ value: JSONValue, _ type: CollectionFieldType) -> Bool {
    switch type {
    case .any: true
    case .text, .email, .website, .choice, .date, .time, .dateTime: value.asText != nil
    case .integer: value.asInteger != nil
    case .number: value.asNumber != nil
    case .boolean: value.asBoolean != nil
    case .list: value.asList != nil
    case .object: value.asObject != nil
    case .file: value.asText != nil || value.asObject != nil
    }
  }
}
