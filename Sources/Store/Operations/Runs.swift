// SPDX-License-Identifier: Apache-2.0
// Runs: every write names the fence and the expected state.

import Pipeline

extension WriteTransaction {
  /// Moves a run on. The fence of the next write is `fence.next`.
  ///
  /// **Throws** `zombie` if the run is not as the caller knew it: the caller stops and writes
  /// nothing more about it; the whole body is taken back.
  package func runUpdate(
    _ id: RunID, fence: RunFence, expecting: RunState, _ change: RunChange, nowMS: Int64
  ) throws(StoreError) {
    precondition(!change.state.isTerminal, "a run is ended by runFinish")
    let (fence, expecting) = try checked(id, fence, expecting)
    let changed = try database.statement(
      """
      UPDATE run SET state = ?, incarnation = ?, sequence = sequence + 1, due_at = ?,
        position = ifnull(?, position), contact = ifnull(?, contact), mark = CASE mark WHEN 'unknown' THEN mark ELSE ifnull(?, mark) END,
        reason = ifnull(?, reason), updated_at = ?
      WHERE id = ? AND sequence = ? AND state = ? AND incarnation <= ?
      """
    ).bind(change.state.rawValue).bind(fence.incarnation).bind(change.dueAt)
      .bind(change.position).bind(change.contact?.rawValue).bind(change.mark).bind(change.reason)
      .bind(nowMS).bind(id.rawValue).bind(fence.sequence).bind(expecting.rawValue)
      .bind(fence.incarnation).run()
    if changed == 0 { throw zombie(id, fence, expecting) }
  }

  /// Ends a run, and drops what only a live run needs.
  ///
  /// **Throws** `zombie` as `runUpdate` does
  package func runFinish(
    _ id: RunID, fence: RunFence, expecting: RunState, _ change: RunChange, nowMS: Int64
  ) throws(StoreError) {
    precondition(change.state.isTerminal, "a run that goes on is moved by runUpdate")
    let (fence, expecting) = try checked(id, fence, expecting)
    let changed = try database.statement(
      """
      UPDATE run SET state = ?, incarnation = ?, sequence = sequence + 1, due_at = NULL,
        position = ifnull(?, position), contact = ifnull(?, contact), mark = CASE mark WHEN 'unknown' THEN mark ELSE ifnull(?, mark) END,
        reason = ifnull(?, reason), updated_at = ?, finished_at = ?
      WHERE id = ? AND sequence = ? AND state = ? AND incarnation <= ?
      """
    ).bind(change.state.rawValue).bind(fence.incarnation).bind(change.position)
      .bind(change.contact?.rawValue).bind(change.mark).bind(change.reason).bind(nowMS)
      .bind(nowMS).bind(id.rawValue).bind(fence.sequence).bind(expecting.rawValue)
      .bind(fence.incarnation).run()
    if changed == 0 { throw zombie(id, fence, expecting) }
    try egressClear(id)
  }

  /// Marks a run for people to see; `unknown` stays where it stands. No fence: a mark decides nothing.
  package func runMark(_ id: RunID, _ mark: String) throws(StoreError) {
    try database.statement(
      "UPDATE run SET mark = CASE mark WHEN 'unknown' THEN mark ELSE ? END WHERE id = ?"
    ).bind(mark).bind(id.rawValue).run()
  }

  /// What a write to a run has to find; under a fault of a simulation, whatever is there.
  private func checked(
    _ id: RunID, _ fence: RunFence, _ expecting: RunState
  ) throws(StoreError) -> (RunFence, RunState) {
    guard database.faults.ignoresFence, let row = try runGet(id) else { return (fence, expecting) }
    let incarnation = max(fence.incarnation, row.fence.incarnation)
    return (RunFence(incarnation: incarnation, sequence: row.fence.sequence), row.state)
  }

  private func zombie(_ id: RunID, _ fence: RunFence, _ expecting: RunState) -> StoreError {
    StoreError(
      .zombie,
      "run \(id) is no longer \(expecting.rawValue) at write \(fence.sequence) of incarnation "
        + "\(fence.incarnation): somebody else moved it, stop")
  }
}

extension StoreReading {
  package func runGet(_ id: RunID) throws(StoreError) -> RunRow? {
    try database.statement(composed: "SELECT \(RunRow.columns) WHERE run.id = ?")
      .bind(id.rawValue).first { row throws(StoreError) in try RunRow(row) }
  }

  /// Runs that have not ended, oldest first, page by page. What it selects by is state and not a
  /// cursor over commits, so a run committed late is in a later page or the next pass.
  package func runListUnfinished(
    after id: RunID = RunID(0), limit: Int = StoreLimits.runPage
  ) throws(StoreError) -> [RunRow] {
    try database.statement(
      composed: """
        SELECT \(RunRow.columns) WHERE run.finished_at IS NULL AND run.id > ?
        ORDER BY run.id LIMIT ?
        """
    ).bind(id.rawValue).bind(Int64(limit)).all { row throws(StoreError) in try RunRow(row) }
  }

  /// Runs whose time has come, the earliest first: due means `due_at <= now`.
  package func runListDue(
    nowMS: Int64, limit: Int = StoreLimits.runPage
  ) throws(StoreError) -> [RunRow] {
    try database.statement(
      composed: """
        SELECT \(RunRow.columns) WHERE run.due_at IS NOT NULL AND run.due_at <= ?
        ORDER BY run.due_at LIMIT ?
        """
    ).bind(nowMS).bind(Int64(limit)).all { row throws(StoreError) in try RunRow(row) }
  }

  /// Runs of a project, newest first.
  package func runSearch(
    _ project: ProjectID, connector: ConnectorID? = nil, state: RunState? = nil,
    sinceMS: Int64? = nil, before id: RunID? = nil, limit: Int = 100
  ) throws(StoreError) -> [RunRow] {
    // The states are our own words and stand in the text, so that the partial indexes apply.
    var conditions = ["run.project = ?1", "(?4 IS NULL OR run.id < ?4)"]
    if connector != nil { conditions.append("run.connector = ?2") }
    if sinceMS != nil { conditions.append("run.started_at >= ?3") }
    if let state {
      conditions.append("run.state = '\(state.rawValue)'")
      conditions.append("run.finished_at IS \(state.isTerminal ? "NOT " : "")NULL")
    }
    return try database.statement(
      composed: """
        SELECT \(RunRow.columns) WHERE \(conditions.joined(separator: " AND "))
        ORDER BY run.id DESC LIMIT ?5
        """
    ).bind(project.rawValue).bind(connector?.rawValue).bind(sinceMS).bind(id?.rawValue)
      .bind(Int64(min(max(limit, 0), StoreLimits.runPage)))
      .all { row throws(StoreError) in try RunRow(row) }
  }

  /// How many runs are in each state; states without any are missing.
  package func runCountByState(_ project: ProjectID) throws(StoreError) -> [RunState: Int64] {
    let rows = try database.statement(
      """
      SELECT state, count(*) FROM run WHERE project = ?1 AND finished_at IS NOT NULL GROUP BY state
      UNION ALL
      SELECT state, count(*) FROM run WHERE project = ?1 AND finished_at IS NULL GROUP BY state
      """
    ).bind(project.rawValue).all { row throws(StoreError) in (row.text(0), row.integer(1)) }
    return rows.reduce(into: [:]) { counts, row in
      if let state = RunState(rawValue: row.0) { counts[state, default: 0] += row.1 }
    }
  }
}
