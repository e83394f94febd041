// SPDX-License-Identifier: Apache-2.0
// A number of echo calls, one started as one ends.
import Glibc
import PluginHost

/// **Isolation**: the loop's thread from `start` until it says done, then the caller's.
// Safe because: the semaphore between the two threads orders everything they touch.
final class EchoCalls: @unchecked Sendable {
  struct Summary {
    let p50: Double
    let p99: Double
    let perSecond: Double
    /// Of this process and the worker, **Unit**: µs a call.
    let cpu: Double
  }

  private let pool: WorkerPool
  private let loop: EventLoop
  private let plugin: InstalledPlugin
  private let count: Int
  private var submitted = 0
  private var latencies: [UInt64] = []
  private var failures = 0
  private var began: UInt64 = 0
  private var ended: UInt64 = 0
  private var cpuBefore = 0.0
  private var cpuAfter = 0.0
  private var workerPid: Int32 = 0
  private var workerBefore: Double?
  private var done: (() -> Void)?

  init(pool: WorkerPool, loop: EventLoop, plugin: InstalledPlugin, count: Int) {
    (self.pool, self.loop, self.plugin, self.count) = (pool, loop, plugin, count)
    latencies.reserveCapacity(count)
  }

  func start(inFlight: Int, done: @escaping () -> Void) {
    self.done = done
    began = loop.now
    cpuBefore = ProcessorUse.ofThisProcess
    for _ in 0..<min(inFlight, count) { submit() }
  }

  private func submit() {
    submitted += 1
    let from = loop.now
    let request = CallRequest(
      id: UInt64(submitted), project: "bench", plugin: plugin, action: "bench_echo.echo",
      parameters: EchoPlugin.parameters, context: Array("{}".utf8), key: "k\(submitted)",
      timeout: .seconds(10))
    pool.submit(request) { [self] end in
      latencies.append(loop.now - from)
      take(end)
    }
  }

  private func take(_ end: CallEnd) {
    if case .returned(status: 0, json: _) = end.outcome {} else { failures += 1 }
    if workerBefore == nil {
      workerPid = end.workerPid
      workerBefore = ProcessorUse.of(process: workerPid)
    }
    if submitted < count {
      submit()
    } else if latencies.count == count {
      ended = loop.now
      cpuAfter = ProcessorUse.ofThisProcess
      done?()
    }
  }

  func summary() throws -> Summary {
    guard failures == 0 else {
      throw BenchError(code: "host_failed", reason: "\(failures) echo calls failed")
    }
    let worker = ProcessorUse.of(process: workerPid) - (workerBefore ?? 0)
    let sorted = latencies.sorted()
    let microseconds = { (share: Double) in
      Double(sorted[Int(Double(sorted.count - 1) * share)]) / 1e3
    }
    return Summary(
      p50: microseconds(0.5), p99: microseconds(0.99),
      perSecond: Double(count) / (Double(ended - began) / 1e9),
      cpu: (cpuAfter - cpuBefore + worker) * 1e6 / Double(count))
  }
}
