// SPDX-License-Identifier: Apache-2.0
// Runs entered under a key: at most one live run has it.

import Pipeline

extension WriteTransaction {
  /// Starts a run by another or by a person: event and run, all or none. Where a live run has the
  /// event's key, the rule decides; a run that is replaced is cancelled in this very transaction,
  /// also where somebody works on it: whoever does finds another fence.
  ///
  /// **Throws** `too_large`
  package func runStart(
    _ event: NewEvent, ifEnrolled rule: EnrolmentRule = .leave, nowMS: Int64
  ) throws(StoreError) -> StartedRun {
    var aftermath = RunAftermath()
    var replaced: RunID?
    if let key = event.enrolment, let there = try enrolmentGet(key) {
      if rule == .leave { return StartedRun(run: there.run, isNew: false) }
      replaced = there.run
      aftermath =
        try runEndNow(
          there.run, ready: true, waiting: true, running: true,
          reason: "its connector was entered again under the same key", nowMS: nowMS) ?? aftermath
    }
    let run = try runInsert(event, nowMS: nowMS)
    return StartedRun(run: run, isNew: true, replaced: replaced, aftermath: aftermath)
  }

  /// Gives the key to a run that has just been inserted.
  func enrolmentPut(_ key: EnrolmentKey, _ run: RunID, nowMS: Int64) throws(StoreError) {
    try StoreLimits.check(key.subject, "the subject of an enrolment")
    guard !key.subject.isEmpty else {
      throw StoreError(
        .invalidQuery, "a run cannot be entered for nobody: the subject is empty, name one")
    }
    try database.statement(
      "INSERT INTO enrolment (connector, subject, run, entered_at) VALUES (?, ?, ?, ?)"
    ).bind(key.connector.rawValue).bind(key.subject).bind(run.rawValue).bind(nowMS).run()
  }

  /// Takes a key away and cancels the run that has it with its delays, whoever works on it. The
  /// run that asks, `except`, only loses the key: it decides itself whether it stops.
  ///
  /// **Shape** nil if no live run has the key
  package func enrolmentCancel(
    _ key: EnrolmentKey, except: RunID? = nil, reason: String, nowMS: Int64
  ) throws(StoreError) -> (run: RunID, aftermath: RunAftermath)? {
    guard let there = try enrolmentGet(key) else { return nil }
    guard there.run != except else {
      try database.statement("DELETE FROM enrolment WHERE connector = ? AND subject = ?")
        .bind(key.connector.rawValue).bind(key.subject).run()
      return (there.run, RunAftermath())
    }
    let ended = try runEndNow(
      there.run, ready: true, waiting: true, running: true, reason: reason, nowMS: nowMS)
    return (there.run, ended ?? RunAftermath())
  }
}

extension StoreReading {
  /// The live run that has a key.
  package func enrolmentGet(_ key: EnrolmentKey) throws(StoreError) -> EnrolmentRow? {
    try database.statement(
      "SELECT run, entered_at FROM enrolment WHERE connector = ? AND subject = ?"
    ).bind(key.connector.rawValue).bind(key.subject).first { row throws(StoreError) in
      EnrolmentRow(key: key, run: RunID(row.integer(0)), enteredAt: row.integer(1))
    }
  }

  /// The keys of a connector, by subject.
  package func enrolmentList(
    _ connector: ConnectorID, after subject: String = "", limit: Int = StoreLimits.runPage
  ) throws(StoreError) -> [EnrolmentRow] {
    try database.statement(
      """
      SELECT subject, run, entered_at FROM enrolment WHERE connector = ? AND subject > ?
      ORDER BY subject LIMIT ?
      """
    ).bind(connector.rawValue).bind(subject)
      .bind(Int64(min(max(limit, 0), StoreLimits.runPage))).all { row throws(StoreError) in
        EnrolmentRow(
          key: EnrolmentKey(connector: connector, subject: row.text(0)),
          run: RunID(row.integer(1)), enteredAt: row.integer(2))
      }
  }
}
