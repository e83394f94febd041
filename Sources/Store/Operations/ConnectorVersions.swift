// SPDX-License-Identifier: Apache-2.0
// A connector's versions, and its end.

import Pipeline

extension WriteTransaction {
  /// Makes an earlier version the current one, or a later one again: one pointer moves. Runs under
  /// way stay on theirs.
  ///
  /// **Throws** `not_found`
  package func connectorRollback(
    _ id: ConnectorID, version: Int64, nowMS: Int64
  ) throws(StoreError) -> ConnectorRow {
    guard try connectorVersionGet(id, version: version) != nil else {
      throw StoreError(
        .notFound,
        "connector \(id) has no version \(version), its last is \(try connectorVersionLast(id)): "
          + "name one of those it has")
    }
    try database.statement(
      "UPDATE connector SET version = ?, updated_at = ? WHERE id = ? AND deleted_at IS NULL"
    ).bind(version).bind(nowMS).bind(id.rawValue).run()
    return try connectorWritten(id)
  }

  /// Deletes a connector: its name is free, its URL is gone for good, its schedule is too. Its
  /// versions stay for its runs, which are shown and go on.
  ///
  /// **Shape** false if it was deleted before
  package func connectorDelete(_ id: ConnectorID, nowMS: Int64) throws(StoreError) -> Bool {
    try database.statement("DELETE FROM schedule WHERE connector = ?").bind(id.rawValue).run()
    return try database.statement(
      """
      UPDATE connector SET deleted_at = ?1, updated_at = ?1, enabled = 0
      WHERE id = ?2 AND deleted_at IS NULL
      """
    ).bind(nowMS).bind(id.rawValue).run() > 0
  }
}

extension StoreReading {
  /// A connector's versions, newest first.
  package func connectorVersionList(
    _ id: ConnectorID
  ) throws(StoreError) -> [ConnectorVersionRow] {
    try database.statement(
      """
      SELECT version, hash, created_at FROM connector_version WHERE connector = ?
      ORDER BY version DESC
      """
    ).bind(id.rawValue).all { row throws(StoreError) in
      ConnectorVersionRow(
        version: row.integer(0), hash: row.text(1), createdAt: row.integer(2))
    }
  }

  func connectorVersionLast(_ id: ConnectorID) throws(StoreError) -> Int64 {
    try database.statement("SELECT max(version) FROM connector_version WHERE connector = ?")
      .bind(id.rawValue).first { row throws(StoreError) in row.integer(0) } ?? 0
  }
}
