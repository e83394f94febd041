// SPDX-License-Identifier: Apache-2.0
// What the operator of a project lets one plugin do.
import Pipeline
import PluginHost
import Values

/// The grants of one plugin in one project. Nothing is granted that is not written here.
package struct PluginGrants: Sendable, Hashable {
  /// Patterns: `host`, `host:port`, `*.domain`, `*`.
  package var hosts: [String] = []
  package var credentials: Set<CredentialName> = []
  package var readCollections: Set<String> = []
  package var writeCollections: Set<String> = []
  /// Whether it may start, cancel and stop runs.
  package var runs = false
  package var resources = ResourceGrants()

  package init() {}

  package var paths: [PathGrant] { resources.paths }

  /// Of one worker. **Unit** bytes; nil where nobody said.
  package var memory: Int? { resources.memoryBytes.flatMap { Int(exactly: $0) } }

  /// What its workers may take of the machine.
  package var allowance: WorkerAllowance {
    WorkerAllowance(memory: memory ?? WorkerAllowance.usualMemory, paths: paths)
  }

  /// As stored and as shown: `{hosts, credentials, collections: {read, write}, runs, paths?: {read,
  /// write}, memory?, time?, concurrency?}`.
  package init(value: JSONValue) {
    func texts(_ value: JSONValue?) -> [String] { value?.asList?.compactMap(\.asText) ?? [] }
    hosts = texts(value["hosts"])
    credentials = Set(texts(value["credentials"]).map { CredentialName(rawValue: $0) })
    readCollections = Set(texts(value["collections"]?["read"]))
    writeCollections = Set(texts(value["collections"]?["write"]))
    runs = value["runs"]?.asBoolean ?? false
    resources = ResourceGrants(value: value)
  }

  package var value: JSONValue {
    func list(_ texts: some Sequence<String>) -> JSONValue { .list(texts.map { .text($0) }) }
    var value: JSONObject = [
      "hosts": list(hosts), "credentials": list(credentials.map(\.rawValue).sorted()),
      "collections": [
        "read": list(readCollections.sorted()), "write": list(writeCollections.sorted()),
      ],
      "runs": .boolean(runs),
    ]
    for member in resources.value { value[member.name] = member.value }
    return .object(value)
  }
}
