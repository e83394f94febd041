// SPDX-License-Identifier: Apache-2.0
// Schedules: each time fires once, with the run it starts.

import Pipeline

extension WriteTransaction {
  /// Says when a connector's schedule is due next, in the place of what was said before.
  package func schedulePut(_ connector: ConnectorID, due: Int64) throws(StoreError) {
    try database.statement(
      """
      INSERT INTO schedule (connector, due_at) VALUES (?, ?)
      ON CONFLICT (connector) DO UPDATE SET due_at = excluded.due_at
      """
    ).bind(connector.rawValue).bind(due).run()
  }

  package func scheduleRemove(_ connector: ConnectorID) throws(StoreError) {
    try database.statement("DELETE FROM schedule WHERE connector = ?")
      .bind(connector.rawValue).run()
  }

  /// Fires a schedule if it is still due when the caller thinks: it moves on, and its events are
  /// accepted with it. None for a time that is skipped, several where missed times are made up for.
  ///
  /// **Shape** the runs; nil if somebody else has fired or changed it
  package func scheduleFire(
    _ connector: ConnectorID, expecting due: Int64, next: Int64?, events: [NewEvent], nowMS: Int64
  ) throws(StoreError) -> [RunID]? {
    let matches = try scheduleGet(connector)?.dueAt == due
    guard matches else { return nil }
    var runs: [RunID] = []
    for event in events { runs.append(try eventAccept(event, nowMS: nowMS).run) }
    guard let next else {
      try scheduleRemove(connector)
      return runs
    }
    try database.statement(
      "UPDATE schedule SET due_at = ?, fired_at = ?, run = ifnull(?, run) WHERE connector = ?"
    ).bind(next).bind(due).bind(runs.last?.rawValue).bind(connector.rawValue).run()
    return runs
  }
}

extension StoreReading {
  package func scheduleGet(_ connector: ConnectorID) throws(StoreError) -> ScheduleRow? {
    try database.statement(
      "SELECT connector, due_at, fired_at, run FROM schedule WHERE connector = ?"
    ).bind(connector.rawValue).first { row throws(StoreError) in ScheduleRow(row) }
  }

  /// The schedules, the earliest first.
  package func scheduleList(
    limit: Int = StoreLimits.runPage
  ) throws(StoreError) -> [ScheduleRow] {
    try database.statement(
      "SELECT connector, due_at, fired_at, run FROM schedule ORDER BY due_at, connector LIMIT ?"
    ).bind(Int64(max(limit, 0))).all { row throws(StoreError) in ScheduleRow(row) }
  }
}

extension ScheduleRow {
  fileprivate init(_ row: Statement) {
    self.init(
      connector: ConnectorID(row.integer(0)), dueAt: row.integer(1), firedAt: row.integerOrNil(2),
      run: row.integerOrNil(3).map { RunID($0) })
  }
}
