// SPDX-License-Identifier: Apache-2.0
// One call a run wants to make.

import Values

/// A call with everything decided but when: the engine turns it into attempts.
package struct CallPlan: Sendable, Hashable {
  package var step: StepID
  package var component: ComponentID
  package var action: ActionID
  /// Rendered, coerced, valid against the action's schema.
  package var parameters: JSONValue
  package var timeout: Duration
  /// After narrowing by the parameters.
  package var effect: SideEffect
  package var fallback: Fallback
  package var onUnknown: OnUnknown
  package var save: String?
  /// The result's member that holds the run's contact from here on.
  package var setsContact: String?
  /// Values that were missing, formatters that gave nothing: for the run view.
  package var notes: [String]
}
