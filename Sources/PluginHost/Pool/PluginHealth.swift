// SPDX-License-Identifier: Apache-2.0
//
// What a plugin has cost since the host started, and how its workers ended.

import Pipeline

/// One plugin of one project, counted over all its workers.
package struct PluginHealth: Sendable {
  /// A worker's end that was the plugin's own doing.
  package struct Crash: Sendable {
    /// **Unit** nanoseconds of the monotonic clock.
    package let at: UInt64
    package let death: WorkerDeath
    package let hash: String
    /// The linker's name for the build; nil when the image has none.
    package let buildID: String?
    /// The calls that were inside, each by its action and its idempotency key.
    package let calls: [(action: ActionID, key: String)]
  }

  package internal(set) var workers = 0
  package internal(set) var calls = 0
  /// **Unit** milliseconds.
  package internal(set) var cpuMS: UInt64 = 0
  /// The most that one worker of it had resident. **Unit** bytes.
  package internal(set) var peakMemory = 0
  /// How workers ended that did not end in order.
  package internal(set) var ends: [WorkerDeath.Reason: Int] = [:]
  package internal(set) var lastCrash: Crash?
}

/// Who is counted: one plugin in one project.
package struct PluginHealthKey: Hashable, Sendable {
  package let project: ProjectID
  package let plugin: PluginID

  package init(_ project: ProjectID, _ plugin: PluginID) {
    self.project = project
    self.plugin = plugin
  }
}

/// The counts of workers that have ended.
///
/// **Isolation** the loop's thread.
final class HealthLedger {
  private(set) var entries: [PluginHealthKey: PluginHealth] = [:]

  /// A worker has ended, having taken so much.
  func ended(_ worker: WorkerProcess, _ death: WorkerDeath, usage: WorkerUsage, peak: Int) {
    let key = PluginHealthKey(worker.order.project, worker.order.plugin.id)
    var entry = entries[key] ?? PluginHealth()
    entry.workers += 1
    entry.cpuMS += usage.cpuMS
    entry.peakMemory = max(entry.peakMemory, peak)
    if death.reason != .ended { entry.ends[death.reason, default: 0] += 1 }
    entries[key] = entry
  }

  /// A lane's worker has served so many calls.
  func served(_ calls: Int, _ key: PluginHealthKey) {
    guard calls > 0 else { return }
    entries[key, default: PluginHealth()].calls += calls
  }

  func crashed(_ crash: PluginHealth.Crash, _ key: PluginHealthKey) {
    entries[key, default: PluginHealth()].lastCrash = crash
  }
}

extension WorkerPool {
  /// The counts of all plugins, those of living workers included.
  package var health: [PluginHealthKey: PluginHealth] {
    context.loop.assertCurrent()
    var all = context.health.entries
    for (worker, usage, peak) in context.watch.living {
      let key = PluginHealthKey(worker.order.project, worker.order.plugin.id)
      var entry = all[key] ?? PluginHealth()
      entry.workers += 1
      entry.cpuMS += usage.cpuMS
      entry.peakMemory = max(entry.peakMemory, peak)
      all[key] = entry
    }
    for lane in lanes.values {
      all[lane.key.health, default: PluginHealth()].calls += lane.served
    }
    for lane in insideLanes.values {
      all[lane.key.health, default: PluginHealth()].calls += lane.calls
    }
    return all
  }
}
