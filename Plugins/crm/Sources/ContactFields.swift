// SPDX-License-Identifier: Apache-2.0
// What may be written into a contact by name.
import JackfieldBase
import JackfieldPlugin

/// Fields and attributes as parameters give them, checked against their types.
struct ContactFields {
  /// Every value by the name it is known by; null empties.
  private var fields: [(name: String, value: JSONValue)] = []
  private var attributes: [(name: String, value: JSONValue)] = []

  /// **Throws**: `not_found`, `attribute not found: <name>`; `invalid_input`, code `fixed_field` or
  /// `wrong_type`.
  init(_ given: JSONObject, overwritesEmpty: Bool, _ call: Call) throws(ActionError) {
    var unknown: [(name: String, value: JSONValue)] = []
    for (name, value) in given {
      if value.isEmpty && !overwritesEmpty { continue }
      if Self.fixed.contains(name) {
        throw .invalidInput("fixed_field", "field \(name) cannot be written: leave it out")
      }
      guard Self.plain.contains(name) else {
        unknown.append((name, value))
        continue
      }
      guard value.isEmpty || value.asText != nil else {
        throw .invalidInput("wrong_type", "field \(name) is a text, found \(value.typeName)")
      }
      if name == "email", let text = value.asText, !text.isEmpty, MailAddress(text) == nil {
        throw .invalidInput("wrong_type", "field email is no mail address")
      }
      fields.append((name, value.isEmpty ? .null : value))
    }
    try readAttributes(unknown, call)
  }

  /// What was asked to be written, by name.
  var shown: JSONObject { JSONObject(fields + attributes) }

  /// Writes into a contact's fields.
  ///
  /// - Returns: whether anything is different now.
  func merge(into contact: inout JSONObject) -> Bool {
    let before = contact
    for (name, value) in fields { contact[name] = value.isNull ? nil : value }
    if !attributes.isEmpty {
      var all = contact["attributes"]?.asObject ?? JSONObject()
      for (name, value) in attributes { all[name] = value.isNull ? nil : value }
      contact["attributes"] = .object(all)
    }
    return before != contact
  }

  private mutating func readAttributes(
    _ unknown: [(name: String, value: JSONValue)], _ call: Call
  ) throws(ActionError) {
    for (name, value) in unknown {
      let definition = AttributeDefinition(
        try call.records.named(name, in: "attribute", kind: "attribute"))
      attributes.append((definition.name, try definition.read(value)))
    }
  }

  private static let plain: Set<String> = [
    "name", "email", "timezone", "country", "language", "picture",
  ]
  private static let fixed: Set<String> = [
    "id", "number", "channel", "created_at", "updated_at", "last_interaction_at",
  ]
}
