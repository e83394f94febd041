// SPDX-License-Identifier: Apache-2.0
// Mails of alerts on their way out.
import Engine
import Pipeline
import PluginHost
import Scheduler
import Store
import Values

/// Sends the mails that alerts left in the store, each as a run of the connector `system.alert`
/// with one action, and tries again what did not go out.
///
/// **Isolation**: confined to the loop thread.
final class AlertMailer: @unchecked Sendable {
  // Safe because: only touched on the loop thread, checked by `loop.assertCurrent()`.

  /// Between two tries of one mail: twice as long each time, at most this. **Unit** milliseconds.
  private static let longestWait: Int64 = 3_600_000
  private static let firstWait: Int64 = 60_000

  private let loop: EventLoop
  private let store: Store
  private let scheduler: Scheduler
  private let log: @Sendable (String) -> Void
  private var connectors: [ProjectID: AlertConnector] = [:]
  private var open: Set<Int64> = []
  private var isStopped = false

  init(
    loop: EventLoop, store: Store, scheduler: Scheduler, log: @escaping @Sendable (String) -> Void
  ) {
    self.loop = loop
    self.store = store
    self.scheduler = scheduler
    self.log = log
  }

  /// What mails a project's alerts from now on.
  func replace(_ connector: AlertConnector?, of project: ProjectID) {
    loop.assertCurrent()
    connectors[project] = connector
  }

  func start() {
    loop.assertCurrent()
    look()
  }

  func stop() {
    loop.assertCurrent()
    isStopped = true
  }

  /// Every second: an alert is for people, a second is soon enough.
  private func look() {
    guard !isStopped else { return }
    let now = scheduler.clock()
    store.read({ transaction throws(StoreError) in try transaction.alertMailDue(nowMS: now) }) {
      [self] result in
      if case .success(let due) = result {
        for mail in due.mails where open.insert(mail.id).inserted { deliver(mail) }
      }
      _ = loop.schedule(at: loop.now + 1_000_000_000) { [self] in look() }
    }
  }

  private func send(_ mail: AlertMailRow, _ done: @escaping @Sendable (String?) -> Void) {
    store.read({ transaction throws(StoreError) in
      try transaction.connectorGet(mail.connector)?.project
    }) { [self] result in
      guard case .success(let project?) = result, let connector = connectors[project] else {
        return done("its connector or project is gone")
      }
      guard !scheduler.isPaused(project) else {
        return postpone(mail, "project \(project) is paused")
      }
      scheduler.mail(mail, by: connector, done)
    }
  }

  /// Keeps a mail until its project goes on: that is no failure, and is looked at every minute.
  private func postpone(_ mail: AlertMailRow, _ reason: String) {
    let due = scheduler.clock() + Self.firstWait
    store.write({ transaction throws(StoreError) -> Void in
      try transaction.alertMailPostpone(mail.id, reason: reason, due: due)
    }) { [self] _ in open.remove(mail.id) }
  }

  private func deliver(_ mail: AlertMailRow) {
    send(mail) { [self] failure in
      let now = scheduler.clock()
      if let failure { log("an alert could not be mailed and is tried again: \(failure)") }
      let wait = min(Self.longestWait, Self.firstWait << min(Int64(mail.attempts), 10))
      store.write({ transaction throws(StoreError) -> Void in
        if let failure {
          try transaction.alertMailFailed(mail.id, error: failure, due: now + wait)
        } else {
          try transaction.alertMailRemove(mail.id)
        }
      }) { [self] _ in open.remove(mail.id) }
    }
  }
}
