// SPDX-License-Identifier: Apache-2.0
// The trigger `macro_button`: an agent presses a button.

import Values

/// Which buttons start a run.
package struct MacroButtonTrigger: Sendable, Hashable {
  package var module: String
  /// Any of them; with none every button of the module.
  package var buttons: [String] = []

  package init(module: String) { self.module = module }

  package func accepts(_ event: JSONValue) -> Bool {
    if let named = event["module"]?.asText, !sameName(named, module) { return false }
    guard !buttons.isEmpty else { return true }
    return buttons.contains { sameName($0, plainText(event["button"])) }
  }
}
