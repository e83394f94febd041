// SPDX-License-Identifier: Apache-2.0
// A storage: a table the project declares.
import JackfieldBase
import JackfieldPlugin

/// One storage and its columns.
struct Storage {
  let record: Record
  let columns: [Column]
  var id: String { record.id }

  /// The storage with this id or name.
  static func find(_ reference: String, _ call: Call) throws(ActionError) -> Storage {
    Storage(try call.records.named(reference, in: "storage", kind: "storage"))
  }

  private init(_ record: Record) {
    self.record = record
    columns = (record["columns"]?.asList ?? []).compactMap(Column.init)
  }

  /// The column with this name, in any case where none is written exactly so.
  ///
  /// **Throws**: `invalid_input`, `unknown column: <name>`.
  func column(_ name: String) throws(ActionError) -> Column {
    if let exact = columns.first(where: { $0.name == name }) { return exact }
    let folded = name.trimmed.lowercased()
    guard let found = columns.first(where: { $0.name.lowercased() == folded }) else {
      throw .invalidInput("unknown_column", "unknown column: \(name)")
    }
    return found
  }

  /// The name a record query knows a field by: the row's own, or one of the columns.
  func queryField(_ name: String) throws(ActionError) -> String {
    if ["id", "created_at", "updated_at"].contains(name) { return name }
    return "fields.\(try column(name).name)"
  }
}

/// A column's name and type.
struct Column {
  let name: String
  let type: String

  init?(_ json: JSONValue) {
    guard let name = json["name"]?.asText else { return nil }
    self.name = name
    type = json["type"]?.asText ?? "text"
  }
}
