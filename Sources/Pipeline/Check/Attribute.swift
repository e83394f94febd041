// SPDX-License-Identifier: Apache-2.0
// A path that a template may read, for pickers.

import Values

/// A path that may be used at a place of a connector.
package struct Attribute: Sendable, Hashable {
  /// As it is written between braces.
  package var path: String
  /// **Shape** a JSON type, or `any`.
  package var type: String
  package var example: JSONValue?
  /// Where it comes from, for people.
  package var from: String

  package init(path: String, type: String, example: JSONValue? = nil, from: String) {
    self.path = path
    self.type = type
    self.example = example
    self.from = from
  }

  /// **Shape** `{path, type, example?, from}`.
  package var value: JSONValue {
    var object: JSONObject = ["path": .text(path), "type": .text(type), "from": .text(from)]
    if let example { object["example"] = example }
    return .object(object)
  }

  /// The members of roots that never change.
  static let fixedMembers: [String: [String]] = [
    "run": ["id", "started_at", "hops", "entered_as"], "connector": ["name", "version"],
    "project": ["name", "constants"],
  ]
  /// The members of `action.<id>`.
  static let stateMembers = ["ok", "status", "attempts", "error", "taken"]
  /// The members of `error` and of `action.<id>.error`.
  static let errorMembers = [
    "class", "code", "provider_code", "message", "retry_after_ms", "detail",
  ]
}
