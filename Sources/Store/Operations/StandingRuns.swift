// SPDX-License-Identifier: Apache-2.0
// Runs that could go on and do not.

import Pipeline

/// The runs of a connector that could go on and have not moved for a while.
package struct StandingRuns: Sendable, Hashable {
  package var count: Int64 = 0
  /// How many of them have stood still for that long since the last look only.
  package var fresh: Int64 = 0
  /// The one that has stood still for the longest. **Unit** `since`: milliseconds since 1970
  package var first: First?

  package struct First: Sendable, Hashable {
    package let run: RunID
    package let since: Int64
  }

  package init() {}

  /// These and those of another connector.
  package mutating func add(_ other: StandingRuns) {
    count += other.count
    fresh += other.fresh
    if let theirs = other.first, theirs.since < first?.since ?? .max { first = theirs }
  }
}

/// Since when runs have stood still that a look is about. **Unit** milliseconds since 1970
package struct StandingSince: Sendable, Hashable {
  /// At the latest then.
  package let latest: Int64
  /// What stood still by then is known from an earlier look.
  package let known: Int64

  package init(latest: Int64, known: Int64) {
    self.latest = latest
    self.known = known
  }
}

extension StoreReading {
  /// The runs of a connector that are ready or running and have not been written since, and those
  /// whose wait was over by then, among the oldest of each kind.
  package func runsStanding(
    _ connector: ConnectorID, _ since: StandingSince
  ) throws(StoreError) -> StandingRuns {
    var runs = try runsQueued(connector, since, readyOnly: false)
    runs.add(
      try standing(
        """
        SELECT id, max(due_at, updated_at) AS moved FROM run INDEXED BY run_due
        WHERE due_at IS NOT NULL AND due_at <= ?4 AND connector = ?1
          AND (?5 IS NULL OR state = ?5)
        ORDER BY due_at LIMIT ?2
        """, connector, since, nil))
    return runs
  }

  /// The runs of a connector that have been ready since then.
  package func runsQueued(
    _ connector: ConnectorID, _ since: StandingSince, readyOnly: Bool = true
  ) throws(StoreError) -> StandingRuns {
    try standing(
      """
      SELECT id, updated_at AS moved FROM run INDEXED BY run_active
      WHERE connector = ?1 AND finished_at IS NULL AND wait_kind IS NULL
        AND (?5 IS NULL OR state = ?5)
      ORDER BY id LIMIT ?2
      """, connector, since, readyOnly ? "ready" : nil)
  }

  private func standing(
    _ runs: String, _ connector: ConnectorID, _ since: StandingSince, _ state: String?
  ) throws(StoreError) -> StandingRuns {
    let found = try database.statement(
      composed: """
        SELECT count(*), sum(moved > ?3), min(moved), id FROM (\(runs)) WHERE moved <= ?4
        """
    ).bind(connector.rawValue).bind(StoreLimits.standingScan).bind(since.known).bind(since.latest)
      .bind(state).first { row throws(StoreError) in
        var standing = StandingRuns()
        standing.count = row.integer(0)
        guard standing.count > 0 else { return standing }
        standing.fresh = row.integer(1)
        standing.first = StandingRuns.First(run: RunID(row.integer(3)), since: row.integer(2))
        return standing
      }
    return found ?? StandingRuns()
  }
}
