// SPDX-License-Identifier: Apache-2.0
// What the driver of the product asks of its surroundings, answered by the world.

import Calendar
import Engine
import Pipeline
import Scheduler
import Store

extension World {
  var now: EngineTime { clock.time }

  var reading: RunReading {
    RunReading(
      library: library, facts: [:], incarnation: incarnation, zones: .fixedOffsets, digests: .none)
  }

  func resolve(_ order: ResolveOrder) { resolves.append(order) }

  func schedule(at time: UInt64, _ body: @escaping @Sendable () -> Void) { timers.add(time, body) }

  func makeTicket() -> UInt64 {
    lastTicket += 1
    witness.asked(lastTicket)
    return lastTicket
  }

  func turned() {}

  func log(_ line: String) { note("log", 0, line) }

  // MARK: news

  func tell(_ output: EngineOutput) {
    switch output {
    case .cancelled(let run, let ticket, let isDone):
      note("cancelled", run.rawValue, "\(isDone)")
      witness.answered(ticket)
      if isDone { witness.wasCancelled(run) }
    case .finished(let run, let end):
      note("end", run.rawValue, end.state.rawValue)
      wakes[run] = nil
      witness.finished(run, end)
    case .parked(let run, _), .unloaded(let run), .dropped(let run):
      note("left", run.rawValue, "\(output)")
      wakes[run] = nil
      witness.left(run)
    case .respond, .breaker, .resolve, .call, .record, .claim, .claimDue, .cancelStored, .wake:
      break
    }
  }

  func ended(_ run: RunID, reason: String) {
    note("ended", run.rawValue, reason)
    witness.wasCancelled(run)
  }

  // MARK: recordings

  func lost(_ order: RecordOrder) {
    witness.object("run \(order.run) is live without a standing")
  }

  func complete(_ recording: inout Recording) {
    let order = recording.order
    // Judged once: what the disk refused comes again, and the clock may have been set back since.
    witness.ordered(order, wake: wakes.removeValue(forKey: order.run), now: clock.time)
    if let attempt = order.attempt, order.keepsWrites, let call = calls[attempt.value] {
      recording.writes = call.writes
      recording.effects = call.effects
    }
    recording.key = order.attempt.flatMap { calls[$0.value]?.key }
    recording.faults = fault?.recording ?? []
  }

  func recorded(
    _ order: RecordOrder, _ result: Result<Recorded, StoreError>, _ report: RecordReport
  ) {
    let call = order.attempt.flatMap { calls[$0.value] }
    if case .refused = report {} else if let attempt = order.attempt { calls[attempt.value] = nil }
    guard case .success(let recorded) = result else {
      note("refused", order.run.rawValue, "\(report)")
      return witness.notCommitted(order)
    }
    journalled[order.run] = order.firstSequence + order.journal.count
    let isFinal = order.journal.contains {
      $0.kind == .action || ($0.kind == .news && $0.status == .waiting)
    }
    witness.committed(order, place: isFinal ? call?.order.place : nil, isFinal: isFinal)
    note("recorded", order.run.rawValue, World.text(order, recorded))
    for run in recorded.ended { witness.wasCancelled(run) }
  }

  private static func text(_ order: RecordOrder, _ recorded: Recorded) -> String {
    let end = order.end.map { ", ends \($0.state.rawValue)" } ?? ""
    let others = recorded.ended.isEmpty ? "" : ", ends runs \(recorded.ended)"
    return "write \(recorded.sequence)\(order.isWake ? ", awake" : "")\(end)\(others)"
  }

  // MARK: reading back

  func read(_ page: RunPage) {
    for (run, reason) in page.unreadable {
      witness.object("run \(run) cannot be read back: \(reason)")
    }
    for seed in page.seeds {
      let run = seed.progress.runID
      if facts[run] == nil { meet(run) }
      note("read", run.rawValue, "\(seed.wake.map { "\($0)" } ?? "active")")
      wakes[run] = seed.wake
      journalled[run] = seed.journalled
    }
  }

  /// A run that was made inside the host: routed, or for an element.
  private func meet(_ run: RunID) {
    let found = try? store.readAndWait { read throws(StoreError) in
      (try read.runGet(run), try read.runEvent(run)?.body)
    }
    guard let (row, event) = found, let row, let kind = kinds[row.connector] else { return }
    know(
      run, kind: kind, event: event ?? "{}", origin: row.origin,
      parent: row.child?.parent)
  }

  // MARK: deliveries

  /// Hands the oldest completion in; false when there is none.
  @discardableResult
  func deliver() -> Bool {
    guard let body = mailbox.takeFirst() else { return false }
    body()
    return true
  }
}
