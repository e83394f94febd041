// SPDX-License-Identifier: Apache-2.0
// Credentials: names and sealed bytes.

import Pipeline

extension WriteTransaction {
  package func credentialPut(_ row: CredentialRow) throws(StoreError) {
    try database.statement(
      """
      INSERT OR REPLACE INTO credential (project, name, kind, fields, sealed, key_id, updated_at)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """
    ).bind(row.project.rawValue).bind(row.name.rawValue).bind(row.kind).bind(row.fields)
      .bind(row.sealed).bind(row.keyID).bind(row.updatedAt).run()
  }

  /// Removes one; false if there was none.
  @discardableResult
  package func credentialRemove(
    _ project: ProjectID, _ name: CredentialName
  ) throws(StoreError) -> Bool {
    try database.statement("DELETE FROM credential WHERE project = ? AND name = ?")
      .bind(project.rawValue).bind(name.rawValue).run() > 0
  }
}

extension StoreReading {
  package func credentialGet(
    _ project: ProjectID, _ name: CredentialName
  ) throws(StoreError) -> CredentialRow? {
    try database.statement(
      """
      SELECT project, name, kind, fields, sealed, key_id, updated_at FROM credential
      WHERE project = ? AND name = ?
      """
    ).bind(project.rawValue).bind(name.rawValue)
      .first { row throws(StoreError) in CredentialRow(row) }
  }

  /// The project's credentials by name.
  package func credentialList(_ project: ProjectID) throws(StoreError) -> [CredentialRow] {
    try database.statement(
      """
      SELECT project, name, kind, fields, sealed, key_id, updated_at FROM credential
      WHERE project = ? ORDER BY name
      """
    ).bind(project.rawValue).all { row throws(StoreError) in CredentialRow(row) }
  }

  /// The credentials of every project.
  package func credentialAll() throws(StoreError) -> [CredentialRow] {
    try database.statement(
      """
      SELECT project, name, kind, fields, sealed, key_id, updated_at FROM credential
      ORDER BY project, name
      """
    ).all { row throws(StoreError) in CredentialRow(row) }
  }
}

extension CredentialRow {
  fileprivate init(_ row: Statement) {
    self.init(
      project: ProjectID(rawValue: row.text(0)), name: CredentialName(rawValue: row.text(1)),
      kind: row.text(2), fields: row.text(3), sealed: row.bytes(4), keyID: row.text(5),
      updatedAt: row.integer(6))
  }
}
