// SPDX-License-Identifier: Apache-2.0
//
// What an operator sees of the workers.

import Pipeline

/// The pool at one moment.
package struct PoolStatus: Sendable {
  /// One worker process.
  package struct Worker: Sendable {
    /// 0 while it is being spawned.
    package let pid: Int32
    package let project: ProjectID
    package let plugin: PluginID
    package let hash: String
    /// `starting`, `ready`, `closing`, `ending` or `worker_stuck`.
    package let state: String
    package let openCalls: Int
    package let queuedCalls: Int
    /// Runs suspects one at a time.
    package let isAlone: Bool
  }

  /// Calls that wait because the pool is full.
  package struct Waiting: Sendable {
    package let project: ProjectID
    package let plugin: PluginID
    package let calls: Int
  }

  /// A build that could not be started.
  package struct Failure: Sendable {
    package let project: ProjectID
    package let plugin: PluginID
    package let hash: String
    package let failure: LoadFailure
    package let failures: Int
    /// **Unit** nanoseconds of the monotonic clock.
    package let nextAttempt: UInt64
  }

  /// A plugin that runs inside of the host.
  package struct Inside: Sendable {
    package let project: ProjectID
    package let plugin: PluginID
    package let openCalls: Int
    package let queuedCalls: Int
    /// Calls that were told as overdue and go on.
    package let strays: Int
  }

  /// A plugin that ran inside of the host until a call of it did not return.
  package struct Quarantine: Sendable {
    package let project: ProjectID
    package let plugin: PluginID
    /// Which call, and after how long.
    package let reason: String
  }

  package let workers: [Worker]
  package let inside: [Inside]
  package let quarantines: [Quarantine]
  package let waiting: [Waiting]
  package let failures: [Failure]
}

extension WorkerPool {
  /// A picture of now.
  package var status: PoolStatus {
    context.loop.assertCurrent()
    var workers: [PoolStatus.Worker] = []
    for lane in lanes.values {
      guard let worker = lane.worker else { continue }
      workers.append(describe(worker, lane, open: lane.open.count, queued: lane.queue.count))
    }
    for (worker, lane) in stuck.values {
      workers.append(describe(worker, lane, open: 0, queued: 0))
    }
    for channel in transports.values { workers += channel.status }
    for channel in listeners { workers += channel.status }
    return PoolStatus(
      workers: workers.sorted { $0.pid < $1.pid }, inside: insideStatus,
      quarantines: quarantines.map {
        PoolStatus.Quarantine(project: $0.key.project, plugin: $0.key.plugin, reason: $0.value)
      },
      waiting: waitingLanes.map {
        PoolStatus.Waiting(project: $0.key.project, plugin: $0.key.plugin, calls: $0.queue.count)
      },
      failures: backOff.entries.map {
        PoolStatus.Failure(
          project: $0.key.project, plugin: $0.key.plugin, hash: $0.key.hash,
          failure: $0.value.failure, failures: $0.value.failures,
          nextAttempt: $0.value.nextAttempt)
      })
  }

  /// Forgets that a build could not be started: the next call tries again.
  package func resetFailure(ofBuild hash: String) {
    context.loop.assertCurrent()
    backOff.reset(hash: hash)
  }

  private var insideStatus: [PoolStatus.Inside] {
    let lanes = insideLanes.values.sorted {
      ($0.key.project.rawValue, $0.key.plugin) < ($1.key.project.rawValue, $1.key.plugin)
    }
    return lanes.map { lane in
      PoolStatus.Inside(
        project: lane.key.project, plugin: lane.key.plugin, openCalls: lane.open.count,
        queuedCalls: lane.queue.count, strays: lane.strays.count)
    }
  }

  private func describe(
    _ worker: WorkerProcess, _ lane: WorkerLane, open: Int, queued: Int
  ) -> PoolStatus.Worker {
    PoolStatus.Worker(
      pid: worker.pid, project: lane.key.project, plugin: lane.key.plugin, hash: lane.key.hash,
      state: worker.state.name, openCalls: open, queuedCalls: queued, isAlone: lane.key.isAlone)
  }
}
