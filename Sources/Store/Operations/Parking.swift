// SPDX-License-Identifier: Apache-2.0
// Runs that wait: parked, woken, moved.

import Pipeline

extension WriteTransaction {
  /// Lets a run wait. What it may be cancelled by is looked up among the holds: a cancel that
  /// holds for an hour also takes the delays made within that hour.
  ///
  /// **Throws** `zombie` as `runUpdate` does; `too_large`
  package func runPark(
    _ id: RunID, fence: RunFence, expecting: RunState, position: String, due: Int64?,
    wait asked: StoredWait, nowMS: Int64
  ) throws(StoreError) -> ParkVerdict {
    let wait = try asked.checked()
    let (fence, expecting) = try checked(id, fence, expecting)
    let facts = try database.statement("SELECT project, connector, parent FROM run WHERE id = ?")
      .bind(id.rawValue).first { row throws(StoreError) in
        (ProjectID(rawValue: row.text(0)), ConnectorID(row.integer(1)), row.integerOrNil(2))
      }
    let count = try database.statement(
      """
      UPDATE run SET state = 'waiting', incarnation = ?, sequence = sequence + 1, position = ?,
        due_at = ?, wait_kind = ?, wait = ?, wake = NULL, updated_at = ?
      WHERE id = ? AND sequence = ? AND state = ? AND incarnation <= ?
      """
    ).bind(fence.incarnation).bind(position).bind(due).bind(wait.kind.rawValue).bind(wait.text)
      .bind(nowMS).bind(id.rawValue).bind(fence.sequence).bind(expecting.rawValue)
      .bind(fence.incarnation).run()
    guard count == 1, let (project, connector, parent) = facts else {
      throw zombie(id, fence, expecting)
    }
    try waitAdd(id, project, connector, wait)
    return try parkJudge(id, connector, parent.map { RunID($0) }, wait, nowMS: nowMS)
  }

  /// Whether the wait may stand: no hold takes it, and the run's parent is not cancelled.
  private func parkJudge(
    _ id: RunID, _ connector: ConnectorID, _ parent: RunID?, _ wait: StoredWait, nowMS: Int64
  ) throws(StoreError) -> ParkVerdict {
    if let parent, try runGet(parent)?.state == .cancelled {
      let ended = try runEndNow(
        id, ready: false, waiting: true, running: false,
        reason: WriteTransaction.parentCancelled, nowMS: nowMS)
      return .held(.end, ended ?? RunAftermath())
    }
    for identifier in wait.identifiers {
      guard let mode = try holdGet(connector, identifier, for: id, nowMS: nowMS) else { continue }
      guard mode == .end else {
        try runResume(id, connector, wait, nowMS: nowMS)
        if let step = wait.step { stepCount(connector, step, StepCounts(cancelled: 1)) }
        return .held(.resume, RunAftermath())
      }
      let ended = try runEndNow(
        id, ready: false, waiting: true, running: false,
        reason: "its delay was cancelled by a cancel that was still held", nowMS: nowMS)
      return .held(.end, ended ?? RunAftermath())
    }
    return .parked
  }

  /// Takes a run out of its wait: it is running, and can no longer be cancelled by an identifier.
  ///
  /// **Throws** `zombie` if it was cancelled, resumed or moved since it was read
  package func runWake(
    _ id: RunID, fence: RunFence, position: String? = nil, nowMS: Int64
  ) throws(StoreError) {
    let fence = try checked(id, fence, .waiting).0
    let facts = try database.statement("SELECT project, connector, wait FROM run WHERE id = ?")
      .bind(id.rawValue).first { row throws(StoreError) in
        (ProjectID(rawValue: row.text(0)), ConnectorID(row.integer(1)), row.text(2))
      }
    let count = try database.statement(
      """
      UPDATE run SET state = 'running', incarnation = ?, sequence = sequence + 1,
        position = ifnull(?, position), due_at = NULL, wait_kind = NULL, wait = NULL, wake = NULL,
        updated_at = ?
      WHERE id = ? AND sequence = ? AND state = 'waiting' AND incarnation <= ?
      """
    ).bind(fence.incarnation).bind(position).bind(nowMS).bind(id.rawValue).bind(fence.sequence)
      .bind(fence.incarnation).run()
    guard count == 1, let (project, connector, text) = facts else {
      throw zombie(id, fence, .waiting)
    }
    try waitClear(id, project, connector, try StoredWait(kind: "delay", text: text))
  }

  /// Moves the time of a delay; whoever holds it in memory finds a later fence.
  ///
  /// **Shape** false if the run waits for no time, or no longer.
  package func delayMove(_ id: RunID, due: Int64, nowMS: Int64) throws(StoreError) -> Bool {
    try database.statement(
      """
      UPDATE run SET due_at = ?, wake = 'moved', sequence = sequence + 1, updated_at = ?
      WHERE id = ? AND state = 'waiting' AND wait_kind = 'delay'
        AND (wake IS NULL OR wake = 'moved')
      """
    ).bind(due).bind(nowMS).bind(id.rawValue).run() > 0
  }

  /// Makes a parked run due, woken by a cancel that lets it go on. Whatever the clock is set to,
  /// its time has come: it is 0.
  func runResume(
    _ id: RunID, _ connector: ConnectorID, _ wait: StoredWait, nowMS: Int64
  ) throws(StoreError) {
    try database.statement(
      """
      UPDATE run SET due_at = 0, wake = 'resumed', sequence = sequence + 1, updated_at = ?
      WHERE id = ? AND state = 'waiting'
      """
    ).bind(nowMS).bind(id.rawValue).run()
    // Its delay is over though it has not begun to run: another cancel does not count it again.
    try identifiersClear(id, connector, wait)
  }

  // MARK: What finds a waiting run

  private func waitAdd(
    _ id: RunID, _ project: ProjectID, _ connector: ConnectorID, _ wait: StoredWait
  ) throws(StoreError) {
    for identifier in wait.identifiers {
      try database.statement("INSERT INTO delay (connector, identifier, run) VALUES (?, ?, ?)")
        .bind(connector.rawValue).bind(identifier).bind(id.rawValue).run()
    }
    if let contact = wait.contact {
      try database.statement(
        "INSERT OR IGNORE INTO message_wait (project, contact, run) VALUES (?, ?, ?)"
      ).bind(project.rawValue).bind(contact).bind(id.rawValue).run()
    }
    if let step = wait.step { stepCount(connector, step, StepCounts(waiting: 1)) }
  }

  func waitClear(
    _ id: RunID, _ project: ProjectID, _ connector: ConnectorID, _ wait: StoredWait
  ) throws(StoreError) {
    try identifiersClear(id, connector, wait)
    if let contact = wait.contact { try messageWaitClear(id, project, contact) }
    if let step = wait.step { stepCount(connector, step, StepCounts(waiting: -1)) }
  }

  private func identifiersClear(
    _ id: RunID, _ connector: ConnectorID, _ wait: StoredWait
  ) throws(StoreError) {
    for identifier in wait.identifiers {
      try database.statement(
        "DELETE FROM delay WHERE connector = ? AND identifier = ? AND run = ?"
      ).bind(connector.rawValue).bind(identifier).bind(id.rawValue).run()
    }
  }

  func messageWaitClear(
    _ id: RunID, _ project: ProjectID, _ contact: String
  ) throws(StoreError) {
    try database.statement("DELETE FROM message_wait WHERE project = ? AND contact = ? AND run = ?")
      .bind(project.rawValue).bind(contact).bind(id.rawValue).run()
  }
}
