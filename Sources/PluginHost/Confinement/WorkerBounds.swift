// SPDX-License-Identifier: Apache-2.0
//
// What the host, and the kernel where it can, hold a worker to as a whole.

/// The most that one worker may have; above it, it is ended.
struct WorkerBounds: Sendable, Hashable {
  /// What was granted and what is its own beside it. **Unit** bytes, resident.
  let memory: Int
  let threads: Int
}

extension WorkerBounds {
  init(_ order: WorkerOrder) {
    memory =
      order.allowance.memory + SandboxLimits.runtimeBytes + order.maxCalls * SandboxLimits.callBytes
    threads = SandboxLimits.threads(order.profile, maxCalls: order.maxCalls)
  }
}
