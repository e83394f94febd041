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
    let statement = try database.statement(
      composed: """
        SELECT run.id, \(filter.text) FROM run \(scan.index)
        \(filter.needsEvent ? "LEFT JOIN event ON event.run = ifnull(run.parent, run.id)" : "")
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
      if row.boolean(1) { hits.append(RunID(row.integer(0))) }
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

/// A value of a search on its way into a statement.
enum SearchValue {
  case integer(Int64?)
  case text(String?)

  func bind(to statement: Statement) {
    switch self {
    case .integer(let value): _ = statement.bind(value)
    case .text(let value): _ = statement.bind(value)
    }
  }
}

/// Which index a search walks along, newest first. Named, because SQLite knows nothing of how many
/// rows there are and would guess.
struct RunScan {
  let index: String
  let terms: String
  let values: [SearchValue]

  private init(_ index: String, _ terms: String, _ values: [SearchValue]) {
    self.index = index
    self.terms = terms
    self.values = values
  }

  static func active(_ connector: ConnectorID) -> RunScan {
    RunScan(
      "INDEXED BY run_active",
      "run.connector = ? AND run.finished_at IS NULL AND run.wait_kind IS NULL",
      [.integer(connector.rawValue)])
  }

  /// The walk that meets the fewest others; nil where it is one for each connector.
  init?(_ query: RunQuery) {
    let project = SearchValue.text(query.project.rawValue)
    if let contact = query.contact {
      self.init("INDEXED BY run_contact", "run.contact = ?", [.integer(contact.rawValue)])
    } else if let mark = query.mark {
      self.init(
        "INDEXED BY run_marked", "run.project = ? AND run.mark = ?", [project, .text(mark)])
    } else if query.state == .waiting {
      self.init(
        "INDEXED BY run_waiting", "run.project = ? AND run.wait_kind IS NOT NULL", [project])
    } else if let state = query.state, !state.isTerminal {
      guard let connector = query.connector else { return nil }
      self = .active(connector)
    } else if let state = query.state, state != .succeeded || query.connector == nil {
      self.init(
        "INDEXED BY run_finished",
        "run.project = ? AND run.state = ? AND run.finished_at IS NOT NULL",
        [project, .text(state.rawValue)])
    } else if let connector = query.connector {
      self.init("INDEXED BY run_connector", "run.connector = ?", [.integer(connector.rawValue)])
    } else {
      self.init("NOT INDEXED", "1", [])
    }
  }
}

/// All that must hold of a run, as a value of its row and not as a condition of the walk: so that
/// each row looked at is counted.
struct RunFilter {
  private(set) var text = "run.project = ?"
  private(set) var values: [SearchValue]
  let needsEvent: Bool

  init(_ query: RunQuery) {
    values = [.text(query.project.rawValue)]
    needsEvent = !query.conditions.isEmpty
    if let connector = query.connector { add("run.connector = ?", .integer(connector.rawValue)) }
    if let state = query.state { add("run.state = ?", .text(state.rawValue)) }
    if let contact = query.contact { add("run.contact = ?", .integer(contact.rawValue)) }
    if let mark = query.mark { add("run.mark IS ?", .text(mark)) }
    if let since = query.sinceMS { add("run.started_at >= ?", .integer(since)) }
    if let until = query.untilMS { add("run.started_at < ?", .integer(until)) }
    if needsEvent { text += " AND json_valid(event.body)" }
    for condition in query.conditions { add(condition) }
  }

  private mutating func add(_ term: String, _ value: SearchValue) {
    text += " AND " + term
    values.append(value)
  }

  private mutating func add(_ condition: EventCondition) {
    text += """
       AND CASE json_type(event.body, ?)
        WHEN 'text' THEN json_extract(event.body, ?) = ?
        WHEN 'integer' THEN json_extract(event.body, ?) = CAST(? AS NUMERIC)
        WHEN 'real' THEN json_extract(event.body, ?) = CAST(? AS NUMERIC)
        WHEN 'true' THEN ? = 'true' WHEN 'false' THEN ? = 'false' WHEN 'null' THEN ? = 'null' END
      """
    let (path, text, number) = (
      SearchValue.text(condition.path), SearchValue.text(condition.text),
      SearchValue.text(condition.number)
    )
    values += [path, path, text, path, number, path, number, text, text, text]
  }
}
