// SPDX-License-Identifier: Apache-2.0
// Accepting events.

import Pipeline

extension WriteTransaction {
  /// Takes an event in: event, run and dedupe key, all or none; or tells which run it already is.
  ///
  /// The caller answers 2xx from the completion of the write, never before.
  package func eventAccept(_ event: NewEvent, nowMS: Int64) throws(StoreError) -> EventVerdict {
    if let dedupe = event.dedupe {
      if let run = try dedupeGet(event.connector, dedupe.key, nowMS: nowMS) {
        return .duplicate(run)
      }
      _ = try dedupePurge(nowMS: nowMS, limit: StoreLimits.dedupePurge)
    }
    let run = try runInsert(event, nowMS: nowMS)
    if let dedupe = event.dedupe {
      try database.statement(
        "INSERT OR REPLACE INTO dedupe (connector, key, run, expires_at) VALUES (?, ?, ?, ?)"
      ).bind(event.connector.rawValue).bind(dedupe.key).bind(run.rawValue)
        .bind(nowMS + dedupe.withinSeconds * 1_000).run()
    }
    return .accepted(run)
  }

  private func runInsert(_ event: NewEvent, nowMS: Int64) throws(StoreError) -> RunID {
    try database.statement(
      """
      INSERT INTO run (project, connector, version, state, incarnation, sequence, position,
        started_at, updated_at)
      VALUES (?, ?, ?, 'ready', 0, 0, '{}', ?, ?)
      """
    ).bind(event.project.rawValue).bind(event.connector.rawValue).bind(event.version).bind(nowMS)
      .bind(nowMS).run()
    let run = database.lastRowID
    try database.statement(
      "INSERT INTO event (run, body, contact_seed, received_at) VALUES (?, ?, ?, ?)"
    ).bind(run).bind(event.body).bind(event.contactSeed).bind(nowMS).run()
    return RunID(run)
  }

  private func dedupeGet(
    _ connector: ConnectorID, _ key: [UInt8], nowMS: Int64
  ) throws(StoreError) -> RunID? {
    try database.statement(
      "SELECT run FROM dedupe WHERE connector = ? AND key = ? AND expires_at > ?"
    ).bind(connector.rawValue).bind(key).bind(nowMS)
      .first { row throws(StoreError) in RunID(row.integer(0)) }
  }

  /// Removes some keys whose time is over. Expired means `expires_at <= now`.
  func dedupePurge(nowMS: Int64, limit: Int64) throws(StoreError) -> Int {
    try database.statement(
      """
      DELETE FROM dedupe WHERE (connector, key) IN (
        SELECT connector, key FROM dedupe WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)
      """
    ).bind(nowMS).bind(limit).run()
  }

  /// Keeps a received body with its verdict, and only the last twenty of its connector.
  package func receivedPut(
    _ connector: ConnectorID, verdict: String, run: RunID?, body: [UInt8]?, nowMS: Int64
  ) throws(StoreError) {
    try database.statement(
      "INSERT INTO received (connector, verdict, run, body, received_at) VALUES (?, ?, ?, ?, ?)"
    ).bind(connector.rawValue).bind(verdict).bind(run?.rawValue).bind(body).bind(nowMS).run()
    try database.statement(
      """
      DELETE FROM received WHERE connector = ?1 AND id <= (
        SELECT id FROM received WHERE connector = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)
      """
    ).bind(connector.rawValue).bind(StoreLimits.receivedBodies).run()
  }
}

extension StoreReading {
  /// The event a run was started by.
  ///
  /// **Shape** JSON text
  package func runEvent(
    _ run: RunID
  ) throws(StoreError) -> (body: String, contactSeed: String?)? {
    try database.statement("SELECT body, contact_seed FROM event WHERE run = ?")
      .bind(run.rawValue).first { row throws(StoreError) in (row.text(0), row.textOrNil(1)) }
  }

  /// The last bodies received, newest first.
  package func receivedList(_ connector: ConnectorID) throws(StoreError) -> [ReceivedRow] {
    try database.statement(
      "SELECT verdict, run, body, received_at FROM received WHERE connector = ? ORDER BY id DESC"
    ).bind(connector.rawValue).all { row throws(StoreError) in
      ReceivedRow(
        verdict: row.text(0), run: row.integerOrNil(1).map { RunID($0) }, body: row.bytesOrNil(2),
        receivedAt: row.integer(3))
    }
  }
}
