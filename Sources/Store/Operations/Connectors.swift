// SPDX-License-Identifier: Apache-2.0
// Connectors, their versions and their URLs.

import Pipeline

extension WriteTransaction {
  /// Publishes a document: a new version only if its content differs from the current one.
  ///
  /// The URL's token is made once, when the connector is; `makeToken` brings the randomness. A
  /// draft (a file that is run without being saved) is kept apart, has no URL and is not listed.
  package func connectorPut(
    project: ProjectID, name: ConnectorName, document: String, contentHash: String,
    isDraft: Bool = false, nowMS: Int64, makeToken: () -> String
  ) throws(StoreError) -> ConnectorRow {
    guard var row = try connectorRow(project, name, isDraft: isDraft) else {
      let id = try connectorInsert(
        project, name, token: isDraft ? nil : makeToken(), isDraft: isDraft, nowMS: nowMS)
      try versionInsert(id, 1, contentHash, document, nowMS)
      return try connectorWritten(id)
    }
    let current = try connectorVersionGet(row.id, version: row.version)
    if current?.hash == contentHash { return row }
    // After a rollback the current version is not the last.
    let version = try connectorVersionLast(row.id) + 1
    try versionInsert(row.id, version, contentHash, document, nowMS)
    try database.statement("UPDATE connector SET version = ?, updated_at = ? WHERE id = ?")
      .bind(version).bind(nowMS).bind(row.id.rawValue).run()
    row = try connectorWritten(row.id)
    return row
  }

  /// Lets a connector take events, or not.
  package func connectorEnable(
    _ id: ConnectorID, _ isEnabled: Bool, nowMS: Int64
  ) throws(StoreError) {
    let changed = try database.statement(
      "UPDATE connector SET enabled = ?, updated_at = ? WHERE id = ?"
    ).bind(isEnabled).bind(nowMS).bind(id.rawValue).run()
    if changed == 0 { throw StoreError(.notFound, "there is no connector with id \(id)") }
  }

  /// Gives a connector another URL; the old one is remembered, to be told from an unknown one.
  package func connectorRotate(
    _ id: ConnectorID, nowMS: Int64, makeToken: () -> String
  ) throws(StoreError) -> ConnectorRow {
    try database.statement(
      """
      INSERT INTO retired_token (token, connector, retired_at)
      SELECT token, id, ? FROM connector WHERE id = ? AND token IS NOT NULL
      """
    ).bind(nowMS).bind(id.rawValue).run()
    try database.statement("UPDATE connector SET token = ?, updated_at = ? WHERE id = ?")
      .bind(makeToken()).bind(nowMS).bind(id.rawValue).run()
    return try connectorWritten(id)
  }

  private func connectorInsert(
    _ project: ProjectID, _ name: ConnectorName, token: String?, isDraft: Bool, nowMS: Int64
  ) throws(StoreError) -> ConnectorID {
    try database.statement(
      """
      INSERT INTO connector (project, name, draft, version, token, enabled, created_at, updated_at)
      VALUES (?, ?, ?, 1, ?, 1, ?, ?)
      """
    ).bind(project.rawValue).bind(name.rawValue).bind(isDraft).bind(token).bind(nowMS).bind(nowMS)
      .run()
    return ConnectorID(database.lastRowID)
  }

  private func versionInsert(
    _ id: ConnectorID, _ version: Int64, _ hash: String, _ document: String, _ nowMS: Int64
  ) throws(StoreError) {
    try database.statement(
      """
      INSERT INTO connector_version (connector, version, hash, document, created_at)
      VALUES (?, ?, ?, ?, ?)
      """
    ).bind(id.rawValue).bind(version).bind(hash).bind(document).bind(nowMS).run()
  }

  func connectorWritten(_ id: ConnectorID) throws(StoreError) -> ConnectorRow {
    guard var row = try connectorGet(id) else {
      throw StoreError(.notFound, "there is no connector with id \(id)")
    }
    row.isNew = true
    return row
  }
}

extension StoreReading {
  package func connectorGet(
    _ project: ProjectID, _ name: ConnectorName
  ) throws(StoreError) -> ConnectorRow? {
    try connectorRow(project, name, isDraft: false)
  }

  /// The draft of this name, which no URL leads to.
  package func connectorDraft(
    _ project: ProjectID, _ name: ConnectorName
  ) throws(StoreError) -> ConnectorRow? {
    try connectorRow(project, name, isDraft: true)
  }

  package func connectorGet(_ id: ConnectorID) throws(StoreError) -> ConnectorRow? {
    try database.statement(composed: "\(ConnectorRow.columns) WHERE id = ?")
      .bind(id.rawValue).first { row throws(StoreError) in ConnectorRow(row) }
  }

  /// What a URL leads to. The connector's row is the only register of URLs.
  package func connectorByToken(_ token: String) throws(StoreError) -> ConnectorLookup {
    let found = try database.statement(composed: "\(ConnectorRow.columns) WHERE token = ?")
      .bind(token).first { row throws(StoreError) in ConnectorRow(row) }
    if let found { return found.deletedAt == nil ? .found(found) : .retired }
    let retired = try database.statement("SELECT 1 FROM retired_token WHERE token = ?")
      .bind(token).first { _ throws(StoreError) in true }
    return retired == nil ? .unknown : .retired
  }

  /// One version; they never change, so what it answers may be kept.
  package func connectorVersionGet(
    _ id: ConnectorID, version: Int64
  ) throws(StoreError) -> ConnectorVersion? {
    try database.statement(
      "SELECT hash, document FROM connector_version WHERE connector = ? AND version = ?"
    ).bind(id.rawValue).bind(version).first { row throws(StoreError) in
      ConnectorVersion(
        connector: id, version: version, hash: row.text(0), document: row.text(1))
    }
  }

  /// The connectors of a project, or of all, by name; drafts are not among them.
  package func connectorList(_ project: ProjectID? = nil) throws(StoreError) -> [ConnectorRow] {
    try database.statement(
      composed: """
        \(ConnectorRow.columns)
        WHERE draft = 0 AND deleted_at IS NULL AND (?1 IS NULL OR project = ?1)
        ORDER BY project, name
        """
    ).bind(project?.rawValue).all { row throws(StoreError) in ConnectorRow(row) }
  }

  func connectorRow(
    _ project: ProjectID, _ name: ConnectorName, isDraft: Bool
  ) throws(StoreError) -> ConnectorRow? {
    try database.statement(
      composed: """
        \(ConnectorRow.columns)
        WHERE project = ? AND name = ? AND draft = ? AND deleted_at IS NULL
        """
    ).bind(project.rawValue).bind(name.rawValue).bind(isDraft)
      .first { row throws(StoreError) in ConnectorRow(row) }
  }
}
