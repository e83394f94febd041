// SPDX-License-Identifier: Apache-2.0
// Finding runs, newest first, with bounded work.

import Pipeline

extension StoreReading {
  /// Runs of a project, newest first.
  package func runSearch(
    _ project: ProjectID, connector: ConnectorID? = nil, state: RunState? = nil,
    sinceMS: Int64? = nil, before id: RunID? = nil, limit: Int = 100
  ) throws(StoreError) -> [RunRow] {
    try runSearch(
      RunQuery(
        project, connector: connector, state: state, sinceMS: sinceMS, before: id, limit: limit)
    ).runs
  }

  /// Finds runs. At most `StoreLimits.searchedRuns` are looked at; the answer says where to go on.
  ///
  /// **Throws** `invalid_query`
  package func runSearch(_ query: RunQuery) throws(StoreError) -> RunListing {
    guard query.conditions.count <= StoreLimits.searchConditions else {
      throw StoreError(
        .invalidQuery,
        "a search has \(query.conditions.count) conditions, the most is "
          + "\(StoreLimits.searchConditions): leave some out")
    }
    let scans = try scans(for: query)
    let budget = StoreLimits.searchedRuns / max(scans.count, 1)
    var hits: [RunID] = []
    // Complete down to here: where one of several scans stopped early, the others go no further.
    var end: RunID?
    for scan in scans {
      let part = try runScan(query, scan, budget: max(budget, limit(query) + 1))
      hits += part.hits
      if let stop = part.stop { end = max(end ?? stop, stop) }
    }
    if let end { hits.removeAll { $0 < end } }
    hits.sort(by: >)
    let page = hits.prefix(limit(query))
    var rows: [RunRow] = []
    for id in page { if let row = try runGet(id) { rows.append(row) } }
    return RunListing(runs: rows, next: page.count < hits.count ? page.last : end)
  }

  private func limit(_ query: RunQuery) -> Int { min(max(query.limit, 0), StoreLimits.runPage) }

  /// The walks over an index that find all of a query: one, but for active runs of any connector.
  private func scans(for query: RunQuery) throws(StoreError) -> [RunScan] {
    if let scan = RunScan(query) { return [scan] }
    return try connectorsWithActiveRuns().filter { $0.1 == query.project }
      .map { RunScan.active($0.0) }
  }

  private func runScan(
    _ query: RunQuery, _ scan: RunScan, budget: Int
  ) throws(StoreError) -> (hits: [RunID], stop: RunID?) {
    let filter = RunFilter(query)
    var events = EventMatch(query.conditions, database)
    let statement = try database.statement(
      composed: """
        SELECT run.id, \(filter.text), ifnull(run.parent, run.id) FROM run \(scan.index)
        WHERE \(scan.terms) AND run.id < ? ORDER BY run.id DESC
        """)
    for value in filter.values + scan.values { value.bind(to: statement) }
    var (hits, last, looked) = ([RunID](), RunID?.none, 0)
    var isCut = false
    try statement.bind(query.before?.rawValue ?? .max).each { row throws(StoreError) in
      if looked >= budget || hits.count > limit(query) {
        isCut = true
        return false
      }
      looked += 1
      last = RunID(row.integer(0))
      if row.boolean(1), try events.holds(for: RunID(row.integer(2)), self) {
        hits.append(RunID(row.integer(0)))
      }
      return true
    }
    return (hits, isCut ? last : nil)
  }

  /// How many runs are in each state; states without any are missing.
  package func runCountByState(_ project: ProjectID) throws(StoreError) -> [RunState: Int64] {
    let rows = try database.statement(
      """
      SELECT state, count(*) FROM run WHERE project = ?1 AND finished_at IS NOT NULL GROUP BY state
      UNION ALL
      SELECT 'waiting', count(*) FROM run WHERE project = ?1 AND wait_kind IS NOT NULL
      UNION ALL
      SELECT state, count(*) FROM run INDEXED BY run_active
      WHERE connector IN (SELECT id FROM connector WHERE project = ?1) AND finished_at IS NULL
        AND wait_kind IS NULL
      GROUP BY state
      """
    ).bind(project.rawValue).all { row throws(StoreError) in (row.text(0), row.integer(1)) }
    return rows.reduce(into: [:]) { counts, row in
      if let state = RunState(rawValue: row.0), row.1 > 0 { counts[state, default: 0] += row.1 }
    }
  }
}
