// SPDX-License-Identifier: Apache-2.0
//
// What all workers of a host share.

import WorkerProtocol

/// The loop, the spawner, the bounds and the log behind every worker.
///
/// **Isolation** the loop's thread.
final class WorkerContext {
  let loop: EventLoop
  let spawner: Spawner
  let limits: PoolLimits
  let program: String
  let log: (WorkerLogLine) -> Void
  let sandbox: SandboxPolicy
  /// Where workers get control groups; nil: nowhere.
  let groups: ControlGroups?
  /// Why there are none though they were handed over.
  let groupsProblem: String?
  let libraries = LibraryClosure()
  let users: WorkerUsers
  let watch: WorkerWatch
  let health = HealthLedger()
  /// One for all, for whoever receives is done with it before the next does.
  let receiveBuffer = ReceiveBuffer(slots: Limits.batch)

  init(
    loop: EventLoop, spawner: Spawner, limits: PoolLimits, program: String,
    sandbox: SandboxPolicy, log: @escaping (WorkerLogLine) -> Void
  ) {
    self.loop = loop
    self.spawner = spawner
    self.limits = limits
    self.program = program
    self.sandbox = sandbox
    self.log = log
    groupsProblem = sandbox.groups?.prepare()
    groups = groupsProblem == nil ? sandbox.groups : nil
    users = WorkerUsers(sandbox.users)
    watch = WorkerWatch(loop: loop, isCounting: sandbox.holds(.counting))
  }

  func schedule(after delay: Duration, _ work: @escaping () -> Void) -> TimerToken {
    loop.schedule(at: loop.now + delay.nanoseconds, work)
  }
}

extension Duration {
  /// **Unit** nanoseconds; 0 for a negative one, at most 290 years.
  var nanoseconds: UInt64 {
    let (seconds, attoseconds) = components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    return UInt64(min(seconds, 9_000_000_000)) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
  }
}
