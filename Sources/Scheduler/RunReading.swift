// SPDX-License-Identifier: Apache-2.0
// Runs read back from the store, ready for the engine.
import Calendar
import Engine
import Pipeline
import Store
import Values

/// What reading runs needs besides the store.
package struct RunReading: Sendable {
  package let library: ConnectorLibrary
  package let facts: [ProjectID: ProjectFacts]
  package let incarnation: Int64
  package let zones: ZoneSource
  package let digests: Digests

  package init(
    library: ConnectorLibrary, facts: [ProjectID: ProjectFacts], incarnation: Int64,
    zones: ZoneSource, digests: Digests
  ) {
    self.library = library
    self.facts = facts
    self.incarnation = incarnation
    self.zones = zones
    self.digests = digests
  }

  /// A page of rows as seeds; those that cannot be read back are named and stay where they are.
  ///
  /// - Throws: `StoreError`.
  package func page(
    _ rows: [RunRow], _ transaction: some StoreReading
  ) throws(StoreError) -> RunPage {
    var page = RunPage()
    page.last = rows.last?.id
    for row in rows {
      do throws(StoreError) {
        page.seeds.append(try seed(row, transaction))
      } catch {
        guard error.code == .damaged else { throw error }
        page.unreadable.append((row.id, error.message))
        continue
      }
      page.standings[row.id] = RunStanding(
        fence: RunFence(incarnation: incarnation, sequence: row.fence.sequence), state: row.state)
    }
    return page
  }

  /// A run as its journal tells it.
  ///
  /// - Throws: `StoreError`, code `database_damaged` where it cannot be read back.
  package func progress(
    _ row: RunRow, _ transaction: some StoreReading
  ) throws(StoreError) -> (progress: RunProgress, journalled: Int) {
    let connector = try library.connector(row.connector, version: row.version, in: transaction)
    let event = try transaction.runEvent(row.id)?.body ?? "{}"
    let journal = try transaction.journalGet(row.id)
    var contact: JSONValue?
    if let id = row.contact {
      contact = try transaction.recordGet(row.project, collection: "contact", id: id)?.document
    }
    let facts = facts[row.project] ?? ProjectFacts()
    var progress = RunProgress(
      runID: row.id, project: row.project, constants: facts.constants, connector: connector,
      connectorVersion: Int(row.version), startedAt: Moment(milliseconds: row.startedAt),
      event: try RunReading.stored(event), contact: contact, zone: facts.zone, zones: zones,
      digests: digests, hops: row.hops, enteredAs: enteredAs(row), child: try child(row, transaction),
      connectorURLs: { facts.connectorURLs })
    var entries: [JournalEntry] = []
    entries.reserveCapacity(journal.count)
    for row in journal {
      guard let entry = JournalEntry(value: try RunReading.stored(row.entry)) else {
        throw StoreError(.damaged, "a journal entry is none")
      }
      entries.append(entry)
    }
    do {
      try progress.restore(journal: entries)
    } catch {
      throw StoreError(.damaged, error.message)
    }
    if let contact { progress.contact = contact }
    return (progress, journal.count)
  }

  private func seed(
    _ row: RunRow, _ transaction: some StoreReading
  ) throws(StoreError) -> RunSeed {
    let (progress, journalled) = try progress(row, transaction)
    return RunSeed(
      progress: progress, project: row.project, connector: row.connector, journalled: journalled,
      isRecovered: true, fifoKey: row.fifoKey,
      wake: try wake(row, progress, transaction))
  }

  private func enteredAs(_ row: RunRow) -> EnteredAs? {
    row.enrolment.map { EnteredAs(connector: row.connectorName.rawValue, subject: $0.subject) }
  }

  private func child(
    _ row: RunRow, _ transaction: some StoreReading
  ) throws(StoreError) -> ChildScope? {
    guard let place = row.child else { return nil }
    guard let scope = try transaction.childScope(row.id) else {
      throw StoreError(.damaged, "the element of the run is not in the store")
    }
    return ChildScope(
      parent: place.parent, step: place.step, element: place.element, count: scope.count,
      item: try RunReading.stored(scope.item), scope: try RunReading.stored(scope.scope))
  }

  /// What ended a wait, as the row says; nil for a run that does not wait.
  private func wake(
    _ row: RunRow, _ progress: RunProgress, _ transaction: some StoreReading
  ) throws(StoreError) -> Wake? {
    guard row.state == .waiting else { return nil }
    switch row.wake {
    case .due: return .due(at: Moment(milliseconds: row.dueAt ?? 0))
    case .resumed: return .resumed
    case .moved: return .moved
    case .message(let payload): return .message(try RunReading.stored(payload))
    case .news:
      var told: [NewsTold] = []
      for row in try transaction.newsTold(row.id, key: row.wait?.key ?? "") {
        told.append(NewsTold(target: row.target, news: try RunReading.stored(row.news)))
      }
      return .news(told)
    case .children:
      let rows = try transaction.childOutcomes(row.id, step: progress.position.step)
      var outcomes: [ChildOutcome] = []
      for row in rows {
        let saved = try row.saved.map(RunReading.stored)?.asObject ?? JSONObject()
        outcomes.append(
          ChildOutcome(
            element: row.element, status: row.state?.rawValue ?? "cancelled", saved: saved))
      }
      return .children(outcomes)
    }
  }

  private static func stored(_ text: String) throws(StoreError) -> JSONValue {
    do {
      return try JSONValue(parsing: text, limits: .stored)
    } catch {
      throw StoreError(.damaged, "what is stored does not parse: \(error)")
    }
  }
}

/// What a run needs to know of its project.
package struct ProjectFacts: Sendable {
  package var constants = JSONObject()
  package var zone = Zone.utc
  /// **Shape** `{name: url}` of the project's webhooks.
  package var connectorURLs: JSONValue = [:]

  package init(
    constants: JSONObject = JSONObject(), zone: Zone = .utc, connectorURLs: JSONValue = [:]
  ) {
    self.constants = constants
    self.zone = zone
    self.connectorURLs = connectorURLs
  }
}

/// Runs read back, ready for the engine.
package struct RunPage: Sendable {
  package var seeds: [RunSeed] = []
  package var standings: [RunID: RunStanding] = [:]
  /// The last one looked at; nil when nothing stood there.
  package var last: RunID?
  /// Runs that cannot be read back, with the reason: they stay where they are.
  package var unreadable: [(run: RunID, reason: String)] = []

  /// What another page brought besides.
  mutating func add(_ other: RunPage) {
    seeds += other.seeds
    standings.merge(other.standings) { _, later in later }
    last = other.last ?? last
    unreadable += other.unreadable
  }
}
