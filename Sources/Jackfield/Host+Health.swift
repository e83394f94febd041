// SPDX-License-Identifier: Apache-2.0
// What plugins cost and how their workers ended.
import Calendar
import Glibc
import Pipeline
import PluginHost
import Values

extension Host {
  /// One plugin's health in one project.
  package struct PluginHealthView: Sendable {
    package let project: ProjectID
    package let plugin: PluginID
    /// **Shape** `{project, plugin, workers, calls, cpu_ms, peak_memory_bytes, ends: {reason:
    /// count}, last_crash?: {at, reason, signal?, exit?, in: [function], message, hash, build_id?,
    /// calls: [{action, key}]}}`.
    package let value: JSONValue
  }

  /// All that was counted since this host started; empty for one that runs nothing.
  package func pluginHealth() -> [PluginHealthView] {
    guard let runtime,
      let (entries, now) = runtime.ask({ (runtime.pool.health, runtime.loop.now) })
    else { return [] }
    return entries.map { key, health in
      PluginHealthView(
        project: key.project, plugin: key.plugin, value: Self.value(key, health, now))
    }.sorted { ($0.project.rawValue, $0.plugin.rawValue) < ($1.project.rawValue, $1.plugin.rawValue) }
  }

  private static func value(
    _ key: PluginHealthKey, _ health: PluginHealth, _ now: UInt64
  ) -> JSONValue {
    var ends = JSONObject()
    for (reason, count) in health.ends.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      ends[reason.rawValue] = .integer(Int64(count))
    }
    var value: JSONObject = [
      "project": .text(key.project.rawValue), "plugin": .text(key.plugin.rawValue),
      "workers": .integer(Int64(health.workers)), "calls": .integer(Int64(health.calls)),
      "cpu_ms": .integer(Int64(clamping: health.cpuMS)),
      "peak_memory_bytes": .integer(Int64(health.peakMemory)), "ends": .object(ends),
    ]
    if let crash = health.lastCrash { value["last_crash"] = self.value(crash, now) }
    return .object(value)
  }

  private static func value(_ crash: PluginHealth.Crash, _ now: UInt64) -> JSONValue {
    let ago = Int64(clamping: (now - min(crash.at, now)) / 1_000_000)
    var value: JSONObject = [
      "at": .text(Moment(milliseconds: Host.now() - ago).iso),
      "reason": .text(crash.death.reason.rawValue),
    ]
    switch crash.death.status {
    case .signal(let number): value["signal"] = .integer(Int64(number))
    case .exit(let code): value["exit"] = .integer(Int64(code))
    case .stuck, .unknown: break
    }
    value["in"] = .list(crash.death.place.map { .text($0) })
    value["message"] = .text(crash.death.description)
    value["hash"] = .text(crash.hash)
    if let buildID = crash.buildID { value["build_id"] = .text(buildID) }
    value["calls"] = .list(
      crash.calls.map { ["action": .text($0.action.rawValue), "key": .text($0.key)] })
    return .object(value)
  }
}
