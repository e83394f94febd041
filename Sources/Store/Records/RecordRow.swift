// SPDX-License-Identifier: Apache-2.0
// A record as it is stored.

import Calendar
import Pipeline
import Values

/// A record: its head and its fields.
package struct RecordRow: Sendable, Hashable {
  package var id: RecordID
  /// Counts its writes, from 1.
  package var version: Int64
  /// **Unit** milliseconds since 1970
  package var createdAt: Int64
  package var updatedAt: Int64
  package var fields: JSONObject

  package init(
    id: RecordID, version: Int64, createdAt: Int64, updatedAt: Int64, fields: JSONObject
  ) {
    self.id = id
    self.version = version
    self.createdAt = createdAt
    self.updatedAt = updatedAt
    self.fields = fields
  }

  /// The record as plugins and connectors read it: the head's members win over fields of their
  /// names.
  package var document: JSONValue {
    var object: JSONObject = [
      "id": .text(id.text), "version": .integer(version),
      "created_at": .text(Moment(milliseconds: createdAt).iso),
      "updated_at": .text(Moment(milliseconds: updatedAt).iso),
    ]
    for member in fields where object[member.name] == nil { object[member.name] = member.value }
    return .object(object)
  }

  static let columns = "record.id, record.version, record.created_at, record.updated_at, record.doc"

  init(_ row: Statement) throws(StoreError) {
    let id = RecordID(row.integer(0))
    let parsed = row.withText(4) { text in try? JSONValue(parsing: text) }
    guard case .object(let fields) = parsed else {
      throw StoreError(.damaged, "record \(id) holds no JSON object: restore the data folder")
    }
    self.init(
      id: id, version: row.integer(1), createdAt: row.integer(2), updatedAt: row.integer(3),
      fields: fields)
  }
}
