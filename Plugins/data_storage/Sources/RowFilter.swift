// SPDX-License-Identifier: Apache-2.0
// Filters over rows.
import JackfieldPlugin

/// Filters name columns; the records hold them under `fields`.
enum RowFilter {
  /// The filter as a record query takes it; nil where there is no condition in it.
  ///
  /// **Throws**: `invalid_input`: `unknown column: <name>`, or what is wrong with its shape.
  static func translated(
    _ filter: JSONValue?, _ storage: Storage
  ) throws(ActionError) -> JSONValue? {
    guard let filter, !filter.isEmpty else { return nil }
    guard let object = filter.asObject else {
      throw .invalidInput("bad_filter", "where must be an object: {field, op, right}, all or any")
    }
    for name in ["all", "any"] {
      guard let list = object[name] else { continue }
      guard object.count == 1, let parts = list.asList else {
        throw .invalidInput("bad_filter", "\(name) in where must be a list, and stand alone")
      }
      var translated: [JSONValue] = []
      for part in parts {
        if let inner = try Self.translated(part, storage) { translated.append(inner) }
      }
      return translated.isEmpty ? nil : [name: .list(translated)]
    }
    guard let field = object["field"]?.asText else {
      throw .invalidInput("bad_filter", "a condition in where has no field")
    }
    var condition = object
    condition["field"] = .text(try storage.queryField(field))
    return .object(condition)
  }
}
