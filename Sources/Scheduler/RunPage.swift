// SPDX-License-Identifier: Apache-2.0
// Unfinished runs read back from the store.
import Calendar
import Engine
import HostServices
import Pipeline
import Store
import Values

/// A page of unfinished runs, ready for the engine.
struct RunPage: Sendable {
  var seeds: [RunSeed] = []
  var standings: [RunID: RunStanding] = [:]
  /// The highest id looked at; nil when nothing stood there.
  var last: RunID?
  var isEnd = false
  /// Runs that cannot be read back, with the reason: they stay where they are.
  var unreadable: [(run: RunID, reason: String)] = []

  /// - Throws: `StoreError`.
  static func read(
    _ transaction: ReadTransaction, of connector: ConnectorID, after: RunID, limit: Int,
    incarnation: Int64, setups: [ProjectID: ProjectSetup], zones: ZoneSource, digests: Digests,
    library: ConnectorLibrary
  ) throws(StoreError) -> RunPage {
    let rows = try transaction.runListActive(connector, after: after, limit: limit)
    var page = RunPage()
    page.isEnd = rows.count < limit
    page.last = rows.last?.id
    for row in rows {
      do throws(StoreError) {
        page.seeds.append(
          try seed(row, transaction, setups[row.project], zones, digests, library))
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

  private static func stored(_ text: String) throws(StoreError) -> JSONValue {
    do {
      return try JSONValue(parsing: text, limits: .stored)
    } catch {
      throw StoreError(.damaged, "what is stored does not parse: \(error)")
    }
  }

  private static func seed(
    _ row: RunRow, _ transaction: ReadTransaction, _ setup: ProjectSetup?, _ zones: ZoneSource,
    _ digests: Digests, _ library: ConnectorLibrary
  ) throws(StoreError) -> RunSeed {
    let connector = try library.connector(row.connector, version: row.version, in: transaction)
    let event = try transaction.runEvent(row.id)?.body ?? "{}"
    let journal = try transaction.journalGet(row.id)
    var contact: JSONValue?
    if let id = row.contact {
      contact = try transaction.recordGet(row.project, collection: "contact", id: id)?.document
    }
    var progress = RunProgress(
      runID: row.id, project: row.project, constants: setup?.constants.asObject ?? [:],
      connector: connector,
      connectorVersion: Int(row.version), startedAt: Moment(milliseconds: row.startedAt),
      event: try stored(event), contact: contact, zone: setup?.zone ?? .utc, zones: zones,
      digests: digests)
    var entries: [Pipeline.JournalEntry] = []
    for row in journal {
      guard let entry = Pipeline.JournalEntry(value: try stored(row.entry)) else {
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
    return RunSeed(
      progress: progress, project: row.project, connector: row.connector,
      journalled: journal.count, isRecovered: true)
  }
}
