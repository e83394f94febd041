// SPDX-License-Identifier: Apache-2.0
// What of this machine a plugin may use: files, memory, time, calls at once.

import Values

/// The grants a manifest asks for, and a project gives, in the same words.
///
/// **Shape** `{paths: {read: [], write: []}, memory: "64 MiB", time: "2 min", concurrency: 4}`.
package struct ResourceGrants: Sendable, Hashable {
  package var paths: [PathGrant] = []
  /// Of one worker. **Unit** bytes; nil is the host's usual.
  package var memoryBytes: Int64?
  /// The ceiling of one call; nil is the host's usual.
  package var time: Duration?
  /// Calls at a time in a project; nil is as many as there are.
  package var concurrency: Int?

  package init() {}

  static let documentKeys = ["paths", "memory", "time", "concurrency"]

  static func read(_ object: DocumentObject) -> ResourceGrants {
    var grants = ResourceGrants()
    if let paths = object["paths"]?.object(keys: ["read", "write"]) {
      grants.paths =
        readPaths(paths["read"], mayWrite: false) + readPaths(paths["write"], mayWrite: true)
    }
    grants.memoryBytes = object["memory"]?.byteSize(in: memoryRange)
    grants.time = object["time"]?.duration()
    grants.concurrency = object["concurrency"]?.integer(in: concurrencyRange).map { Int($0) }
    return grants
  }

  package static let memoryRange: ClosedRange<Int64> = (1 << 20)...(64 << 30)
  package static let concurrencyRange: ClosedRange<Int64> = 1...10_000

  private static func readPaths(_ source: DocumentValue?, mayWrite: Bool) -> [PathGrant] {
    source?.elements(atMost: PipelineLimits.hosts) { element in
      guard let text = element.text() else { return nil }
      if let grant = PathGrant(path: text, mayWrite: mayWrite) { return grant }
      element.error(
        "bad_path",
        "\(element.label) is \"\(text)\": write an absolute path without \"..\", as /srv/reports")
      return nil
    } ?? []
  }
}

extension ResourceGrants {
  /// Of an object that was read once already; what is wrong in it is left out.
  package init(value: JSONValue) {
    let source = DocumentValue(
      value, path: DocumentPath(), findings: FindingList(document: nil))
    let object = source.object(keys: ResourceGrants.documentKeys)
    self = object.map(ResourceGrants.read) ?? ResourceGrants()
  }

  /// As it is written; what is not set is left out.
  package var value: JSONObject {
    var value = JSONObject()
    if !paths.isEmpty {
      func texts(_ mayWrite: Bool) -> JSONValue {
        .list(paths.filter { $0.mayWrite == mayWrite }.map(\.path).sorted().map { .text($0) })
      }
      value["paths"] = ["read": texts(false), "write": texts(true)]
    }
    if let memoryBytes { value["memory"] = .text(ByteSizeText.text(memoryBytes)) }
    if let time { value["time"] = .text(DurationText.text(time)) }
    if let concurrency { value["concurrency"] = .integer(Int64(concurrency)) }
    return value
  }
}

extension PluginPolicy {
  /// The same policy within what was granted: a ceiling of time and of calls at once holds whatever
  /// the policy says.
  package func within(_ grants: ResourceGrants) -> PluginPolicy {
    var policy = self
    if let time = grants.time { policy.timeoutMax = min(policy.timeoutMax ?? time, time) }
    if let most = grants.concurrency { policy.concurrency = min(policy.concurrency ?? most, most) }
    return policy
  }
}
