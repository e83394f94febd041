// SPDX-License-Identifier: Apache-2.0
// What the engine orders, carried out as the driver of the product does.

import Calendar
import Engine
import Pipeline
import Scheduler
import Store

extension World {
  func feed(_ input: EngineInput) {
    carryOut(engine.handle(input, at: clock.time))
  }

  func carryOut(_ outputs: [EngineOutput]) {
    for output in outputs { carryOut(output) }
  }

  private func carryOut(_ output: EngineOutput) {
    switch output {
    case .resolve(let order): resolves.append(order)
    case .call(let order): call(order)
    case .record(let order): record(order)
    case .claim(let connector, let after, let limit): claim(connector, after, limit)
    case .claimDue(let until, let limit): claimDue(until, limit)
    case .cancelStored(let run, let reason, let ticket): cancelStored(run, reason, ticket)
    case .cancelled(let run, let ticket, let isDone):
      note("cancelled", run.rawValue, "\(isDone)")
      witness.answered(ticket)
      if isDone { witness.wasCancelled(run) }
    case .finished(let run, let end):
      note("end", run.rawValue, end.state.rawValue)
      forget(run)
      witness.finished(run, end)
    case .parked(let run, _), .unloaded(let run), .dropped(let run):
      note("left", run.rawValue, "\(output)")
      forget(run)
      witness.left(run)
    case .wake(let time): wakeAt = min(time, wakeAt ?? time)
    case .respond, .breaker: break
    }
  }

  private func forget(_ run: RunID) {
    standings[run] = nil
    wakes[run] = nil
  }

  // MARK: recordings

  private func record(_ order: RecordOrder) {
    guard let standing = standings[order.run] else {
      return witness.object("run \(order.run) is live without a standing")
    }
    // Judged once: what the disk refused comes again, and the clock may have been set back since.
    witness.ordered(order, wake: wakes.removeValue(forKey: order.run), now: clock.time)
    var recording = Recording(order: order, standing: standing, now: clock.wall)
    if let attempt = order.attempt, order.keepsWrites, let call = calls[attempt.value] {
      recording.writes = call.writes
      recording.effects = call.effects
    }
    recording.faults = fault?.recording ?? []
    let (mailbox, body) = (mailbox, recording)
    store.write { write throws(StoreError) in
      try body.write(write)
    } completion: { mailbox.put(.recorded(order, $0)) }
  }

  private func recorded(_ order: RecordOrder, _ result: Result<Recorded, StoreError>) {
    let report = RecordReport(result)
    let call = order.attempt.flatMap { calls[$0.value] }
    if case .refused = report {} else if let attempt = order.attempt { calls[attempt.value] = nil }
    if case .success(let recorded) = result {
      standings[order.run]?.fence.sequence = recorded.sequence
      standings[order.run]?.state = order.parks ? .waiting : .running
      journalled[order.run] = order.firstSequence + order.journal.count
      let isFinal = order.journal.contains { $0.kind == .action }
      witness.committed(order, place: isFinal ? call?.order.place : nil, isFinal: isFinal)
      note("recorded", order.run.rawValue, World.text(order, recorded))
      for run in recorded.ended { witness.wasCancelled(run) }
    } else {
      note("refused", order.run.rawValue, "\(report)")
      witness.notCommitted(order)
    }
    feed(.recorded(order.run, report))
    if case .success(let recorded) = result { follow(recorded) }
  }

  private static func text(_ order: RecordOrder, _ recorded: Recorded) -> String {
    let end = order.end.map { ", ends \($0.state.rawValue)" } ?? ""
    let others = recorded.ended.isEmpty ? "" : ", ends runs \(recorded.ended)"
    return "write \(recorded.sequence)\(order.isWake ? ", awake" : "")\(end)\(others)"
  }

  private func follow(_ recorded: Recorded) {
    for place in recorded.started { feed(.backlog(place.connector, place.project)) }
    for run in recorded.toCancel + recorded.ended.filter(engine.isLive) { stopRun(run) }
    if let due = recorded.dueAt { feed(.sleeping(until: due)) }
  }

  /// A run that was ended on disk, or is to end with its parent, must do nothing more in memory.
  private func stopRun(_ run: RunID) { cancel(run, "it was ended by another run") }

  func cancel(_ run: RunID, _ reason: String) {
    lastTicket += 1
    witness.asked(lastTicket)
    feed(.cancel(run, reason: reason, ticket: lastTicket))
  }

  // MARK: reading back

  private var reading: RunReading {
    RunReading(
      library: library, facts: [:], incarnation: incarnation, zones: .fixedOffsets, digests: .none)
  }

  private func claim(_ connector: ConnectorID, _ after: RunID, _ limit: Int) {
    let (reading, mailbox) = (reading, mailbox)
    store.read { read throws(StoreError) in
      let rows = try read.runListActive(connector, after: after, limit: limit)
      let page = try reading.page(rows, read)
      return ReadPage(page: page, rows: rows, isEnd: rows.count < limit, next: nil)
    } completion: { mailbox.put(.claimed(connector, after: after, limit: limit, $0)) }
  }

  private func claimDue(_ until: Int64, _ limit: Int) {
    let (reading, mailbox) = (reading, mailbox)
    store.read { read throws(StoreError) in
      let due = try read.runListDue(nowMS: until, limit: limit)
      let page = try reading.page(due.runs, read)
      return ReadPage(page: page, rows: due.runs, isEnd: true, next: due.next)
    } completion: { mailbox.put(.due(until: until, limit: limit, $0)) }
  }

  private func take(_ found: ReadPage, _ input: EngineInput) {
    for (run, reason) in found.page.unreadable {
      witness.object("run \(run) cannot be read back: \(reason)")
    }
    for row in found.rows where facts[row.id] == nil { meet(row) }
    var mine: [RunID] = []
    for (run, standing) in found.page.standings where standings[run] == nil {
      standings[run] = standing
      mine.append(run)
    }
    for seed in found.page.seeds {
      note("read", seed.progress.runID.rawValue, "\(seed.wake.map { "\($0)" } ?? "active")")
      wakes[seed.progress.runID] = seed.wake
      journalled[seed.progress.runID] = seed.journalled
    }
    feed(input)
    for run in mine where !engine.isLive(run) { forget(run) }
  }

  /// A run that was made inside the host: routed, or for an element.
  private func meet(_ row: RunRow) {
    guard let kind = kinds[row.connector] else { return }
    let id = row.id
    let event = try? store.readAndWait { read throws(StoreError) in try read.runEvent(id)?.body }
    know(
      row.id, kind: kind, event: (event ?? nil) ?? "{}", origin: row.origin, hops: row.hops,
      parent: row.child?.parent)
  }

  private func cancelStored(_ run: RunID, _ reason: String, _ ticket: UInt64) {
    let (incarnation, now, mailbox) = (incarnation, clock.wall, mailbox)
    store.write { write throws(StoreError) in
      try write.runCancelStored(run, reason: reason, incarnation: incarnation, nowMS: now)
    } completion: { mailbox.put(.storedCancel(run, reason: reason, ticket: ticket, $0)) }
  }

  private func storedCancelled(
    _ run: RunID, _ ticket: UInt64, _ result: Result<RunAftermath?, StoreError>
  ) {
    note("stored cancel", run.rawValue, "\(result)")
    guard case .success(let aftermath?) = result else {
      return feed(.storedCancel(run, ticket: ticket, isDone: false))
    }
    feed(.storedCancel(run, ticket: ticket, isDone: true))
    for child in aftermath.cancelledChildren { witness.wasCancelled(child) }
    let live = aftermath.cancelledChildren.filter(engine.isLive)
    for child in aftermath.runningChildren + live { stopRun(child) }
    if !aftermath.wokenParents.isEmpty { feed(.sleeping(until: 0)) }
  }

  // MARK: deliveries

  /// Hands the oldest completion in; false when there is none.
  @discardableResult
  func deliver() -> Bool {
    guard let delivery = mailbox.takeFirst() else { return false }
    switch delivery {
    case .accepted(let event, let result): accepted(event, result)
    case .recorded(let order, let result): recorded(order, result)
    case .claimed(let connector, let after, let limit, .success(let found)):
      take(
        found,
        .claimed(
          connector, found.page.seeds, last: found.page.last ?? after, isEnd: found.isEnd))
      _ = limit
    case .claimed(let connector, let after, let limit, .failure): claim(connector, after, limit)
    case .due(_, _, .success(let found)):
      take(found, .due(found.page.seeds, next: found.next))
    case .due(let until, let limit, .failure): claimDue(until, limit)
    case .storedCancel(let run, _, let ticket, let result): storedCancelled(run, ticket, result)
    case .intent(let attempt, let result): intended(attempt, result)
    case .changed(let time, .success(true)): feed(.sleeping(until: time))
    case .changed: break
    }
    return true
  }
}

/// A page as it was read, with the rows it was made from.
struct ReadPage: Sendable {
  let page: RunPage
  let rows: [RunRow]
  let isEnd: Bool
  let next: Int64?
}
