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

  /// Event, run and key. Start and routing insert through here too.
  func runInsert(_ event: NewEvent, nowMS: Int64) throws(StoreError) -> RunID {
    if let key = event.fifoKey { try StoreLimits.check(key, "the key a run queues under") }
    try database.statement(
      """
      INSERT INTO run (project, connector, version, state, incarnation, sequence, position,
        contact, started_at, updated_at, hops, origin, entered_connector, entered_subject,
        fifo_key, retries)
      VALUES (?, ?, ?, 'ready', 0, 0, '{}', ?, ?, ?, ?, ?, ?, ?, ?, 0)
      """
    ).bind(event.project.rawValue).bind(event.connector.rawValue).bind(event.version)
      .bind(event.contact?.rawValue).bind(nowMS).bind(nowMS).bind(Int64(event.hops))
      .bind(event.origin?.rawValue).bind(event.enrolment?.connector.rawValue)
      .bind(event.enrolment?.subject).bind(event.fifoKey).run()
    let run = database.lastRowID
    if let key = event.enrolment { try enrolmentPut(key, RunID(run), nowMS: nowMS) }
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

  /// Keeps a received body with its verdict, and only the last twenty of its connector. `head`
  /// is what a replay needs besides the body, `keeping` what the connector takes at most.
  package func receivedPut(
    _ connector: ConnectorID, verdict: String, run: RunID?, head: String? = nil, body: [UInt8]?,
    size: Int? = nil, keeping: Int = StoreLimits.receivedBytes, nowMS: Int64
  ) throws(StoreError) {
    let kept = body.map { Array($0.prefix(keeping)) }
    try database.statement(
      """
      INSERT INTO received (connector, verdict, run, head, body, size, received_at)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """
    ).bind(connector.rawValue).bind(verdict).bind(run?.rawValue).bind(head).bind(kept)
      .bind(Int64(size ?? body?.count ?? 0)).bind(nowMS).run()
    try database.statement(
      """
      DELETE FROM received WHERE connector = ?1 AND id <= (
        SELECT id FROM received WHERE connector = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)
      """
    ).bind(connector.rawValue).bind(StoreLimits.receivedBodies).run()
  }
}

extension StoreReading {
  /// The event a run was started by; that of a child is its parent's.
  ///
  /// **Shape** JSON text
  package func runEvent(
    _ run: RunID
  ) throws(StoreError) -> (body: String, contactSeed: String?)? {
    let parent = try database.statement("SELECT parent FROM run WHERE id = ?")
      .bind(run.rawValue).first { row throws(StoreError) in row.integerOrNil(0) }
    let owner = parent.flatMap { $0 }.map { RunID($0) } ?? run
    let hot = try hotEvent(owner)
    if let hot { return (hot.body, hot.contactSeed) }
    return try segmentFile(of: owner)?.event(owner).map { ($0.body, $0.contactSeed) }
  }

  /// The last bodies received, newest first.
  package func receivedList(_ connector: ConnectorID) throws(StoreError) -> [ReceivedRow] {
    try database.statement(
      """
      SELECT id, verdict, run, head, body, size, received_at FROM received
      WHERE connector = ? ORDER BY id DESC
      """
    ).bind(connector.rawValue).all { row throws(StoreError) in ReceivedRow(row) }
  }

  /// One of them, to be replayed.
  package func receivedGet(
    _ connector: ConnectorID, id: Int64
  ) throws(StoreError) -> ReceivedRow? {
    try database.statement(
      """
      SELECT id, verdict, run, head, body, size, received_at FROM received
      WHERE connector = ? AND id = ?
      """
    ).bind(connector.rawValue).bind(id).first { row throws(StoreError) in ReceivedRow(row) }
  }
}

extension ReceivedRow {
  fileprivate init(_ row: Statement) {
    self.init(
      id: row.integer(0), verdict: row.text(1), run: row.integerOrNil(2).map { RunID($0) },
      head: row.textOrNil(3), body: row.bytesOrNil(4), size: Int(row.integer(5)),
      receivedAt: row.integer(6))
  }
}
