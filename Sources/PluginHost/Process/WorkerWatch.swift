// SPDX-License-Identifier: Apache-2.0
//
// What workers take of the machine, counted by the host: a bound that root has no other of, and
// that users share.

import CSystem

/// Looks at every worker ten times a second while one of them computes, once a second while none
/// does, and not at all without workers. Kills what takes more than it may; puts what computes
/// without a pause behind everybody else until it pauses.
///
/// **Isolation** the loop's thread.
final class WorkerWatch {
  /// What is known of one worker.
  private struct Watched {
    let worker: WorkerProcess
    /// When it was looked at last. **Unit** nanoseconds of the monotonic clock.
    var lookedAt: UInt64
    var usage = WorkerUsage()
    var peak = 0
    /// How long it has used most of a processor without a pause. **Unit** nanoseconds.
    var computing: UInt64 = 0
    var isBehind = false
  }

  private let loop: EventLoop
  private let isCounting: Bool
  private var watched: [ObjectIdentifier: Watched] = [:]
  private var timer: TimerToken?
  private var pause = SandboxLimits.watchOften.nanoseconds

  init(loop: EventLoop, isCounting: Bool) {
    self.loop = loop
    self.isCounting = isCounting
  }

  func add(_ worker: WorkerProcess) {
    watched[ObjectIdentifier(worker)] = Watched(worker: worker, lookedAt: loop.now)
    if let timer { loop.cancel(timer) }
    pause = SandboxLimits.watchOften.nanoseconds
    lookLater()
  }

  func remove(_ worker: WorkerProcess) {
    watched[ObjectIdentifier(worker)] = nil
    guard watched.isEmpty, let timer else { return }
    loop.cancel(timer)
    self.timer = nil
  }

  /// The most memory that a worker had resident. **Unit** bytes.
  func peak(of worker: WorkerProcess) -> Int { watched[ObjectIdentifier(worker)]?.peak ?? 0 }

  /// The workers that live, with what each has taken.
  var living: [(worker: WorkerProcess, usage: WorkerUsage, peak: Int)] {
    watched.values.map { ($0.worker, WorkerUsage.read($0.worker.pid) ?? $0.usage, $0.peak) }
  }

  private func lookLater() {
    timer = loop.schedule(at: loop.now + pause) { [weak self] in self?.look() }
  }

  private func look() {
    var computes = false
    for (id, entry) in watched {
      guard let usage = WorkerUsage.read(entry.worker.pid) else { continue }
      let share = take(usage, id)
      // A tick of the kernel's is 10 ms, so that less is noise.
      computes = computes || share > 0.1
    }
    timer = nil
    guard !watched.isEmpty else { return }
    let seldom = SandboxLimits.watchSeldom.nanoseconds
    pause = computes ? SandboxLimits.watchOften.nanoseconds : min(pause * 2, seldom)
    lookLater()
  }

  /// Takes in what a worker has used by now and judges it. Returns its share of a processor.
  private func take(_ usage: WorkerUsage, _ id: ObjectIdentifier) -> Double {
    guard var entry = watched[id] else { return 0 }
    let used = usage.cpuMS - min(entry.usage.cpuMS, usage.cpuMS)
    // Measured, not taken from the timer: on a crowded machine this thread comes late.
    let elapsed = max(loop.now - min(entry.lookedAt, loop.now), 1)
    let share = Double(used) * 1e6 / Double(elapsed)
    entry.lookedAt = loop.now
    entry.usage = usage
    entry.peak = max(entry.peak, usage.memory)
    entry.computing = share > Self.most ? entry.computing + elapsed : 0
    let isBehind = entry.computing >= SandboxLimits.computes.nanoseconds
    if isBehind != entry.isBehind, sys_process_behind(entry.worker.pid, isBehind ? 1 : 0) == 0 {
      entry.isBehind = isBehind
    }
    watched[id] = entry
    if isCounting { judge(usage, entry.worker) }
    return share
  }

  private func judge(_ usage: WorkerUsage, _ worker: WorkerProcess) {
    let bounds = WorkerBounds(worker.order)
    if usage.memory > bounds.memory {
      worker.kill(.overMemory, "\(usage.memory >> 20) MiB are resident, " + worker.memoryAdvice)
    } else if usage.threads > bounds.threads {
      worker.kill(
        .overThreads,
        "it has \(usage.threads) threads, \(bounds.threads) are allowed: a plugin starts none, or "
          + "few")
    }
  }

  /// The share of one processor above which a worker computes without a pause.
  private static let most = 0.9
}
