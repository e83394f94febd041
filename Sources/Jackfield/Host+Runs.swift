// SPDX-License-Identifier: Apache-2.0
// Looking at runs, and running a document once.
import Engine
import Pipeline
import Scheduler
import Store
import Synchronization
import Values

extension Host {
  /// The project's runs, newest first.
  ///
  /// - Parameters:
  ///   - since: milliseconds since 1970.
  ///   - before: only runs with smaller ids, for the next page.
  /// - Throws: `HostError`, code `unknown_connector`.
  public func runs(
    project: String, connector: String? = nil, state: String? = nil, since: Int64? = nil,
    before: Int64? = nil, limit: Int = 50
  ) throws(HostError) -> [RunSummary] {
    let project = ProjectID(rawValue: project)
    var wanted: ConnectorID?
    if let connector { wanted = try self.connector(named: connector, in: project).id }
    var wantedState: RunState?
    if let state {
      guard let known = RunState(rawValue: state) else {
        throw HostError(
          "unknown_state",
          "no run is ever \"\(state)\": states are "
            + RunState.allCases.map(\.rawValue).joined(separator: ", "))
      }
      wantedState = known
    }
    let (connectorID, runState) = (wanted, wantedState)
    return try reading { transaction throws(StoreError) in
      let rows = try transaction.runSearch(
        project, connector: connectorID, state: runState, sinceMS: since,
        before: before.map { RunID($0) }, limit: limit)
      var drafts: [ConnectorID: Bool] = [:]
      var runs: [RunSummary] = []
      for row in rows {
        if drafts[row.connector] == nil {
          drafts[row.connector] = try transaction.connectorGet(row.connector)?.token.isEmpty ?? true
        }
        runs.append(RunSummary(row, isDraft: drafts[row.connector] ?? false))
      }
      return runs
    }
  }

  /// One run with its timeline.
  ///
  /// - Throws: `HostError`, code `unknown_run`.
  public func run(_ id: Int64) throws(HostError) -> RunDetail {
    let found = try reading { transaction throws(StoreError) -> RunDetail? in
      guard let row = try transaction.runGet(RunID(id)) else { return nil }
      let isDraft = try transaction.connectorGet(row.connector)?.token.isEmpty ?? true
      let event = try transaction.runEvent(row.id)?.body ?? "{}"
      let recorded = Set(try transaction.transcriptList(row.id))
      var calls = 0
      let entries = try transaction.journalGet(row.id).map { entry in
        let content = (try? JSONValue(parsing: entry.entry)) ?? .null
        // What called a plugin names its build.
        let isCall = content["build"] != nil
        calls += isCall ? 1 : 0
        return RunDetail.Entry(
          sequence: entry.sequence, startedAt: entry.startedMS, durationMS: entry.durationMS,
          content: content, attempt: isCall ? calls : nil,
          isRecorded: recorded.contains(entry.sequence))
      }
      return RunDetail(
        summary: RunSummary(row, isDraft: isDraft),
        event: (try? JSONValue(parsing: event)) ?? .null, entries: entries)
    }
    guard let found else {
      throw HostError("unknown_run", "no run \(id) here: jackfield runs list shows those there are")
    }
    return found
  }

  /// Starts a run of a stored connector version on an event. A host opened for documents only
  /// leaves it to the next one that runs.
  ///
  /// - Returns: the run, on disk.
  package func start(
    _ row: ConnectorRow, _ connector: Connector, event: JSONValue
  ) throws(HostError) -> RunID {
    let now = Host.now()
    let document = try projectDocument(row.project)
    let new = NewEvent(
      row, connector, event: event, zone: zone(of: document), zones: zones,
      digests: Digests(sodium))
    guard let runtime else {
      return try writing { transaction throws(StoreError) in
        try transaction.eventAccept(new, nowMS: now).run
      }
    }
    library.put(connector, as: row.id, version: row.version)
    let accepted = Signal()
    let result = Mutex<Result<EventVerdict, StoreError>?>(nil)
    // On the loop, in the order of the commits, as for a webhook: the engine counts on it.
    store.write({ transaction throws(StoreError) in
      try transaction.eventAccept(new, nowMS: now)
    }) { verdict in
      if case .success(let verdict) = verdict {
        let id = verdict.run
        runtime.scheduler.accepted(id, of: row.id, row.project) {
          RunSeed.new(
            id, row, connector, new, event: event, scheduler: runtime.scheduler, startedMS: now)
        }
      }
      result.withLock { $0 = verdict }
      accepted.give()
    }
    _ = accepted.wait(seconds: 60)
    switch result.withLock({ $0 }) {
    case .success(let verdict): return verdict.run
    case .failure(let error): throw HostError(error.code.rawValue, error.message)
    case nil: throw HostError("host_busy", "the event was not on disk within 60 s")
    }
  }

  /// Waits until a run has ended.
  ///
  /// **Isolation**: blocks; not on the loop thread.
  /// - Parameters:
  ///   - seconds: how long at most.
  ///   - meanwhile: called five times a second; false ends the waiting.
  /// - Returns: whether it has.
  package func wait(
    for id: RunID, seconds: Double, meanwhile: () -> Bool = { true }
  ) -> Bool {
    guard let runtime else { return false }
    let ended = Signal()
    let number = UInt64.random(in: 1...UInt64.max)
    runtime.loop.post { runtime.scheduler.wait(for: id, number) { _ in ended.give() } }
    defer { runtime.loop.post { runtime.scheduler.forget(id, number) } }
    // It may have ended before the wait was posted.
    if let detail = try? run(id.rawValue), detail.summary.finishedAt != nil { return true }
    var left = seconds
    while left > 0, meanwhile() {
      if ended.wait(seconds: min(0.2, left)) { return true }
      left -= 0.2
    }
    return false
  }

  /// Hears what happens to runs, on the loop thread, until `unobserve` with what this answers.
  package func observe(_ observer: @escaping @Sendable (RunEvent) -> Void) -> UInt64 {
    let number = UInt64.random(in: 1...UInt64.max)
    guard let runtime else { return number }
    runtime.loop.post { runtime.scheduler.observe(number, observer) }
    return number
  }

  package func unobserve(_ number: UInt64) {
    guard let runtime else { return }
    runtime.loop.post { runtime.scheduler.unobserve(number) }
  }
}
