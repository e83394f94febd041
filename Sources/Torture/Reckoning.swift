// SPDX-License-Identifier: Apache-2.0
// What is on disk, compared with what was promised outside.

import Pipeline
import Store
import Values

/// Judges a world by its store: after each crash what must have survived, at the end everything.
struct Reckoning {
  private let world: World

  init(_ world: World) { self.world = world }

  /// A run as it is stored.
  private struct Stored: Sendable {
    let row: RunRow
    let journal: [JournalEntry]
  }

  /// Nothing that was told to anybody is gone, and no key has two live runs.
  func reckonAfterCrash() {
    guard let (rows, counts) = readAfterCrash() else { return }
    world.witness.learn(rows)
    judgeTold(rows)
    let kept = Set(rows.map(\.id))
    for request in world.outside.requests {
      if world.removable[request.run] != nil, !kept.contains(request.run) { continue }
      let stored = counts[request.run] ?? 0
      if stored < request.journalled {
        object(
          "run \(request.run) sent \(request.place) after entry \(request.journalled), "
            + "of which \(stored) are on disk")
      }
    }
  }

  private func judgeTold(_ rows: [RunRow]) {
    var keys: Set<EnrolmentKey> = []
    for run in rows where !run.state.isTerminal {
      guard let key = run.enrolment, !keys.insert(key).inserted else { continue }
      object("two live runs are entered for \(key.subject)")
    }
    let states = Dictionary(uniqueKeysWithValues: rows.map { ($0.id, $0.state) })
    func isRemoved(_ run: RunID) -> Bool { states[run] == nil && world.removable[run] != nil }
    for (number, event) in world.outside.events.enumerated() {
      guard let run = event.told, !isRemoved(run) else { continue }
      if states[run] == nil { object("event \(number) was acknowledged and is lost") }
    }
    let ends = world.witness.ends
    for run in ends.keys.sorted() where !isRemoved(run) {
      guard states[run]?.rawValue != ends[run]?.state.rawValue else { continue }
      object("run \(run) was told to have ended, the disk does not know")
    }
    for run in world.witness.cancelled.sorted() where !isRemoved(run) && states[run] != .cancelled {
      object("run \(run) was cancelled, the disk does not know")
    }
    for run in world.facts.keys.sorted() where states[run] == nil && !isRemoved(run) {
      object("run \(run) was removed before its time")
    }
  }

  /// Notes which runs retention may remove: those that ended by then. False where the disk does
  /// not say.
  func noteRemovable(endedBy time: Int64) -> Bool {
    // Somebody else may hold the lock it needs.
    world.disk.busy(0)
    guard let runs = readAll(mayFail: true) else { return false }
    for (id, run) in runs {
      if run.row.state.isTerminal, let ended = run.row.finishedAt, ended <= time {
        world.removable[id] = Promises(run.journal)
      } else if !run.row.state.isTerminal {
        world.removable[id] = nil
      }
    }
    return true
  }

  /// All rows in the order of their ids, and how long the journals are that requests rest on. What
  /// the entries say is judged once, at the end.
  private func readAfterCrash() -> ([RunRow], [RunID: Int])? {
    let sent = Set(world.outside.requests.filter { $0.journalled > 0 }.map(\.run))
    return read { read throws(StoreError) in
      let rows = try read.runSearch(SimulatedProject.id, limit: 1_000)
      var counts: [RunID: Int] = [:]
      for run in sent { counts[run] = try read.journalGet(run).count }
      return (rows.sorted { $0.id < $1.id }, counts)
    }
  }

  /// Everything, once all is at rest.
  func reckon() {
    reckonAfterCrash()
    guard let runs = readAll() else { return }
    for run in sorted(runs) {
      let id = run.row.id
      if !run.row.state.isTerminal { object("run \(id) is \(run.row.state.rawValue) for ever") }
      if run.row.hops > 10 { object("run \(id) has \(run.row.hops) hops") }
      // News that came before it was unknown may have settled it.
      let isMarked = ["unknown", "sent", "not_sent"].contains(run.row.mark ?? "")
      if !isMarked, run.journal.contains(where: { $0.status == .unknown }) {
        object("the fate of something run \(id) sent is not known, and it is not marked")
      }
      if run.journal.count < world.journalled[id] ?? 0 {
        object("run \(id) has \(run.journal.count) of \(world.journalled[id] ?? 0) entries")
      }
      judge(id, run.journal)
    }
    judgeEvents(runs)
    judgeRecords(runs)
    let faults = try? world.store.readAndWait { read throws(StoreError) in try read.storeFaults() }
    if faults != [] { object("the database is damaged") }
  }

  /// In the order of their ids, so that the same seed finds the same first.
  private func sorted(_ runs: [RunID: Stored]) -> [Stored] {
    runs.values.sorted { $0.row.id < $1.row.id }
  }

  /// Each component once, its outcome or the end of its wait; anew after a retry by a person, but
  /// never what had succeeded.
  private func judge(_ id: RunID, _ journal: [JournalEntry]) {
    var seen: Set<String> = []
    var succeeded: Set<String> = []
    for entry in journal {
      if entry.kind == .retry { seen = [] }
      guard [.action, .delay, .message, .news].contains(entry.kind) else { continue }
      let what = entry.kind == .news ? "news " : ""
      let place = "\(what)\(entry.component) \(entry.element ?? -1) \(entry.path)"
      let isWaiting = entry.kind != .action && entry.status == .waiting
      if !seen.insert("\(place) \(isWaiting)").inserted {
        object("run \(id) has \(entry.component) twice")
      }
      guard entry.kind == .action, entry.status == .succeeded else { continue }
      if !succeeded.insert(place).inserted {
        object("run \(id) has done \(entry.component) again, which had succeeded")
      }
    }
  }

  /// One run for each event, however often it came.
  private func judgeEvents(_ runs: [RunID: Stored]) {
    let accepted = runs.values.count { $0.row.origin == nil && $0.row.child == nil }
    if accepted > world.outside.events.count {
      object("\(world.outside.events.count) events made \(accepted) runs")
    }
  }

  /// A record for each action that says it wrote one, and no other.
  private func judgeRecords(_ runs: [RunID: Stored]) {
    let gone = world.removable.filter { runs[$0.key] == nil }.values
    let all = runs.values.map { Promises($0.journal) } + gone
    let promised = all.reduce(0) { $0 + $1.counted }
    let tallied = all.reduce(0) { $0 + $1.tallied }
    let collection = world.project.tally
    let found = try? world.store.readAndWait { read throws(StoreError) in
      let query = try RecordQuery(["limit": 1_000], of: collection)
      return try read.recordQuery(SimulatedProject.id, collection, query)
    }
    guard let found else { return object("the records cannot be read") }
    let counters = found.records.count { $0.document["run"] != nil }
    if counters != promised { object("\(promised) records were promised, \(counters) are there") }
    let tally = found.records.first { $0.document["run"] == nil }?.document["value"]?.asInteger ?? 0
    if tally != tallied { object("\(tallied) were added to the tally, it says \(tally)") }
  }

  private func object(_ text: String) { world.witness.object(text) }

  /// - Parameter mayFail: whether the disk may still be told to fail; at the end it is not.
  private func readAll(mayFail: Bool = false) -> [RunID: Stored]? {
    read(mayFail: mayFail) { read throws(StoreError) in
      var runs: [RunID: Stored] = [:]
      for row in try read.runSearch(SimulatedProject.id, limit: 1_000) {
        let journal = try read.journalGet(row.id).compactMap { entry in
          (try? JSONValue(parsing: entry.entry)).flatMap { JournalEntry(value: $0) }
        }
        runs[row.id] = Stored(row: row, journal: journal)
      }
      return runs
    }
  }

  /// Reads; nil where the power fails meanwhile, which the next turn sees.
  private func read<Value: Sendable>(
    mayFail: Bool = false,
    _ body: @escaping @Sendable (ReadTransaction) throws(StoreError) -> Value
  ) -> Value? {
    do throws(StoreError) {
      return try world.store.readAndWait(body)
    } catch {
      let isExpected = mayFail && error.code == .ioFailed
      if !world.disk.isOff, !isExpected { object("the store cannot be read: \(error)") }
      return nil
    }
  }
}
