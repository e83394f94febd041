// SPDX-License-Identifier: Apache-2.0
// An attribute of contacts, as the project declares it.
import JackfieldBase
import JackfieldPlugin

/// An attribute's name, type and options.
struct AttributeDefinition {
  let name: String
  let type: String
  let options: [String]

  init(_ record: Record) {
    name = record.text("name") ?? record.id
    type = record.text("type") ?? "text"
    options = record["options"]?.asList?.compactMap(\.asText) ?? []
  }

  /// A value as the attribute stores it; what is empty becomes null.
  ///
  /// **Throws**: `invalid_input`, code `wrong_type` or `unknown_choice`.
  func read(_ value: JSONValue) throws(ActionError) -> JSONValue {
    if value.isEmpty { return .null }
    switch type {
    case "number": return try number(value)
    case "boolean": return try boolean(value)
    case "choice": return try choice(value)
    case "email":
      guard let text = value.asText, MailAddress(text) != nil else { throw wrongType(value) }
      return .text(text.trimmed)
    case "date", "date_time":
      guard let text = value.asText, text.trimmed.count >= 10,
        Moment(iso: String(text.trimmed.prefix(10)) + "T00:00:00Z") != nil
      else { throw wrongType(value) }
      return .text(text.trimmed)
    default:
      switch value {
      case .text: return value
      case .integer(let integer): return .text(String(integer))
      case .number(let number): return .text(number.text)
      default: throw wrongType(value)
      }
    }
  }

  private func number(_ value: JSONValue) throws(ActionError) -> JSONValue {
    if value.asNumber != nil { return value }
    guard let text = value.asText, let parsed = try? JSONValue(parsing: text.trimmed),
      parsed.asNumber != nil
    else { throw wrongType(value) }
    return parsed
  }

  private func boolean(_ value: JSONValue) throws(ActionError) -> JSONValue {
    switch value {
    case .boolean: return value
    case .text("true"): return true
    case .text("false"): return false
    default: throw wrongType(value)
    }
  }

  private func choice(_ value: JSONValue) throws(ActionError) -> JSONValue {
    guard let text = value.asText?.trimmed else { throw wrongType(value) }
    guard let option = options.first(where: { $0.lowercased() == text.lowercased() }) else {
      throw .invalidInput("unknown_choice", "attribute \(name) has no choice \(text)")
    }
    return .text(option)
  }

  private func wrongType(_ value: JSONValue) -> ActionError {
    .invalidInput("wrong_type", "attribute \(name) is of type \(type), found \(value.typeName)")
  }
}
