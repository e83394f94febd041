// SPDX-License-Identifier: Apache-2.0
// What is on disk in the simulation, with the store's own rules for who may write what.
import Calendar
import Values

@testable import Engine
@testable import Pipeline

/// Rows of runs: what a crash leaves.
struct SimulatedDisk {
  enum State: Equatable {
    /// Ready or running.
    case active
    /// Parked; nil is due at no time.
    case waiting(due: Int64?)
    case ended(RunEndState)
  }

  struct Row {
    let seed: RunSeed
    var state = State.active
    var journal: [JournalEntry] = []
    /// Grows with every write, so that nobody writes by what it was.
    var fence = 0
    /// Whether anything was ever done for it.
    var hasBegun = false
    /// What ended its wait, when it was not its time.
    var wake: Wake?
    /// The runs of its elements that have not ended, and how the others did.
    var openChildren = 0
    var outcomes: [ChildOutcome] = []
  }

  private(set) var rows: [RunID: Row] = [:]
  private var lastID: Int64 = 0

  var isOver: Bool { rows.values.allSatisfy { if case .ended = $0.state { true } else { false } } }
  var ids: [RunID] { rows.keys.sorted() }
  var nextDue: Int64? {
    rows.values.compactMap { if case .waiting(let due?) = $0.state { due } else { nil } }.min()
  }

  mutating func insert(_ seed: (RunID) -> RunSeed) -> RunSeed {
    lastID += 1
    let new = seed(RunID(lastID))
    rows[RunID(lastID)] = Row(seed: new)
    return new
  }

  mutating func began(_ id: RunID) { rows[id]?.hasBegun = true }

  // MARK: recordings

  /// Does as it is told, or says why not; what breaks a law is thrown.
  mutating func record(
    _ order: RecordOrder, fence: Int, at wall: Int64
  ) throws(Broken) -> RecordReport {
    guard var row = rows[order.run] else { throw Broken("run \(order.run) is not on disk") }
    guard row.fence == fence else { return .superseded }
    switch row.state {
    case .ended: return .superseded
    case .waiting where !order.isWake: throw Broken("run \(order.run) is written while it waits")
    case .active where order.isWake: throw Broken("run \(order.run) wakes and does not wait")
    default: break
    }
    guard order.firstSequence == row.journal.count else {
      throw Broken(
        "run \(order.run) writes entry \(order.firstSequence) over \(row.journal.count)")
    }
    try check(order, row)
    row.fence += 1
    row.journal += order.journal
    row.hasBegun = true
    row.wake = nil
    row.state = order.end.map { .ended($0.state) } ?? .active
    if let wait = order.wait { row.state = .waiting(due: wait.due) }
    if let plan = order.children { makeChildren(plan, of: &row) }
    rows[order.run] = row
    if let end = order.end { ended(order.run, end, wall) }
    return .committed()
  }

  /// What must hold when the end of a wait is asked for.
  func checkTime(_ order: RecordOrder, at wall: Int64) throws(Broken) {
    guard order.isWake, order.end == nil, let row = rows[order.run], row.wake == nil,
      case .waiting(let due?) = row.state, due > wall
    else { return }
    throw Broken("run \(order.run) wakes \(due - wall) ms early")
  }

  private func check(_ order: RecordOrder, _ row: Row) throws(Broken) {
    guard case .waiting = row.state, order.end == nil else { return }
    let kinds: [JournalKind] = [.delay, .message, .children]
    guard order.journal.count(where: { kinds.contains($0.kind) }) == 1 else {
      throw Broken("the wait of run \(order.run) ends \(order.journal.count) times")
    }
  }

  private mutating func makeChildren(_ plan: ChildrenPlan, of row: inout Row) {
    let parent = row.seed
    for (element, item) in plan.items.enumerated() {
      let child = ChildScope(
        parent: parent.progress.runID, step: plan.step, element: element, count: plan.items.count,
        item: item, scope: plan.scope)
      _ = insert { id in
        EngineFixture.seed(
          id.rawValue, parent.progress.connector, of: parent.connector,
          startedAt: parent.progress.startedAt.milliseconds, child: child)
      }
    }
    row.openChildren = plan.items.count
    if plan.waits { row.state = .waiting(due: nil) }
  }

  private mutating func ended(_ id: RunID, _ end: RunEnd, _ wall: Int64) {
    guard let child = rows[id]?.seed.progress.child else { return }
    rows[child.parent]?.openChildren -= 1
    rows[child.parent]?.outcomes.append(
      ChildOutcome(
        element: child.element, status: end.state.rawValue, saved: end.saved ?? JSONObject()))
    guard let parent = rows[child.parent], parent.openChildren == 0,
      case .waiting = parent.state
    else { return }
    rows[child.parent]?.state = .waiting(due: wall)
    rows[child.parent]?.wake = .children(parent.outcomes)
    rows[child.parent]?.fence += 1
  }

  // MARK: from outside

  /// As `jackfield runs cancel` for a run that nobody works on.
  mutating func cancelStored(_ id: RunID, at wall: Int64) -> Bool {
    switch rows[id]?.state {
    case .waiting: break
    case .active where rows[id]?.hasBegun == false: break
    default: return false
    }
    rows[id]?.state = .ended(.cancelled)
    rows[id]?.fence += 1
    ended(id, RunEnd(.cancelled), wall)
    return true
  }

  /// As `control.cancel_delay` with `resume`.
  mutating func resume(_ id: RunID, at wall: Int64) -> Bool {
    guard case .waiting(let due) = rows[id]?.state, due != nil, rows[id]?.wake == nil else {
      return false
    }
    rows[id]?.state = .waiting(due: wall)
    rows[id]?.wake = .resumed
    rows[id]?.fence += 1
    return true
  }

  // MARK: pages

  func active(_ connector: ConnectorID, after: RunID, limit: Int) -> [RunID] {
    Array(
      ids.filter { $0 > after && rows[$0]?.state == .active }
        .filter { rows[$0]?.seed.connector == connector }.prefix(limit))
  }

  func due(until: Int64, limit: Int) -> (runs: [RunID], next: Int64?) {
    var all: [(due: Int64, run: RunID)] = []
    for id in ids {
      if case .waiting(let due?) = rows[id]?.state { all.append((due, id)) }
    }
    all.sort { ($0.due, $0.run) < ($1.due, $1.run) }
    let page = all.prefix { $0.due <= until }.prefix(limit)
    return (page.map(\.run), page.count < all.count ? all[page.count].due : nil)
  }

  var activeConnectors: [(ConnectorID, ProjectID)] {
    let found = Set(rows.values.filter { $0.state == .active }.map(\.seed.connector))
    return found.sorted().map { ($0, EngineFixture.project) }
  }

  /// The run as it is read back.
  func seed(_ id: RunID) throws(Broken) -> RunSeed {
    guard let row = rows[id] else { throw Broken("run \(id) is not on disk") }
    var seed = row.seed
    do {
      try seed.progress.restore(journal: row.journal)
    } catch {
      throw Broken("run \(id) cannot be read back: \(error)")
    }
    seed.journalled = row.journal.count
    seed.isRecovered = true
    if case .waiting(let due) = row.state {
      seed.wake = row.wake ?? .due(at: Moment(milliseconds: due ?? 0))
    }
    return seed
  }
}

/// A law of the engine that was broken.
struct Broken: Error {
  let law: String
  init(_ law: String) { self.law = law }
}
