// SPDX-License-Identifier: Apache-2.0
// data_storage.create_row: appends a row.
import JackfieldPlugin

/// Appends one row; equal rows are allowed.
struct CreateRow: Action {
  static let id = "data_storage.create_row"

  struct Parameters: Decodable {
    var storage: String
    var fields: JSONObject
  }

  struct Result: Encodable {
    var row: String
    var fields: JSONObject
  }

  func run(_ p: Parameters, _ call: Call) throws(ActionError) -> Result {
    guard !p.fields.isEmpty else {
      throw .invalidInput("empty_fields", "fields is empty: give at least one column")
    }
    let storage = try Storage.find(p.storage, call)
    var fields = JSONObject()
    for (name, value) in p.fields {
      let column = try storage.column(name)
      if let stored = try ColumnValue.read(value, for: column) { fields[column.name] = stored }
    }
    guard JSONValue.object(fields).jsonBytes.count <= Self.maxBytes else {
      throw .invalidInput("row_too_large", "the row is over 64 KiB: store less in it")
    }
    let row = try call.records.put(
      ["storage": .text(storage.id), "fields": .object(fields)], in: "row")
    return Result(row: row.id, fields: fields)
  }

  /// **Unit**: bytes of JSON; leaves room for the record's own members in the host's 64 KiB.
  private static let maxBytes = 65_536 - 256
}
