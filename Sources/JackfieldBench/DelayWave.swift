// SPDX-License-Identifier: Apache-2.0
// Delays that are due at one instant.
import Dispatch
import Glibc
import Jackfield
import Pipeline
import Scheduler

/// Runs that sleep on disk until the same millisecond, beside whatever else sleeps there.
///
/// **Isolation**: the loop's thread while the delays are due, then the caller's.
// Safe because: the semaphore between the two threads orders everything they touch.
final class DelayWave: @unchecked Sendable {
  struct Summary {
    /// How late each run's waking was on disk, sorted. **Unit**: ms.
    let awake: [Double]
    /// How late the last run's end was on disk. **Unit**: ms.
    let ended: Double
    /// Of this process, from before they were due. **Unit**: s.
    let processorUse: Double
  }

  private let host: Host
  private let runtime: HostRuntime
  private let fill: RunFill
  private let count: Int
  private var asleep: Set<RunID> = []
  private var running: Set<RunID> = []
  private var awake: [Double] = []
  private var ended = 0.0
  private var failure: String?
  private var due: Int64 = 0
  private let done = DispatchSemaphore(value: 0)

  /// - Parameter endsThere: whether nothing follows the delay; else one action does.
  init(_ bench: BenchHost, count: Int, endsThere: Bool) throws {
    guard let runtime = bench.host.runtime else {
      throw BenchError(code: "host_failed", reason: "the host was opened for documents only")
    }
    (host, self.runtime, self.count) = (bench.host, runtime, count)
    let name = endsThere ? "wave" : "wave_then_action"
    fill = try RunFill(bench, document: StoredRuns.delay(name, endsThere: endsThere))
  }

  func run() throws -> Summary {
    let due = Host.now() + 2_000 + Int64(count)
    let ids = try fill.add(count) { _ in StoredRuns.delayed(until: due) }
    guard Host.now() < due - 500 else {
      throw BenchError(code: "host_failed", reason: "the delays were due before all were stored")
    }
    (self.due, asleep) = (due, Set(ids))
    let observer = host.observe { [weak self] event in self?.take(event) }
    defer { host.unobserve(observer) }
    runtime.loop.post { [runtime] in runtime.scheduler.due(at: due) }
    let before = ProcessorUse.ofThisProcess
    guard done.wait(timeout: .now() + 120) == .success else {
      throw BenchError(code: "host_failed", reason: "the delays did not end within 120 s")
    }
    if let failure { throw BenchError(code: "host_failed", reason: failure) }
    return Summary(
      awake: awake.sorted(), ended: ended, processorUse: ProcessorUse.ofThisProcess - before)
  }

  /// The first recording of a run that sleeps is its waking.
  private func take(_ event: RunEvent) {
    switch event {
    case .recorded(let id, _):
      guard asleep.remove(id) != nil else { return }
      awake.append(late)
      running.insert(id)
    case .finished(let id, let end):
      guard running.remove(id) != nil else { return }
      if end.state != .succeeded { failure = "run \(id) failed: \(end.reason)" }
      ended = late
      if asleep.isEmpty, running.isEmpty { done.signal() }
    default: break
    }
  }

  /// **Unit**: ms since they were due.
  private var late: Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(Int64(time.tv_sec) * 1_000 - due) + Double(time.tv_nsec) / 1e6
  }
}
