// SPDX-License-Identifier: Apache-2.0
// Runs read back, and runs cancelled on disk.
import Engine
import Pipeline
import Store
import Values

extension Scheduler {
  func claim(_ connector: ConnectorID, after: RunID, _ limit: Int) {
    let reading = reading
    store.read({ transaction throws(StoreError) in
      let rows = try transaction.runListActive(connector, after: after, limit: limit)
      return (page: try reading.page(rows, transaction), isEnd: rows.count < limit)
    }) { [self] result in
      switch result {
      case .success(let found):
        take(found.page) {
          .claimed(
            connector, found.page.seeds, last: found.page.last ?? after, isEnd: found.isEnd)
        }
      case .failure(let error):
        again(error) { [self] in claim(connector, after: after, limit) }
      }
    }
  }

  func claimDue(until: Int64, _ limit: Int) {
    let (reading, after, held) = (reading, engine.duePassed, engine.pausedProjects)
    store.read({ transaction throws(StoreError) in
      try reading.due(until: until, after: after, limit: limit, held: held, transaction)
    }) { [self] result in
      switch result {
      case .success(let found):
        if let place = found.passed { feed(.passedOver(place)) }
        take(found.page) { .due(found.page.seeds, next: found.next) }
      case .failure(let error):
        again(error) { [self] in claimDue(until: until, limit) }
      }
    }
  }

  /// What reading a run back needs now.
  package var reading: RunReading {
    RunReading(
      library: connectors,
      facts: setups.mapValues {
        ProjectFacts(
          constants: $0.constants.asObject ?? [:], zone: $0.zone, connectorURLs: $0.connectorURLs)
      }, incarnation: incarnation, zones: zones, digests: digests)
  }

  /// Hands a page in; a run the engine does not take keeps no standing, so that a later page's is
  /// not passed over for an old one.
  private func take(_ page: RunPage, _ input: () -> EngineInput) {
    for (run, reason) in page.unreadable { setAside(run, reason) }
    for run in page.standings.keys where unreadable[run] != nil { unreadable[run] = nil }
    var mine: [RunID] = []
    for (run, standing) in page.standings where standings[run] == nil {
      standings[run] = standing
      mine.append(run)
    }
    feed(input())
    for run in mine where !engine.isLive(run) { standings[run] = nil }
  }

  /// Names a run once that cannot be read back; `status` counts them.
  private func setAside(_ run: RunID, _ reason: String) {
    guard unreadable[run] == nil, unreadable.count < Scheduler.mostUnreadable else { return }
    unreadable[run] = reason
    log("run \(run) cannot be read back and stays where it is: \(reason)")
  }

  /// As many as are kept to be shown: enough to say that there are very many.
  private static let mostUnreadable = 10_000

  /// The store is closing or the disk fails: asked again in a second.
  private func again(_ error: StoreError, _ body: @escaping @Sendable () -> Void) {
    guard error.code != .closed else { return }
    log("runs could not be read: \(error.message)")
    _ = loop.schedule(at: loop.now + 1_000_000_000, body)
  }

  func cancelStored(_ run: RunID, _ reason: String, _ ticket: UInt64) {
    let (incarnation, now) = (incarnation, clock())
    store.write({ transaction throws(StoreError) in
      try transaction.runCancelStored(run, reason: reason, incarnation: incarnation, nowMS: now)
    }) { [self] result in
      guard case .success(let aftermath?) = result else {
        return feed(.storedCancel(run, ticket: ticket, isDone: false))
      }
      feed(.storedCancel(run, ticket: ticket, isDone: true))
      unreadable[run] = nil
      watchers.ended(run, RunEnd(.cancelled, reason: reason))
      follow(aftermath)
    }
  }

  /// Delays were cancelled by a command: what that did to runs.
  package func tookOut(_ done: DelayCancelling, resumes: Bool) {
    loop.assertCurrent()
    if resumes {
      feed(.sleeping(until: 0))
    } else {
      for delay in done.cancelled { tookOut(delay.run, reason: "its delay was cancelled") }
    }
    follow(done.aftermath)
  }

  /// A run was ended on disk by another hand. Its next recording would find that out, but what it
  /// calls before that would still leave the host: at a gate, after a back-off, after a neighbour.
  func tookOut(_ run: RunID, reason: String) {
    watchers.ended(run, RunEnd(.cancelled, reason: reason))
    if engine.isLive(run) { cancel(run, reason: reason) { _ in } }
  }

  /// What the end of a run moved besides.
  func follow(_ aftermath: RunAftermath) {
    for run in aftermath.cancelledChildren { tookOut(run, reason: "its parent was cancelled") }
    for run in aftermath.runningChildren {
      cancel(run, reason: "its parent was cancelled") { _ in }
    }
    if !aftermath.wokenParents.isEmpty { feed(.sleeping(until: 0)) }
  }
}
