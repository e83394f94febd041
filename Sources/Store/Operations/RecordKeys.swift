// SPDX-License-Identifier: Apache-2.0
// Keeping the unique and the index rows of records.

import Pipeline
import Values

extension WriteTransaction {
  /// Replaces the rows of a record's old fields by those of its new ones, where they differ.
  ///
  /// **Throws** `conflict_unique`
  func keysReplace(
    _ project: ProjectID, _ schema: RecordSchema, _ id: RecordID, old: JSONObject?,
    new: JSONObject?
  ) throws(StoreError) {
    for key in schema.uniqueKeys {
      let before = try old.flatMap { fields throws(StoreError) in
        try uniqueValue(schema, key.fields, fields)
      }
      let after = try new.flatMap { fields throws(StoreError) in
        try uniqueValue(schema, key.fields, fields)
      }
      if before == after { continue }
      if let before { try uniqueRemove(project, schema, key.name, before, id) }
      if let after { try uniqueAdd(project, schema, key.name, after, id) }
    }
    for field in schema.indexedFields {
      let before = Set(RecordKey.indexKeys(old.flatMap { fieldValue(field, $0) }))
      let after = Set(RecordKey.indexKeys(new.flatMap { fieldValue(field, $0) }))
      for value in before.subtracting(after) {
        try indexRemove(project, schema, field, value, id)
      }
      for value in after.subtracting(before) { try indexAdd(project, schema, field, value, id) }
    }
  }

  private func fieldValue(_ field: String, _ fields: JSONObject) -> JSONValue? {
    RecordFilter.resolve(field, in: .object(fields))
  }

  /// The text of a unique key; nil where it does not apply: a part is missing or empty, or the
  /// record is marked deleted.
  private func uniqueValue(
    _ schema: RecordSchema, _ names: [String], _ fields: JSONObject
  ) throws(StoreError) -> String? {
    if let deleted = fields["deleted_at"], !deleted.isEmpty { return nil }
    var parts: [JSONValue] = []
    for name in names {
      let value = fieldValue(name, fields)
      guard let part = RecordKey.uniquePart(value, folds: schema.folds(name)) else { return nil }
      parts.append(part)
    }
    let text = JSONValue.list(parts).json
    guard text.utf8.count <= StoreLimits.uniqueBytes else {
      throw StoreError(
        .tooLarge,
        "\(names.joined(separator: " and ")) of \(schema.name) must be unique and may have at most "
          + "\(StoreLimits.uniqueBytes) bytes together")
    }
    return text
  }

  private func uniqueAdd(
    _ project: ProjectID, _ schema: RecordSchema, _ name: String, _ value: String, _ id: RecordID
  ) throws(StoreError) {
    do {
      try database.statement(
        """
        INSERT INTO record_unique (project, collection, idx, value, record) VALUES (?, ?, ?, ?, ?)
        """
      ).bind(project.rawValue).bind(schema.name).bind(name).bind(value).bind(id.rawValue).run()
    } catch  where error.code == .alreadyRecorded {
      throw StoreError(
        .conflictUnique,
        "another record of \(schema.name) has the same \(name): change that one, or use its value")
    }
  }

  private func uniqueRemove(
    _ project: ProjectID, _ schema: RecordSchema, _ name: String, _ value: String, _ id: RecordID
  ) throws(StoreError) {
    try database.statement(
      """
      DELETE FROM record_unique
      WHERE project = ? AND collection = ? AND idx = ? AND value = ? AND record = ?
      """
    ).bind(project.rawValue).bind(schema.name).bind(name).bind(value).bind(id.rawValue).run()
  }

  private func indexAdd(
    _ project: ProjectID, _ schema: RecordSchema, _ field: String, _ value: String, _ id: RecordID
  ) throws(StoreError) {
    try database.statement(
      """
      INSERT OR IGNORE INTO record_index (project, collection, field, value, record)
      VALUES (?, ?, ?, ?, ?)
      """
    ).bind(project.rawValue).bind(schema.name).bind(field).bind(value).bind(id.rawValue).run()
  }

  private func indexRemove(
    _ project: ProjectID, _ schema: RecordSchema, _ field: String, _ value: String, _ id: RecordID
  ) throws(StoreError) {
    try database.statement(
      """
      DELETE FROM record_index
      WHERE project = ? AND collection = ? AND field = ? AND value = ? AND record = ?
      """
    ).bind(project.rawValue).bind(schema.name).bind(field).bind(value).bind(id.rawValue).run()
  }
}
