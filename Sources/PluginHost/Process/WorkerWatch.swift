// SPDX-License-Identifier: Apache-2.0
//
// What workers take of the machine, counted by the host: a bound that root has no other of, and
// that users share.

import CSystem
import Glibc

/// Looks at every worker ten times a second while one of them computes, once a second while none
/// does, and not at all without workers. Kills what takes more than it may; puts a thread that
/// computes without a pause behind everybody else (`ThreadPace`), that thread alone: the other calls
/// of its worker keep their pace.
///
/// **Isolation** the loop's thread.
final class WorkerWatch {
  /// What is known of one worker.
  private struct Watched {
    let worker: WorkerProcess
    var usage = WorkerUsage()
    var peak = 0
    /// Its threads that were not asleep at the last look, or are behind.
    var paces: [Int32: ThreadPace] = [:]
    /// What its autogroup was given last.
    var niceness: Int32 = 0
    /// Its threads are not looked at before. **Unit** nanoseconds of the monotonic clock.
    var threadsDue: UInt64 = 0
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
    var entry = Watched(worker: worker)
    weigh(&entry)
    watched[ObjectIdentifier(worker)] = entry
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
      computes = take(usage, id) || computes
    }
    timer = nil
    guard !watched.isEmpty else { return }
    let seldom = SandboxLimits.watchSeldom.nanoseconds
    pause = computes ? SandboxLimits.watchOften.nanoseconds : min(pause * 2, seldom)
    lookLater()
  }

  /// Takes in what a worker has used by now and judges it. Returns whether it computes.
  private func take(_ usage: WorkerUsage, _ id: ObjectIdentifier) -> Bool {
    guard var entry = watched[id] else { return false }
    let hasComputed = usage.cpuMS > entry.usage.cpuMS
    entry.usage = usage
    entry.peak = max(entry.peak, usage.memory)
    if hasComputed || !entry.paces.isEmpty, loop.now >= entry.threadsDue { lookAtThreads(&entry) }
    weigh(&entry)
    watched[id] = entry
    if isCounting { judge(usage, entry.worker) }
    return hasComputed || !entry.paces.isEmpty
  }

  /// Brings each thread to where its pace says it belongs.
  private func lookAtThreads(_ entry: inout Watched) {
    let began = loop.now
    let pid = entry.worker.pid
    let most = entry.usage.threads + 16
    let looks = [sys_thread_look](unsafeUninitializedCapacity: most) { room, count in
      count = max(0, Int(sys_threads_look(pid, room.baseAddress, Int32(most))))
    }
    var paces: [Int32: ThreadPace] = [:]
    for look in looks {
      var pace = entry.paces[look.id] ?? .asleep
      pace.take(look, entered: Set(entry.worker.enteredCalls))
      // Also of one that a thread behind has started. It fails for one that has ended meanwhile.
      if pace.isBehind != (look.is_behind != 0) {
        _ = sys_thread_behind(look.id, pace.isBehind ? 1 : 0)
      }
      if pace != .asleep { paces[look.id] = pace }
    }
    entry.paces = paces
    // On a crowded machine it also takes long for this thread to come back to it.
    let pause = (loop.now - began) * SandboxLimits.lookingParts
    entry.threadsDue = loop.now + min(pause, SandboxLimits.watchSeldom.nanoseconds)
  }

  /// Gives a worker's autogroup its weight. Where the kernel makes a group of each session, niceness
  /// and `SCHED_IDLE` order the threads within a group only, and a worker in the host's session
  /// would be as heavy as the host to all others, the kernel's own threads that end an `fsync` among
  /// them: with a computing worker in it durable steps fell to a third.
  private func weigh(_ entry: inout Watched) {
    let isBehind = entry.paces.values.contains { $0.isBehind }
    let wanted = isBehind ? SandboxLimits.nicenessBehind : SandboxLimits.niceness
    guard wanted != entry.niceness, let file = entry.worker.autogroup, file.number >= 0 else {
      return
    }
    // Of ordinary users the kernel takes ten a second, all together: the next look tries again.
    let text = Array("\(wanted)\n".utf8)
    if write(file.number, text, text.count) == text.count { entry.niceness = wanted }
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
}
