// SPDX-License-Identifier: Apache-2.0
// Schedules of connectors, fired on the wall clock.
import Calendar
import Engine
import Pipeline
import PluginHost
import Scheduler
import Store
import Values

/// One connector that a schedule starts.
struct Schedule: Sendable {
  let row: ConnectorRow
  let connector: Connector
  let cron: Cron
  let zone: Zone
  let misfire: Misfire
}

/// Fires the schedules of all projects.
///
/// What is due stands in the store, and moves on in the transaction that accepts the events: a time
/// fires once, whatever is killed. Here is only when to look.
///
/// **Isolation**: confined to the loop thread.
final class ScheduleClock: @unchecked Sendable {
  // Safe because: only touched on the loop thread, checked by `loop.assertCurrent()`.

  /// Missed times that `misfire: all` makes up for in one transaction.
  private static let atOnce = 100

  private let loop: EventLoop
  private let store: Store
  private let scheduler: Scheduler
  private let log: @Sendable (String) -> Void
  private var schedules: [ProjectID: [ConnectorID: Schedule]] = [:]
  /// When each is due. **Unit** milliseconds since 1970.
  private var due: [ConnectorID: Int64] = [:]
  private var firing: Set<ConnectorID> = []
  private var isStopped = false

  init(
    loop: EventLoop, store: Store, scheduler: Scheduler, log: @escaping @Sendable (String) -> Void
  ) {
    self.loop = loop
    self.store = store
    self.scheduler = scheduler
    self.log = log
  }

  /// Begins to fire.
  func start() {
    loop.assertCurrent()
    tick()
  }

  func stop() {
    loop.assertCurrent()
    isStopped = true
  }

  /// The schedules of a project as they are now. What one owes stands in the store; a version with
  /// another schedule, and switching it off, take it away, and it is due at its next time.
  func replace(_ list: [Schedule], of project: ProjectID) {
    loop.assertCurrent()
    for id in schedules[project, default: [:]].keys { due[id] = nil }
    schedules[project] = Dictionary(
      list.map { ($0.row.id, $0) }, uniquingKeysWith: { first, _ in first })
    for schedule in list { settle(schedule) }
  }

  /// Reads when a schedule is due, or says so for the first time.
  private func settle(_ schedule: Schedule) {
    let id = schedule.row.id
    let now = scheduler.now.wall
    guard let next = schedule.cron.next(after: now, zone: schedule.zone) else {
      return log("connector \(schedule.row.name): its schedule never comes")
    }
    store.write({ transaction throws(StoreError) -> Int64 in
      // What was changed meanwhile must not find the old schedule's time.
      guard let row = try transaction.connectorGet(id), row.version == schedule.row.version,
        row.isEnabled, row.deletedAt == nil
      else { return next }
      if let stored = try transaction.scheduleGet(id) { return stored.dueAt }
      try transaction.schedulePut(id, due: next)
      return next
    }) { [self] result in
      guard schedules[schedule.row.project]?[id] != nil else { return }
      switch result {
      case .success(let at): due[id] = at
      case .failure(let error):
        log("the schedule of \(schedule.row.name): \(error.message)")
        if error.code != .closed { settleLater(schedule) }
      }
    }
  }

  /// The disk refused: asked again in a second, unless the schedule is another by then.
  private func settleLater(_ schedule: Schedule) {
    let (id, project) = (schedule.row.id, schedule.row.project)
    _ = loop.schedule(at: loop.now + 1_000_000_000) { [self] in
      guard !isStopped, due[id] == nil,
        schedules[project]?[id]?.row.version == schedule.row.version
      else { return }
      settle(schedule)
    }
  }

  /// Every second, whatever the clock was set to meanwhile.
  private func tick() {
    guard !isStopped else { return }
    let now = scheduler.now.wall
    for (id, at) in due.sorted(by: { ($0.value, $0.key) < ($1.value, $1.key) }) where at <= now {
      guard let schedule = schedules.values.lazy.compactMap({ $0[id] }).first else { continue }
      fire(schedule, due: at, now: now)
    }
    _ = loop.schedule(at: loop.now + 1_000_000_000) { [self] in tick() }
  }

  private func fire(_ schedule: Schedule, due at: Int64, now: Int64) {
    let id = schedule.row.id
    guard firing.insert(id).inserted else { return }
    // The stored time is the first that is owed: everything after the moment before it.
    let owed = schedule.cron.due(
      after: at - 1, through: now, zone: schedule.zone, misfire: schedule.misfire,
      limit: Self.atOnce)
    let events = owed.fired.map { time in event(of: schedule, time, now, missed: owed.missed) }
    let next = schedule.cron.next(after: owed.through, zone: schedule.zone)
    let new = events.map { event in
      NewEvent(
        project: schedule.row.project, connector: id, version: schedule.row.version,
        body: event.json)
    }
    store.write({ transaction throws(StoreError) in
      try transaction.scheduleFire(id, expecting: at, next: next, events: new, nowMS: now)
    }) { [self] result in
      firing.remove(id)
      switch result {
      case .success(let runs?):
        if schedules[schedule.row.project]?[id] != nil { due[id] = next }
        for (run, event) in zip(runs, events) {
          scheduler.accepted(run, of: id, schedule.row.project) { [scheduler] in
            RunSeed.new(
              run, schedule.row, schedule.connector,
              NewEvent(
                project: schedule.row.project, connector: id, version: schedule.row.version,
                body: ""), event: event, scheduler: scheduler, startedMS: now)
          }
        }
      case .success(nil): settle(schedule)
      case .failure(let error): log("the schedule of \(schedule.row.name): \(error.message)")
      }
    }
  }

  /// **Shape** `{due_at, fired_at, missed}`.
  private func event(of schedule: Schedule, _ due: Int64, _ now: Int64, missed: Int) -> JSONValue {
    [
      "due_at": .text(Moment(milliseconds: due).iso(in: schedule.zone)),
      "fired_at": .text(Moment(milliseconds: now).iso(in: schedule.zone)),
      "missed": .integer(Int64(missed)),
    ]
  }
}
