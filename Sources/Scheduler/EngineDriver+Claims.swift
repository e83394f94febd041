// SPDX-License-Identifier: Apache-2.0
// Runs read back, and runs cancelled on disk.
import Engine
import Pipeline
import Store

extension EngineDriver {
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

  /// Hands a page in; a run the engine does not take keeps no standing, so that a later page's is
  /// not passed over for an old one.
  private func take(_ page: RunPage, _ input: () -> EngineInput) {
    var mine: [RunID] = []
    for (run, standing) in page.standings where standings[run] == nil {
      standings[run] = standing
      mine.append(run)
    }
    read(page)
    feed(input())
    for run in mine where !engine.isLive(run) { standings[run] = nil }
  }

  /// The store is closing or the disk fails: asked again in a second.
  private func again(_ error: StoreError, _ body: @escaping @Sendable () -> Void) {
    guard error.code != .closed else { return }
    log("runs could not be read: \(error.message)")
    schedule(at: now.monotonic + 1_000_000_000, body)
  }

  func cancelStored(_ run: RunID, _ reason: String, _ ticket: UInt64) {
    let (incarnation, now) = (incarnation, now.wall)
    store.write({ transaction throws(StoreError) in
      try transaction.runCancelStored(run, reason: reason, incarnation: incarnation, nowMS: now)
    }) { [self] result in
      guard case .success(let aftermath?) = result else {
        return feed(.storedCancel(run, ticket: ticket, isDone: false))
      }
      feed(.storedCancel(run, ticket: ticket, isDone: true))
      ended(run, reason: reason)
      follow(aftermath)
    }
  }

  /// Delays were cancelled by a command: what that did to runs.
  package func tookOut(_ done: DelayCancelling, resumes: Bool) {
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
    ended(run, reason: reason)
    if engine.isLive(run) { cancel(run, reason: reason) }
  }

  func cancel(_ run: RunID, reason: String) {
    feed(.cancel(run, reason: reason, ticket: makeTicket()))
  }

  /// What the end of a run moved besides.
  package func follow(_ aftermath: RunAftermath) {
    for run in aftermath.cancelledChildren { tookOut(run, reason: "its parent was cancelled") }
    for run in aftermath.runningChildren { cancel(run, reason: "its parent was cancelled") }
    if !aftermath.wokenParents.isEmpty { feed(.sleeping(until: 0)) }
  }
}
