// SPDX-License-Identifier: Apache-2.0
// Alerts about what no recording tells of: runs that stand still, old queues, open breakers.
import Calendar
import Engine
import Pipeline
import PluginHost
import Scheduler
import Store
import Values

/// Looks once in a while for runs that stand still, and is told of breakers.
///
/// **Isolation**: confined to the loop thread.
final class AlertWatch: @unchecked Sendable {
  // Safe because: only touched on the loop thread, checked by `loop.assertCurrent()`.

  /// One throttle for all of a project's queues.
  static let queueName = "queue_old"

  private let loop: EventLoop
  private let store: Store
  private let scheduler: Scheduler
  private let log: @Sendable (String) -> Void
  private var projects: [ProjectID: WatchedProject] = [:]
  /// When the next look is due, on the loop's clock.
  private var nextLook: UInt64 = 0
  /// When the last one was. **Unit** milliseconds since 1970.
  private var lookedAt: Int64?
  private var isLooking = false
  private var isStopped = false

  init(
    loop: EventLoop, store: Store, scheduler: Scheduler, log: @escaping @Sendable (String) -> Void
  ) {
    self.loop = loop
    self.store = store
    self.scheduler = scheduler
    self.log = log
  }

  /// What is watched of a project from now on.
  func replace(_ watched: WatchedProject, of project: ProjectID) {
    loop.assertCurrent()
    projects[project] = watched
    nextLook = 0
  }

  func start() {
    loop.assertCurrent()
    scheduler.onBreaker = { [weak self] key, state in self?.changed(key, state) }
    tick()
  }

  func stop() {
    loop.assertCurrent()
    isStopped = true
  }

  // MARK: runs that stand still

  private func tick() {
    guard !isStopped else { return }
    if loop.now >= nextLook, !isLooking { look() }
    _ = loop.schedule(at: loop.now + 1_000_000_000) { [self] in tick() }
  }

  /// Four times within the shortest time somebody wants to be told after, at least once a minute.
  private var interval: UInt64 {
    let shortest = projects.values.compactMap(\.shortest).min() ?? .seconds(240)
    return min(max(UInt64(shortest.milliseconds) / 4, 1_000), 60_000) * 1_000_000
  }

  private func look() {
    nextLook = loop.now + interval
    // In a paused project everything stands still, and somebody wants that.
    let watched = projects.filter { $0.value.shortest != nil && !scheduler.isPaused($0.key) }
    guard !watched.isEmpty else { return }
    isLooking = true
    let (now, before) = (scheduler.clock(), lookedAt)
    lookedAt = now
    store.read({ transaction throws(StoreError) in
      var found: [WatchedAlert] = []
      for (project, watched) in watched {
        found += try watched.look(project, transaction, nowMS: now, before: before)
      }
      return found
    }) { [self] result in
      isLooking = false
      switch result {
      case .success(let found): raise(found, nowMS: now)
      case .failure(let error): log("runs that stand still were not looked for: \(error.message)")
      }
    }
  }

  // MARK: breakers

  private func changed(_ key: BreakerKey, _ state: BreakerState) {
    guard case .open(let until) = state, let watched = projects[key.project],
      let alert = watched.alert, alert.on.contains(.breakerOpen), let mailer = watched.mailer
    else { return }
    let credential = key.credential.map { " with credential \($0)" } ?? ""
    let mail = AlertMail(
      to: alert.to, channel: alert.channel, subject: "plugin \(key.plugin) is held back",
      message: "plugin \(key.plugin)\(credential) in project \(key.project) failed too often in a "
        + "row. Its runs wait, the next one tries at \(Moment(milliseconds: until).iso).\n\n"
        + "jackfield breaker list --project \(key.project)\n"
        + "jackfield breaker reset \(key.plugin) --project \(key.project)",
      every: AlertOrder.everyRun)
    let name = "breaker_open \(key.plugin)" + (key.credential.map { " \($0)" } ?? "")
    raise(
      [WatchedAlert(connector: mailer, name: name, count: 1, mail: mail)],
      nowMS: scheduler.clock())
  }

  /// Leaves the mails in the store, unless one went out a short time ago.
  private func raise(_ found: [WatchedAlert], nowMS: Int64) {
    guard !found.isEmpty else { return }
    store.write({ transaction throws(StoreError) in
      for alert in found { try alert.raise(transaction, nowMS: nowMS) }
    }) { [log] result in
      if case .failure(let error) = result { log("an alert was not kept: \(error.message)") }
    }
  }
}
