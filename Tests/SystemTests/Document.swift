// SPDX-License-Identifier: Apache-2.0
// The documents of the system tests, put together from their parts.
import Values

/// Projects and connectors as an operator would write them.
enum Document {
  /// The project of every system test.
  static let project = "t"
  /// The storage of its rows.
  static let storage = "Seen"

  /// A project with the table *Seen* and the plugins that are given.
  static func project(
    plugins: JSONObject = [:], constants: JSONObject = [:], channels: [JSONValue] = []
  ) -> JSONValue {
    var all = plugins
    if all["data_storage"] == nil { all["data_storage"] = [:] }
    return [
      "format": 1, "name": .text(project), "constants": .object(constants),
      "plugins": .object(all), "channels": .list(channels),
      "storages": [
        [
          "name": .text(storage),
          "columns": [["name": "Key", "type": "text", "indexed": true]],
        ]
      ],
    ]
  }

  /// What a plugin may talk to, and its policy.
  static func plugin(
    hosts: [String] = [], credentials: [String] = [], timeout: String? = nil,
    timeoutMax: String? = nil, fallback: String? = nil
  ) -> JSONValue {
    var policy = JSONObject()
    if let timeout { policy["timeout"] = .text(timeout) }
    if let timeoutMax { policy["timeout_max"] = .text(timeoutMax) }
    if let fallback { policy["fallback"] = .text(fallback) }
    return [
      "grants": [
        "hosts": .list(hosts.map { .text($0) }),
        "credentials": .list(credentials.map { .text($0) }),
      ],
      "policy": .object(policy),
    ]
  }

  /// A connector of one step.
  static func connector(
    _ name: String, webhook: JSONValue = [:], _ components: JSONValue...
  ) -> JSONValue {
    [
      "format": 1, "project": .text(project), "name": .text(name),
      "trigger": ["webhook": webhook],
      "steps": [["id": "only", "components": .list(components)]],
    ]
  }

  /// An action with what else stands beside `use` and `with`.
  static func action(
    _ id: String, _ use: String, with parameters: JSONValue, _ more: JSONObject = [:]
  ) -> JSONValue {
    var action: JSONObject = ["id": .text(id), "use": .text(use), "with": parameters]
    for member in more { action[member.name] = member.value }
    return ["action": .object(action)]
  }

  /// Stores a row of *Seen*.
  static func row(_ key: String, id: String = "row") -> JSONValue {
    action(
      id, "data_storage.create_row",
      with: ["storage": .text(storage), "fields": ["Key": .text(key)]])
  }
}

extension Operator {
  /// The keys of the rows of *Seen*, in the order they were made.
  func keys() throws -> [String] {
    let all = Document.connector(
      "keys",
      Document.action(
        "find", "data_storage.find_rows",
        with: ["storage": .text(Document.storage), "limit": 10000]))
    let (view, _) = try run(all)
    guard let rows = view["find"].output["rows"]?.asList else {
      throw WebFailure(description: "the rows cannot be read: \(view)")
    }
    return rows.map { $0["Key"]?.asText ?? "" }
  }
}
