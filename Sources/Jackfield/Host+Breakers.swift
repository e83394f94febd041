// SPDX-License-Identifier: Apache-2.0
// Breakers as people look at them and reset them.
import Calendar
import Engine
import Pipeline
import Scheduler
import Store
import Values

/// A plugin that is held back because its peer does not answer.
public struct BreakerReport: Sendable {
  public let project: String
  public let plugin: String
  public let credential: String?
  /// When the next call may try; nil while one is trying. **Unit**: milliseconds since 1970.
  public let until: Int64?

  /// **Shape** `{project, plugin, credential?, state: open | probing, until?}`.
  public var value: JSONValue {
    var value: JSONObject = [
      "project": .text(project), "plugin": .text(plugin),
      "state": .text(until == nil ? "probing" : "open"),
    ]
    if let credential { value["credential"] = .text(credential) }
    if let until { value["until"] = .text(Moment(milliseconds: until).iso) }
    return .object(value)
  }
}

extension Host {
  /// The breakers that are open, or being tried: of the running host, else as the last one left
  /// them.
  public func breakers() throws(HostError) -> [BreakerReport] {
    if let runtime, options.resumesRuns {
      let open = runtime.ask { runtime.scheduler.breakers }
      guard let open else { throw HostError("host_busy", "the host did not answer within 10 s") }
      return open.compactMap { BreakerReport($0.key, $0.state) }
    }
    return (try storedGates()["breakers"]?.asList ?? []).compactMap { BreakerReport(stored: $0) }
  }

  /// Lets calls of a plugin go again at once.
  ///
  /// - Parameter credential: only of calls with this credential; nil: every breaker of the plugin.
  /// - Returns: how many were open.
  /// - Throws: `HostError`, codes `unknown_plugin`, `unknown_project`.
  public func resetBreaker(
    _ plugin: String, credential: String?, project: String
  ) throws(HostError) -> Int {
    let project = try self.project(named: project)
    let plugin = try installed(plugin).id
    let meant = try breakers().filter { breaker in
      breaker.project == project.rawValue && breaker.plugin == plugin.rawValue
        && (credential == nil || breaker.credential == credential)
    }
    if let runtime, options.resumesRuns {
      _ = runtime.ask {
        for breaker in meant {
          runtime.scheduler.resetBreaker(
            project, plugin, breaker.credential.map { CredentialName($0) })
        }
      }
    } else if !meant.isEmpty {
      var gates = try storedGates().asObject ?? [:]
      let left = (gates["breakers"]?.asList ?? []).filter { entry in
        !meant.contains { $0.value == BreakerReport(stored: entry)?.value }
      }
      gates["breakers"] = .list(left)
      let (text, now) = (JSONValue.object(gates).json, Host.now())
      try writing { transaction throws(StoreError) in
        try transaction.engineStatePut(Scheduler.stateName, state: text, nowMS: now)
      }
    }
    return meant.count
  }

  private func storedGates() throws(HostError) -> JSONValue {
    Host.json(
      try reading { transaction throws(StoreError) in
        try transaction.engineStateGet(Scheduler.stateName)
      })
  }
}

extension BreakerReport {
  fileprivate init?(_ key: BreakerKey, _ state: BreakerState) {
    switch state {
    case .closed: return nil
    case .open(let time): until = time
    case .probing: until = nil
    }
    project = key.project.rawValue
    plugin = key.plugin.rawValue
    credential = key.credential?.rawValue
  }

  fileprivate init?(stored: JSONValue) {
    guard let project = stored["project"]?.asText, let plugin = stored["plugin"]?.asText,
      let until = stored["until_ms"]?.asInteger
    else { return nil }
    self.project = project
    self.plugin = plugin
    self.until = until
    credential = stored["credential"]?.asText
  }
}
