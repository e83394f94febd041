// SPDX-License-Identifier: Apache-2.0
// Many runs of one connector, some at a time.
import Calendar
import Dispatch
import Engine
import Jackfield
import Pipeline
import Scheduler
import Store
import Values

/// Runs whose events are on disk already; one is started as one ends.
///
/// **Isolation**: the loop's thread from `start` until it says done, then the caller's.
// Safe because: the semaphore between the two threads orders everything they touch.
final class StepsRuns: @unchecked Sendable {
  private let host: Host
  private var observer: UInt64 = 0
  private let runtime: HostRuntime
  private let connector: Connector
  private let row: ConnectorRow
  private let ids: [RunID]
  private var next = 0
  private var began: [RunID: UInt64] = [:]
  private var latencies: [UInt64] = []
  private var failures = 0
  private var firstFailure = ""
  private let done = DispatchSemaphore(value: 0)

  /// Accepts the events, all in one transaction: the clock starts after.
  init(_ bench: BenchHost, document: String, count: Int) throws {
    guard let runtime = bench.host.runtime else {
      throw BenchError(code: "host_failed", reason: "the host was opened for documents only")
    }
    host = bench.host
    self.runtime = runtime
    let applied = try bench.apply(document)
    (connector, row) = (applied.connector, applied.row)
    let event = NewEvent(
      project: row.project, connector: row.id, version: row.version,
      body: String(decoding: EchoPlugin.parameters, as: UTF8.self))
    ids = try runtime.store.writeAndWait { transaction throws(StoreError) in
      var ids: [RunID] = []
      for _ in 0..<count { ids.append(try transaction.eventAccept(event, nowMS: 0).run) }
      return ids
    }
    latencies.reserveCapacity(count)
    observer = host.observe { [weak self] event in
      if case .finished(let id, let end) = event { self?.finished(id, end) }
    }
  }

  /// Runs them all; returns the seconds it took and each run's time in ms, sorted.
  func run(inFlight: Int) throws -> (seconds: Double, milliseconds: [Double]) {
    let clock = ContinuousClock()
    let start = clock.now
    runtime.loop.post { [self] in
      for _ in 0..<min(inFlight, ids.count) { startNext() }
    }
    defer { host.unobserve(observer) }
    guard done.wait(timeout: .now() + 120) == .success else {
      throw BenchError(code: "host_failed", reason: "the runs did not end within 120 s")
    }
    let seconds = start.duration(to: clock.now) / .seconds(1)
    guard failures == 0 else {
      throw BenchError(code: "host_failed", reason: "\(failures) runs failed: \(firstFailure)")
    }
    return (seconds, latencies.sorted().map { Double($0) / 1e6 })
  }

  private func startNext() {
    guard next < ids.count else { return }
    let id = ids[next]
    next += 1
    began[id] = runtime.loop.now
    runtime.scheduler.accepted(id, of: row.id, row.project) { [connector, row] in
      RunSeed(
        progress: RunProgress(
          runID: id, project: row.project, connector: connector,
          connectorVersion: Int(row.version), startedAt: Moment(milliseconds: 0),
          event: Self.event),
        project: row.project, connector: row.id, journalled: 0, isRecovered: false)
    }
  }

  private func finished(_ id: RunID, _ end: RunEnd) {
    guard let from = began.removeValue(forKey: id) else { return }
    latencies.append(runtime.loop.now - from)
    if end.state != .succeeded {
      failures += 1
      firstFailure = end.reason
    }
    guard latencies.count < ids.count else { return _ = done.signal() }
    // Not from within: the scheduler is telling its observers.
    runtime.loop.post { [self] in startNext() }
  }

  private static let event: JSONValue =
    (try? JSONValue(parsing: EchoPlugin.parameters)) ?? .null
}
