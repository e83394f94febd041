// SPDX-License-Identifier: Apache-2.0
// What must hold at every call, whatever the order of answers.
import Pipeline
import Values

@testable import Engine

/// Watches calls, recordings and ends; forgets at a crash what a crash ends.
struct SimulatedLaws {
  static let rate = RatePolicy(calls: 4, per: .seconds(8))
  static let pluginCalls = 3
  static let connectorRuns = 2

  /// Runs with a recording under way.
  private var recording: Set<RunID> = []
  /// Those of them the disk refused.
  private var stalled: Set<RunID> = []
  private var calling: [RunID: CallOrder] = [:]
  /// Who may act for a contact, from its first call until it parks or ends.
  private var contacts: [String: RunID] = [:]
  /// Who holds a serial key, from its call until the outcome is on disk.
  private var keys: [String: RunID] = [:]
  private var started: [RunID: ConnectorID] = [:]
  private var callTimes: [UInt64] = []
  private var cancelled: Set<RunID> = []

  mutating func called(
    _ order: CallOrder, _ row: SimulatedDisk.Row, at now: EngineTime
  ) throws(Broken) {
    let id = order.run
    if recording.contains(id) { throw Broken("run \(id) calls before its recording is on disk") }
    if calling[id] != nil { throw Broken("run \(id) calls twice at once") }
    if cancelled.contains(id) { throw Broken("run \(id) calls after it was cancelled") }
    guard row.state == .active else { throw Broken("run \(id) calls while it is not active") }
    if let fifo = row.seed.fifoKey {
      if let owner = contacts[fifo], owner != id {
        throw Broken("run \(id) calls between the actions of run \(owner) for \(fifo)")
      }
      contacts[fifo] = id
    }
    let key = order.plan.parameters["text"]?.asText ?? ""
    if let holder = keys[key], holder != id {
      throw Broken("run \(id) calls with the serial key of run \(holder)")
    }
    keys[key] = id
    let earlier = row.journal.count { $0.kind == .attempt && $0.component == order.plan.component }
    if order.ordinal != earlier + 1 {
      throw Broken("run \(id) makes attempt \(order.ordinal) after \(earlier) on disk")
    }
    calling[id] = order
    try count(id, row, at: now, isFirst: !order.mayHaveSent)
  }

  private mutating func count(
    _ id: RunID, _ row: SimulatedDisk.Row, at now: EngineTime, isFirst: Bool
  ) throws(Broken) {
    if calling.count > Self.pluginCalls { throw Broken("\(calling.count) calls of a plugin") }
    started[id] = row.seed.connector
    let beside = started.values.count { $0 == row.seed.connector }
    if let limit = row.seed.progress.connector.options.concurrency, beside > limit {
      throw Broken("\(beside) runs at a time of a connector with \(limit)")
    }
    guard isFirst else { return }
    callTimes.append(now.monotonic)
    let rate = Self.rate
    guard callTimes.count > rate.calls else { return }
    let spread = now.monotonic - callTimes[callTimes.count - 1 - rate.calls]
    // Less a little: what a restart remembers is in milliseconds.
    if spread + 50_000_000 < rate.per.nanoseconds / UInt64(rate.calls) {
      throw Broken("\(rate.calls + 1) calls within \(spread) ns")
    }
  }

  mutating func ended(_ id: RunID) { calling[id] = nil }

  mutating func records(_ order: RecordOrder) throws(Broken) {
    if stalled.remove(order.run) != nil { return }
    guard recording.insert(order.run).inserted else {
      throw Broken("run \(order.run) records twice at once")
    }
  }

  /// Whether this is the first time a recording is asked for.
  func isNew(_ order: RecordOrder) -> Bool { !stalled.contains(order.run) }

  mutating func recorded(_ order: RecordOrder, _ report: RecordReport) {
    if case .refused = report {
      stalled.insert(order.run)
      return
    }
    recording.remove(order.run)
    let isAttempt = order.journal.last?.kind == .attempt
    if case .committed = report, !isAttempt { keys = keys.filter { $0.value != order.run } }
    guard order.end != nil || order.parks else { return }
    if case .committed = report { gone(order.run) }
  }

  mutating func gone(_ id: RunID) {
    contacts = contacts.filter { $0.value != id }
    keys = keys.filter { $0.value != id }
    started[id] = nil
    stalled.remove(id)
    recording.remove(id)
  }

  mutating func cancelled(_ id: RunID, _ state: SimulatedDisk.State?) throws(Broken) {
    guard state == .ended(.cancelled) else {
      throw Broken("run \(id) is said to be cancelled and is not")
    }
    cancelled.insert(id)
  }

  /// What was under way is over; tokens are not.
  mutating func crashed() {
    let (times, cancelled) = (callTimes, cancelled)
    self = SimulatedLaws()
    callTimes = times
    self.cancelled = cancelled
  }
}
