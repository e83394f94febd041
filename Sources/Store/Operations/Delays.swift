// SPDX-License-Identifier: Apache-2.0
// Cancelling delays by what they are called, and listing them.

import Pipeline

extension WriteTransaction {
  /// Cancels every delay that has one of the identifiers in that connector: exact bytes, each run
  /// once. A delay that has fired is not touched; one that is due but has not fired is, and its
  /// wake finds another fence. With `holdMS` the same goes for delays made until then, but not
  /// those of `except`, the run that cancels.
  ///
  /// **Throws** `too_large`: nothing is cancelled then
  package func delayCancel(
    _ project: ProjectID, pairs: [(ConnectorID, String)], mode: DelayCancelMode,
    holdMS: Int64? = nil, except: RunID? = nil, nowMS: Int64
  ) throws(StoreError) -> DelayCancelling {
    guard pairs.count <= StoreLimits.cancelPairs else {
      throw StoreError(
        .tooLarge,
        "\(pairs.count) pairs are to be cancelled at once, the most is "
          + "\(StoreLimits.cancelPairs): cancel them in parts")
    }
    var result = DelayCancelling()
    var seen: Set<RunID> = []
    for (connector, identifier) in pairs {
      try StoreLimits.check(identifier, "an identifier")
      guard !identifier.isEmpty, try connectorGet(connector)?.project == project else { continue }
      for run in try delayFind(connector, identifier) where run != except {
        guard seen.insert(run).inserted else { continue }
        guard seen.count <= StoreLimits.cancelledRuns else { throw WriteTransaction.tooMany }
        try delayCancelOne(run, connector, mode, by: except, nowMS: nowMS, &result.aftermath)
        result.cancelled.append(
          CancelledDelay(run: run, connector: connector, identifier: identifier))
      }
      if let holdMS, holdMS > 0 {
        try holdPut(connector, identifier, mode, until: nowMS + holdMS, except: except)
      }
    }
    _ = try holdPurge(nowMS: nowMS, limit: StoreLimits.holdPurge)
    return result
  }

  /// Cancels some of the delays that have an identifier in a connector, the oldest runs first: one
  /// part of what a command does in several transactions. Those of a run's own cancel are one
  /// transaction, its outcome's.
  ///
  /// **Shape** `last`: where the next part begins; nil when none is left
  package func delayCancelPart(
    _ connector: ConnectorID, _ identifier: String, mode: DelayCancelMode, after: RunID,
    limit: Int = StoreLimits.cancelPart, nowMS: Int64
  ) throws(StoreError) -> (done: DelayCancelling, last: RunID?) {
    try StoreLimits.check(identifier, "an identifier")
    var result = DelayCancelling()
    let runs = try database.statement(
      """
      SELECT run FROM delay WHERE connector = ? AND identifier = ? AND run > ? ORDER BY run LIMIT ?
      """
    ).bind(connector.rawValue).bind(identifier).bind(after.rawValue).bind(Int64(limit))
      .all { row throws(StoreError) in RunID(row.integer(0)) }
    for run in runs {
      try delayCancelOne(run, connector, mode, by: nil, nowMS: nowMS, &result.aftermath)
      result.cancelled.append(
        CancelledDelay(run: run, connector: connector, identifier: identifier))
    }
    return (result, runs.count == limit ? runs.last : nil)
  }

  private static let tooMany = StoreError(
    .tooLarge,
    "more than \(StoreLimits.cancelledRuns) delays have these identifiers, none was cancelled: "
      + "cancel fewer identifiers at once")

  private func delayCancelOne(
    _ run: RunID, _ connector: ConnectorID, _ mode: DelayCancelMode, by canceller: RunID?,
    nowMS: Int64, _ aftermath: inout RunAftermath
  ) throws(StoreError) {
    switch mode {
    case .end:
      let reason = canceller.map { "its delay was cancelled by run \($0)" }
      let ended = try runEndNow(
        run, ready: false, waiting: true, running: false,
        reason: reason ?? "its delay was cancelled", nowMS: nowMS)
      if let ended { aftermath.add(ended) }
    case .resume:
      guard let wait = try runGet(run)?.wait else { return }
      try runResume(run, connector, wait, nowMS: nowMS)
      if let step = wait.step { stepCount(connector, step, StepCounts(cancelled: 1)) }
    }
  }

  private func delayFind(
    _ connector: ConnectorID, _ identifier: String
  ) throws(StoreError) -> [RunID] {
    try database.statement(
      "SELECT run FROM delay WHERE connector = ? AND identifier = ? ORDER BY run"
    ).bind(connector.rawValue).bind(identifier)
      .all { row throws(StoreError) in RunID(row.integer(0)) }
  }

  // MARK: Holds

  private func holdPut(
    _ connector: ConnectorID, _ identifier: String, _ mode: DelayCancelMode, until: Int64,
    except: RunID?
  ) throws(StoreError) {
    // Two holds at once: the later word decides, the longer time stands.
    try database.statement(
      """
      INSERT INTO hold (connector, identifier, mode, except_run, until) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (connector, identifier) DO UPDATE SET mode = excluded.mode,
        except_run = excluded.except_run, until = max(until, excluded.until)
      """
    ).bind(connector.rawValue).bind(identifier).bind(mode.rawValue).bind(except?.rawValue)
      .bind(until).run()
  }

  /// What a hold says of a delay that is made now. Over means `until <= now`.
  func holdGet(
    _ connector: ConnectorID, _ identifier: String, for run: RunID, nowMS: Int64
  ) throws(StoreError) -> DelayCancelMode? {
    try database.statement(
      """
      SELECT mode FROM hold
      WHERE connector = ? AND identifier = ? AND until > ? AND except_run IS NOT ?
      """
    ).bind(connector.rawValue).bind(identifier).bind(nowMS).bind(run.rawValue)
      .first { row throws(StoreError) in DelayCancelMode(rawValue: row.text(0)) ?? .end }
  }

  func holdPurge(nowMS: Int64, limit: Int64) throws(StoreError) -> Int {
    try database.statement(
      """
      DELETE FROM hold WHERE (connector, identifier) IN (
        SELECT connector, identifier FROM hold WHERE until <= ? ORDER BY until LIMIT ?)
      """
    ).bind(nowMS).bind(limit).run()
  }
}

extension RunAftermath {
  mutating func add(_ other: RunAftermath) {
    wokenParents += other.wokenParents
    cancelledChildren += other.cancelledChildren
    runningChildren += other.runningChildren
  }
}

extension StoreReading {
  /// Runs that wait for a time, the earliest first; those that wait for a message too. An
  /// identifier is looked for in the connector that is named with it.
  package func delayList(
    _ project: ProjectID, connector: ConnectorID? = nil, identifier: String? = nil,
    after cursor: DueCursor? = nil, limit: Int = 100
  ) throws(StoreError) -> [DelayRow] {
    let cursor = cursor ?? DueCursor(dueAt: .min, run: RunID(0))
    // Those of one identifier are few: they are looked up, not found on a walk through all.
    let filter =
      identifier == nil
      ? "run.due_at IS NOT NULL AND (run.due_at, run.id) > (?1, ?2)"
      : """
        run.id IN (SELECT run FROM delay WHERE connector = ?4 AND identifier = ?5)
        AND (+run.due_at, run.id) > (?1, ?2)
        """
    let rows = try database.statement(
      composed: """
        SELECT \(RunRow.columns)
        WHERE \(filter) AND run.project = ?3 AND (?4 IS NULL OR run.connector = ?4)
        ORDER BY run.due_at, run.id LIMIT ?6
        """
    ).bind(cursor.dueAt).bind(cursor.run.rawValue).bind(project.rawValue)
      .bind(connector?.rawValue).bind(identifier)
      .bind(Int64(min(max(limit, 0), StoreLimits.runPage)))
      .all { row throws(StoreError) in try RunRow(row) }
    return rows.compactMap { row in
      guard let wait = row.wait, let dueAt = row.dueAt else { return nil }
      return DelayRow(
        run: row.id, project: row.project, connector: row.connector,
        connectorName: row.connectorName, wait: wait, dueAt: dueAt)
    }
  }
}
