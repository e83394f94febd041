// SPDX-License-Identifier: Apache-2.0
// What a driver takes up: active runs by connector, due ones by time.

import Pipeline

extension StoreReading {
  /// Runs that have not ended, oldest first, page by page: for checks, because it walks past all
  /// that have. Who works on runs takes the active ones of a connector and the due ones.
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

  /// Runs of a connector that are ready or running, oldest first. Those that wait cost nothing.
  package func runListActive(
    _ connector: ConnectorID, after id: RunID = RunID(0), limit: Int = StoreLimits.runPage
  ) throws(StoreError) -> [RunRow] {
    try database.statement(
      composed: """
        SELECT \(RunRow.columns(by: "run_active"))
        WHERE run.connector = ? AND run.id > ? AND run.finished_at IS NULL
          AND run.wait_kind IS NULL
        ORDER BY run.id LIMIT ?
        """
    ).bind(connector.rawValue).bind(id.rawValue).bind(Int64(limit))
      .all { row throws(StoreError) in try RunRow(row) }
  }

  /// The connectors that have runs which are ready or running: one look at the index for each,
  /// however many runs there are.
  package func connectorsWithActiveRuns() throws(StoreError) -> [(ConnectorID, ProjectID)] {
    try database.statement(
      """
      WITH RECURSIVE found (id) AS (
        SELECT (SELECT connector FROM run WHERE finished_at IS NULL AND wait_kind IS NULL
                ORDER BY connector LIMIT 1)
        UNION ALL
        SELECT (SELECT connector FROM run
                WHERE finished_at IS NULL AND wait_kind IS NULL AND connector > found.id
                ORDER BY connector LIMIT 1)
        FROM found WHERE found.id IS NOT NULL)
      SELECT found.id, connector.project FROM found JOIN connector ON connector.id = found.id
      """
    ).all { row throws(StoreError) in
      (ConnectorID(row.integer(0)), ProjectID(rawValue: row.text(1)))
    }
  }

  /// Runs whose time has come, the earliest first: due means `due_at <= now`.
  package func runListDue(
    nowMS: Int64, after cursor: DueCursor? = nil, limit: Int = StoreLimits.runPage
  ) throws(StoreError) -> DueRuns {
    let cursor = cursor ?? DueCursor(dueAt: .min, run: RunID(0))
    // One row more than asked for, and not only those that are due: it says when to look again.
    let rows = try database.statement(
      composed: """
        SELECT \(RunRow.columns(by: "run_due"))
        WHERE run.due_at IS NOT NULL AND (run.due_at, run.id) > (?, ?)
        ORDER BY run.due_at, run.id LIMIT ?
        """
    ).bind(cursor.dueAt).bind(cursor.run.rawValue).bind(Int64(max(limit, 0)) + 1)
      .all { row throws(StoreError) in try RunRow(row) }
    let due = rows.prefix { $0.dueAt.map { $0 <= nowMS } ?? false }.prefix(max(limit, 0))
    return DueRuns(
      runs: Array(due), next: due.count < rows.count ? rows[due.count].dueAt : nil)
  }
}
