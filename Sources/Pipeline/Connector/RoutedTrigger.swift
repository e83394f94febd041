// SPDX-License-Identifier: Apache-2.0
// The trigger `connector`: other connectors hand their event over.

import Schema
import Values

/// Runs start only when another connector, or a person, hands an event over.
package struct RoutedTrigger: Sendable, Hashable {
  /// What an event has to look like; nil: anything.
  package var schema: JSONSchema?
  /// The module whose records are handed over, where the event names one.
  package var module: String?

  package init() {}

  package func accepts(_ event: JSONValue) -> Bool { refusal(of: event) == nil }

  /// What is wrong with an event, with its place; nil where it is taken. Custom variables travel
  /// with every event, so a schema that does not name them says nothing of them.
  package func refusal(of event: JSONValue) -> String? {
    if let module, let named = event["module"]?.asText, !sameName(named, module) {
      return "event.module is \"\(named.prefix(100))\", \"\(module)\" is wanted"
    }
    guard let schema else { return nil }
    var event = event
    if var object = event.asObject, schema.property(named: "custom_variables") == nil {
      object["custom_variables"] = nil
      event = .object(object)
    }
    return schema.validate(event).first.map { violation in
      switch violation.path.first {
      case nil: violation.message
      case "[": "event\(violation.message)"
      default: "event.\(violation.message)"
      }
    }
  }

  /// The members that the schema wants of every event and an object does not have.
  func absent(in event: JSONObject) -> [String] {
    (schema?.required ?? []).filter { event[$0] == nil }
  }
}
