// SPDX-License-Identifier: Apache-2.0
// What of an action's parameters makes calls run one at a time.

import Values

/// One part of an action's serial key: a parameter, when it counts, and what stands in for it.
///
/// **Shape** `"to"`, or `{"parameter": "memory_key", "else": "contact", "when": {"memory": true}}`.
package struct SerialKeyRule: Sendable, Hashable {
  package var parameter: String
  /// Where the parameter is empty the run's contact takes its place. One that refers to a contact
  /// has that default without being told.
  package var defaultsToContact = false
  /// The call takes this key only while each of these parameters has its value.
  package var when: [String: JSONValue] = [:]

  package init(_ parameter: String) { self.parameter = parameter }

  /// Whether a call with these parameters takes the key.
  package func holds(for parameters: JSONValue) -> Bool {
    when.allSatisfy { parameters[$0.key] == $0.value }
  }
}

extension SerialKeyRule: ExpressibleByStringLiteral {
  package init(stringLiteral parameter: String) { self.init(parameter) }
}

/// What stands in for an empty parameter of a serial key.
enum SerialKeyDefault: String, CaseIterable {
  case contact
}
