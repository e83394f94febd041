// SPDX-License-Identifier: Apache-2.0
// Reading and writing records.

import Pipeline
import Values

extension StoreReading {
  /// One record of a collection.
  package func recordGet(
    _ project: ProjectID, collection: String, id: RecordID
  ) throws(StoreError) -> RecordRow? {
    try database.statement(
      """
      SELECT record.id, record.version, record.created_at, record.updated_at, record.doc
      FROM record WHERE id = ? AND project = ? AND collection = ?
      """
    ).bind(id.rawValue).bind(project.rawValue).bind(collection)
      .first { row throws(StoreError) in try RecordRow(row) }
  }
}

extension WriteTransaction {
  /// Applies the writes of a call in their order, all or none with the rest of the body.
  ///
  /// **Shape** the records as they now are, in the order of the puts.
  /// **Throws** `conflict_version`, `conflict_unique`: run the call again on fresh data;
  /// `too_large`, `not_found`
  package func recordsApply(
    _ project: ProjectID, _ writes: [RecordWrite], nowMS: Int64
  ) throws(StoreError) -> [RecordRow] {
    var written: [RecordRow] = []
    for write in writes {
      let old = try recordGet(project, collection: write.schema.name, id: write.id)
      switch write.operation {
      case .put: written.append(try recordPut(project, write, over: old, nowMS: nowMS))
      case .remove: try recordRemove(project, write, old)
      }
    }
    return written
  }

  private func recordPut(
    _ project: ProjectID, _ write: RecordWrite, over old: RecordRow?, nowMS: Int64
  ) throws(StoreError) -> RecordRow {
    try write.check(old)
    var row = RecordRow(
      id: write.id, version: (old?.version ?? 0) + 1, createdAt: old?.createdAt ?? nowMS,
      updatedAt: nowMS, fields: write.fields)
    if write.expectation == .any, let old {
      row.fields = old.fields
      for member in write.fields { row.fields[member.name] = member.value }
    }
    let document = JSONValue.object(row.fields).json
    guard document.utf8.count <= StoreLimits.recordBytes else {
      throw StoreError(
        .tooLarge,
        "a record of \(write.schema.name) would have \(document.utf8.count) bytes, the most is "
          + "\(StoreLimits.recordBytes): keep large texts elsewhere and store where")
    }
    try recordStore(project, write.schema, row, document, isNew: old == nil)
    try keysReplace(project, write.schema, row.id, old: old?.fields, new: row.fields)
    return row
  }

  private func recordStore(
    _ project: ProjectID, _ schema: RecordSchema, _ row: RecordRow, _ document: String, isNew: Bool
  ) throws(StoreError) {
    guard isNew else {
      try database.statement("UPDATE record SET version = ?, updated_at = ?, doc = ? WHERE id = ?")
        .bind(row.version).bind(row.updatedAt).bind(document).bind(row.id.rawValue).run()
      return
    }
    do {
      try database.statement(
        """
        INSERT INTO record (id, project, collection, version, created_at, updated_at, doc)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """
      ).bind(row.id.rawValue).bind(project.rawValue).bind(schema.name).bind(row.version)
        .bind(row.createdAt).bind(row.updatedAt).bind(document).run()
    } catch  where error.code == .alreadyRecorded {
      // Ids are of one sequence: this one is a record of another collection or project.
      throw StoreError(.notFound, "there is no record \(row.id) in \(schema.name)")
    }
  }

  private func recordRemove(
    _ project: ProjectID, _ write: RecordWrite, _ old: RecordRow?
  ) throws(StoreError) {
    // Gone already is what was wanted, unless a certain version was.
    if old == nil && write.expectation == .any { return }
    try write.check(old)
    try database.statement("DELETE FROM record WHERE id = ?").bind(write.id.rawValue).run()
    try keysReplace(project, write.schema, write.id, old: old?.fields, new: nil)
  }
}

extension RecordWrite {
  /// **Throws** `conflict_version` when the record is not what the write builds on
  fileprivate func check(_ old: RecordRow?) throws(StoreError) {
    switch (expectation, old) {
    case (.any, _), (.new, nil): return
    case (.version(let wanted), .some(let old)) where old.version == wanted: return
    case (.new, .some): throw lost("exists already")
    case (.version, nil): throw lost("is gone")
    case (.version(let wanted), .some(let old)):
      throw lost("has version \(old.version), not \(wanted)")
    }
  }

  private func lost(_ what: String) -> StoreError {
    StoreError(
      .conflictVersion, "record \(id) of \(schema.name) \(what): read it again and write again")
  }
}
