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
    precondition(change.state != .waiting && expecting != .waiting, "see runPark and runWake")
    let (fence, expecting) = try checked(id, fence, expecting)
    let changed: Int
    if change.state == .running && expecting == .running {
      changed = try runStep(id, fence, change, nowMS)
    } else {
      changed = try database.statement(
        """
        UPDATE run SET state = ?, incarnation = ?, sequence = sequence + 1,
          position = ifnull(?, position), reason = ifnull(?, reason),
          fifo_key = ifnull(?, fifo_key), updated_at = ?
        WHERE id = ? AND sequence = ? AND state = ? AND incarnation <= ?
        """
      ).bind(change.state.rawValue).bind(fence.incarnation).bind(change.position)
        .bind(change.reason).bind(change.fifoKey).bind(nowMS).bind(id.rawValue)
        .bind(fence.sequence).bind(expecting.rawValue).bind(fence.incarnation).run()
    }
    if changed == 0 { throw zombie(id, fence, expecting) }
    try runNote(id, change)
  }

  /// What a running run does most. Its text names no column that an index has: SQLite opens an
  /// index for each one it does, even where the entry stays as it is.
  private func runStep(
    _ id: RunID, _ fence: RunFence, _ change: RunChange, _ nowMS: Int64
  ) throws(StoreError) -> Int {
    try database.statement(
      """
      UPDATE run SET incarnation = ?, sequence = sequence + 1, position = ifnull(?, position),
        reason = ifnull(?, reason), fifo_key = ifnull(?, fifo_key), updated_at = ?
      WHERE id = ? AND sequence = ? AND state = 'running' AND incarnation <= ?
      """
    ).bind(fence.incarnation).bind(change.position).bind(change.reason).bind(change.fifoKey)
      .bind(nowMS).bind(id.rawValue).bind(fence.sequence).bind(fence.incarnation).run()
  }

  /// What changes rarely and has an index.
  package func runNote(_ id: RunID, _ change: RunChange) throws(StoreError) {
    if let contact = change.contact {
      try database.statement("UPDATE run SET contact = ?1 WHERE id = ?2 AND contact IS NOT ?1")
        .bind(contact.rawValue).bind(id.rawValue).run()
    }
    if let mark = change.mark { try runMark(id, mark) }
  }

  /// Ends a run, and drops what only a live run needs. The last child wakes its parent.
  ///
  /// **Throws** `zombie` as `runUpdate` does
  @discardableResult
  package func runFinish(
    _ id: RunID, fence: RunFence, expecting: RunState, _ change: RunChange, nowMS: Int64
  ) throws(StoreError) -> RunAftermath {
    precondition(change.state.isTerminal, "a run that goes on is moved by runUpdate")
    let (fence, expecting) = try checked(id, fence, expecting)
    try runNote(id, change)
    let run = try runEnding(id, change.state, saved: change.saved)
    let count = try database.statement(
      """
      UPDATE run SET state = ?, incarnation = ?, sequence = sequence + 1, due_at = NULL,
        position = ifnull(?, position), reason = ifnull(?, reason), wait_kind = NULL, wait = NULL,
        wake = NULL, updated_at = ?, finished_at = ?
      WHERE id = ? AND sequence = ? AND state = ? AND incarnation <= ?
      """
    ).bind(change.state.rawValue).bind(fence.incarnation).bind(change.position)
      .bind(change.reason).bind(nowMS).bind(nowMS).bind(id.rawValue).bind(fence.sequence)
      .bind(expecting.rawValue).bind(fence.incarnation).run()
    guard count == 1, let run else { throw zombie(id, fence, expecting) }
    return try runEnded(run, nowMS: nowMS)
  }

  /// Marks a run for people to see; `unknown` stays where it stands. No fence: a mark decides
  /// nothing.
  package func runMark(_ id: RunID, _ mark: String) throws(StoreError) {
    try database.statement(
      "UPDATE run SET mark = ?1 WHERE id = ?2 AND mark IS NOT 'unknown' AND mark IS NOT ?1"
    ).bind(mark).bind(id.rawValue).run()
  }

  /// What a write to a run has to find; under a fault of a simulation, whatever is there.
  func checked(
    _ id: RunID, _ fence: RunFence, _ expecting: RunState
  ) throws(StoreError) -> (RunFence, RunState) {
    guard database.faults.ignoresFence, let row = try runGet(id) else { return (fence, expecting) }
    let incarnation = max(fence.incarnation, row.fence.incarnation)
    return (RunFence(incarnation: incarnation, sequence: row.fence.sequence), row.state)
  }

  func zombie(_ id: RunID, _ fence: RunFence, _ expecting: RunState) -> StoreError {
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
}
