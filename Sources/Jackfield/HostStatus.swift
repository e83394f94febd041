// SPDX-License-Identifier: Apache-2.0
// How a host is, for whoever watches it.
import Calendar
import Values

/// Above what something needs a person.
public struct StatusLimits: Sendable {
  /// How long the first ready run of a project may have waited; nil is what the project's alert
  /// says (`queue_after`), five minutes where it has none. **Unit**: milliseconds.
  public var queueMS: Int64?
  /// What must be free on the disk of the data folder. **Unit**: bytes.
  public var freeBytes: Int64 = 256 << 20
  /// Whether a host must be running even where nothing stored waits for one: who serves webhooks
  /// misses them otherwise.
  public var wantsHost = false

  public init() {}
}

/// How a host and its runs are.
public struct HostStatus: Sendable {
  /// Something that needs a person.
  public struct Problem: Sendable {
    /// Stable: `runs_unknown`, `breaker_open`, `alerts_not_sent`, `plugin_unusable`, `queue_old`,
    /// `plugin_waits`, `disk_full`, `project_paused`, `runs_unreadable`, `no_host`,
    /// `credentials_shut`, `plugin_quarantined`.
    public let code: String
    /// What it is, and what to type.
    public let message: String
  }

  public internal(set) var problems: [Problem] = []
  /// **Shape** `{running, address?, projects: {name: {runs: {state: count}, unknown, alert?: {to,
  /// on, queue_after}, paused_since?}}, oldest_ready?: {run, since}, breakers, alert_mails,
  /// runs_unreadable?, sandbox, plugins: [as `Host.PluginHealthView`], plugins_unusable,
  /// plugins_waiting, disk: {free_bytes, total_bytes}}`.
  public internal(set) var facts: JSONObject = [:]

  /// The facts, with `ok` and `problems` before them.
  public var value: JSONValue {
    var value: JSONObject = [
      "ok": .boolean(problems.isEmpty),
      "problems": .list(
        problems.map { ["code": .text($0.code), "message": .text($0.message)] }),
    ]
    for fact in facts { value[fact.name] = fact.value }
    return .object(value)
  }

  func has(_ code: String) -> Bool { problems.contains { $0.code == code } }

  mutating func add(_ code: String, _ message: String) {
    problems.append(Problem(code: code, message: message))
  }
}
