// SPDX-License-Identifier: Apache-2.0
// The trigger `connector`: other connectors hand their event over.

import Schema
import Values

/// Runs start only when another connector, or a person, hands an event over.
package struct RoutedTrigger: Sendable {
  /// What an event has to look like; nil: anything.
  package var schema: JSONSchema?
  /// The module whose records are handed over, where the event names one.
  package var module: String?

  package init() {}

  package func accepts(_ event: JSONValue) -> Bool {
    if let module, let named = event["module"]?.asText, !sameName(named, module) { return false }
    return schema?.validate(event).isEmpty ?? true
  }
}
