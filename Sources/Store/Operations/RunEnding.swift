// SPDX-License-Identifier: Apache-2.0
// What goes with the end of a run, whoever ends it.

import Pipeline

/// A run that has just ended, with what hung on it.
struct EndedRun {
  let id: RunID
  let state: RunState
  let saved: String?
  let project: ProjectID
  let connector: ConnectorID
  let place: ChildPlace?
  let enrolment: EnrolmentKey?
  /// As it stood when the run ended; most runs end while they wait for nothing.
  let wait: String?

  /// From the columns that `runEnding` reads.
  init(_ row: Statement, _ id: RunID, _ state: RunState, _ saved: String?) {
    self.id = id
    self.state = state
    self.saved = saved
    project = ProjectID(rawValue: row.text(0))
    connector = ConnectorID(row.integer(1))
    place = row.integerOrNil(2).map {
      ChildPlace(parent: RunID($0), step: Int(row.integer(3)), element: Int(row.integer(4)))
    }
    enrolment = row.integerOrNil(5).map {
      EnrolmentKey(connector: ConnectorID($0), subject: row.text(6))
    }
    wait = row.textOrNil(7)
  }
}

extension WriteTransaction {
  /// What hangs on a run that is about to end; nil if there is no such run.
  ///
  /// Read before the update and not by its `RETURNING`, for which SQLite opens a table each time.
  func runEnding(
    _ id: RunID, _ state: RunState, saved: String?
  ) throws(StoreError) -> EndedRun? {
    try database.statement(
      """
      SELECT project, connector, parent, child_step, element, entered_connector, entered_subject,
        wait
      FROM run WHERE id = ?
      """
    ).bind(id.rawValue).first { row throws(StoreError) in EndedRun(row, id, state, saved) }
  }

  /// Takes away what only a live run has, and tells its parent.
  func runEnded(_ run: EndedRun, nowMS: Int64) throws(StoreError) -> RunAftermath {
    var aftermath = RunAftermath()
    if let text = run.wait {
      // The kind is of no use any more; the text is the same for all.
      let wait = try StoredWait(kind: StoredWait.Kind.delay.rawValue, text: text)
      try waitClear(run.id, run.project, run.connector, wait)
    }
    try egressClear(run.id)
    if let key = run.enrolment {
      try database.statement(
        "DELETE FROM enrolment WHERE connector = ? AND subject = ? AND run = ?"
      ).bind(key.connector.rawValue).bind(key.subject).bind(run.id.rawValue).run()
    }
    if let place = run.place,
      try childFinished(place, run.state, saved: run.saved, nowMS: nowMS)
    {
      aftermath.wokenParents.append(place.parent)
    }
    if run.state == .cancelled {
      aftermath.add(try childrenCancel(of: run.id, nowMS: nowMS))
    }
    return aftermath
  }

  /// Cancels a run that is as it is expected, whoever wrote it last; nil if it is not.
  func runEndNow(
    _ id: RunID, ready: Bool, waiting: Bool, running: Bool, reason: String, nowMS: Int64
  ) throws(StoreError) -> RunAftermath? {
    let run = try runEnding(id, .cancelled, saved: nil)
    let count = try database.statement(
      """
      UPDATE run SET state = 'cancelled', sequence = sequence + 1, due_at = NULL, reason = ?,
        wait_kind = NULL, wait = NULL, wake = NULL, updated_at = ?, finished_at = ?
      WHERE id = ? AND (state = 'ready' AND ? OR state = 'waiting' AND ? OR state = 'running' AND ?)
      """
    ).bind(reason).bind(nowMS).bind(nowMS).bind(id.rawValue).bind(ready).bind(waiting)
      .bind(running).run()
    guard count == 1, let run else { return nil }
    if let text = run.wait {
      let wait = try StoredWait(kind: StoredWait.Kind.delay.rawValue, text: text)
      if let step = wait.step {
        stepCount(run.connector, step, StepCounts(cancelled: 1))
      }
    }
    return try runEnded(run, nowMS: nowMS)
  }

  /// Cancels a run that nobody works on: ready, waiting, or left running by an earlier start.
  ///
  /// **Shape** nil if it has ended or somebody works on it: cancel it there.
  package func runCancelStored(
    _ id: RunID, reason: String, incarnation: Int64, nowMS: Int64
  ) throws(StoreError) -> RunAftermath? {
    guard let row = try runGet(id) else { return nil }
    let isLeft = row.state == .running && row.fence.incarnation < incarnation
    return try runEndNow(
      id, ready: true, waiting: true, running: isLeft, reason: reason, nowMS: nowMS)
  }
}
