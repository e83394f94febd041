// SPDX-License-Identifier: Apache-2.0
// Values of columns.
import JackfieldBase
import JackfieldPlugin

/// Reads what was given for a column as the column's type.
///
/// A text that is exactly a value of the type is taken as one, because a rendered template is
/// text: `"12"` is 12 in a number column. Nothing else is converted.
enum ColumnValue {
  /// The value as it is stored; nil leaves the column empty.
  ///
  /// **Throws**: `invalid_input`, code `wrong_type`, naming column, type and what was found.
  static func read(_ value: JSONValue, for column: Column) throws(ActionError) -> JSONValue? {
    if value == .null || value == .text("") { return nil }
    guard let stored = converted(value, column.type) else {
      throw .invalidInput(
        "wrong_type", "column \(column.name) is of type \(column.type), found \(value.typeName)")
    }
    return stored
  }

  private static func converted(_ value: JSONValue, _ type: String) -> JSONValue? {
    switch type {
    case "number": number(value)
    case "boolean": boolean(value)
    case "list": value.asList == nil ? nil : value
    case "object": value.asObject == nil ? nil : value
    case "date": checked(value, ColumnDate.isDate)
    case "time": checked(value, ColumnDate.isTime)
    case "date_time": checked(value, ColumnDate.isDateTime)
    case "email": checked(value) { MailAddress($0)?.name == nil && MailAddress($0) != nil }
    case "website": checked(value, isWebsite)
    default: text(value).map(JSONValue.text)
    }
  }

  /// A text, or a number as it is written.
  private static func text(_ value: JSONValue) -> String? {
    switch value {
    case .text(let text): text
    case .integer(let integer): String(integer)
    case .number(let number): number.text
    default: nil
    }
  }

  private static func number(_ value: JSONValue) -> JSONValue? {
    switch value {
    case .integer, .number: return value
    case .text(let text):
      guard let parsed = try? JSONValue(parsing: text.trimmed), parsed.asNumber != nil else {
        return nil
      }
      return parsed
    default: return nil
    }
  }

  private static func boolean(_ value: JSONValue) -> JSONValue? {
    switch value {
    case .boolean: value
    case .text("true"): true
    case .text("false"): false
    default: nil
    }
  }

  private static func checked(_ value: JSONValue, _ accepts: (String) -> Bool) -> JSONValue? {
    guard let text = text(value)?.trimmed, accepts(text) else { return nil }
    return .text(text)
  }

  private static func isWebsite(_ text: String) -> Bool {
    let lower = text.lowercased()
    guard let length = lower.hasPrefix("https://") ? 8 : lower.hasPrefix("http://") ? 7 : nil
    else { return false }
    return text.utf8.count > length && !text.utf8.contains { $0 <= 32 || $0 == 127 }
  }
}
