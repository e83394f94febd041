// SPDX-License-Identifier: Apache-2.0
//
// How a worker ends: killed or by itself, always with its group, always reaped.

import CSystem
import Glibc

extension WorkerProcess {
  /// Kills it and its group. From here on nothing it says is heard; its owner is told so at once
  /// and of its death when it was reaped.
  func kill(_ reason: WorkerDeath.Reason, _ detail: String) {
    context.loop.assertCurrent()
    switch state {
    case .dying, .stuck, .gone: return
    case .spawning, .loading, .ready, .retiring: break
    }
    state = .dying(WorkerVerdict(reason: reason, detail: detail))
    cancelTimer()
    unwatchSocket()
    outbox.removeAll()
    // Without a process yet, the kill follows when the spawner answers.
    if pid != 0 { killNow() }
    owner?.workerIsDoomed(self)
  }

  /// The kill itself. The number is ours until the reap, so it cannot be another's.
  func killNow() {
    Glibc.kill(-pid, SIGKILL)
    Glibc.kill(pid, SIGKILL)
    setTimer(context.limits.reap) { [self] in becameStuck() }
  }

  /// The pidfd is readable: the leader is a zombie, and its group can still be named by its number.
  func processEnded() {
    if let pidfd { context.loop.unwatch(fd: pidfd.number) }
    Glibc.kill(-pid, SIGKILL)
    cancelTimer()
    // Everything it said before its end counts.
    if state.isHeard { receive(batches: 65_536) }
    if case .dying = state { hearLastWords() }
    // Of one that is dead and not yet reaped its times are still known.
    lastUsage = WorkerUsage.read(pid) ?? WorkerUsage()
    var reaped = sys_reaped()
    let result = sys_reap(pidfd?.number ?? -1, &reaped)
    let status: WorkerDeath.Status =
      switch (result, reaped.kind) {
      case (1, 1): .exit(reaped.number)
      case (1, _): .signal(reaped.number)
      default: .unknown
      }
    context.spawner.forget(pid)
    end(death(status))
  }

  /// The last state. Its owner hears of it once.
  func end(_ death: WorkerDeath) {
    let wasHeard: Bool
    switch state {
    case .gone: return
    case .dying, .stuck: wasHeard = false
    case .spawning, .loading, .ready, .retiring: wasHeard = true
    }
    cancelTimer()
    unwatchSocket()
    outbox.removeAll()
    state = .gone(death)
    if pid != 0 {
      context.health.ended(self, death, usage: lastUsage, peak: context.watch.peak(of: self))
    }
    context.watch.remove(self)
    context.users.giveBack(user)
    group?.remove()
    output?.finish()
    sayDropped()
    output = nil
    socket = nil
    pidfd = nil
    if wasHeard { owner?.workerIsDoomed(self) }
    owner?.worker(self, ended: death)
  }

  private func death(_ status: WorkerDeath.Status) -> WorkerDeath {
    let own: WorkerDeath.Reason = if case .exit = status { .exited } else { .signalled }
    if endedItself, status == .signal(SIGKILL), group?.isOverMemory == true {
      return WorkerDeath(
        pid: pid, reason: .overMemory, status: status, detail: "the kernel ended it, " + memoryAdvice)
    }
    switch state {
    case .dying(let verdict), .stuck(let verdict):
      // One that closed its socket because it was ending anyway ended by itself.
      let isOwn = verdict.reason == .closedSocket && status != .signal(SIGKILL)
      return WorkerDeath(
        pid: pid, reason: isOwn ? own : verdict.reason, status: status,
        detail: isOwn ? "" : verdict.detail, place: isOwn ? place(status) : [])
    case .retiring where status == .exit(0):
      return WorkerDeath(pid: pid, reason: .ended, status: status)
    case .spawning, .loading, .ready, .retiring, .gone:
      return WorkerDeath(pid: pid, reason: own, status: status, place: place(status))
    }
  }

  /// Whether the host had no reason to kill it but that its socket closed, as it does in any death.
  private var endedItself: Bool {
    switch state {
    case .dying(let verdict), .stuck(let verdict): verdict.reason == .closedSocket
    case .spawning, .loading, .ready, .retiring, .gone: true
    }
  }

  /// What was granted, and what to do about it.
  var memoryAdvice: String {
    let granted = order.allowance.memory
    return "\(granted >> 20) MiB were granted beside "
      + "\((WorkerBounds(order).memory - granted) >> 20) MiB of its own: grant it more with "
      + "--memory, or give it less to do at once"
  }

  /// The functions of its image that it was inside of when a signal came.
  private func place(_ status: WorkerDeath.Status) -> [String] {
    guard case .signal(let number) = status, let places = entered?.crashPlaces(of: number),
      !places.isEmpty, let image = try? order.plugin.image()
    else { return [] }
    return image.functions(at: places)
  }

  private func becameStuck() {
    guard case .dying(let verdict) = state else { return }
    hearLastWords()
    state = .stuck(verdict)
    owner?.workerIsStuck(
      self, WorkerDeath(pid: pid, reason: verdict.reason, status: .stuck, detail: verdict.detail))
  }
}
