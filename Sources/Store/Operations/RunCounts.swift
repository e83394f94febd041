// SPDX-License-Identifier: Apache-2.0
// How many runs need somebody, and how long the first in line has waited.

import Pipeline

extension StoreReading {
  /// How many runs of a project carry a mark.
  package func runCountMarked(_ project: ProjectID, _ mark: String) throws(StoreError) -> Int64 {
    try database.statement(
      "SELECT count(*) FROM run INDEXED BY run_marked WHERE project = ? AND mark = ?"
    ).bind(project.rawValue).bind(mark).first { row throws(StoreError) in row.integer(0) } ?? 0
  }

  /// How many runs wait for a time that has come.
  package func runCountDue(nowMS: Int64) throws(StoreError) -> Int64 {
    try database.statement(
      "SELECT count(*) FROM run INDEXED BY run_due WHERE due_at IS NOT NULL AND due_at <= ?"
    ).bind(nowMS).first { row throws(StoreError) in row.integer(0) } ?? 0
  }

  /// The run that has been ready for the longest, among the oldest of each connector; nil where
  /// none is ready.
  ///
  /// - Parameter project: only of this one.
  ///
  /// **Shape** `since`: milliseconds since 1970
  package func runOldestReady(
    _ project: ProjectID? = nil
  ) throws(StoreError) -> (run: RunID, since: Int64)? {
    var oldest: (run: RunID, since: Int64)?
    for (connector, owner) in try connectorsWithActiveRuns() where owner == project ?? owner {
      let found = try database.statement(
        """
        SELECT id, updated_at FROM run INDEXED BY run_active
        WHERE connector = ? AND finished_at IS NULL AND wait_kind IS NULL AND state = 'ready'
        ORDER BY id LIMIT 1
        """
      ).bind(connector.rawValue).first { row throws(StoreError) in
        (RunID(row.integer(0)), row.integer(1))
      }
      if let found, found.1 < oldest?.since ?? .max { oldest = found }
    }
    return oldest
  }
}
