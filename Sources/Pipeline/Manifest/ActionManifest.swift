// SPDX-License-Identifier: Apache-2.0
// One action of a plugin, as its manifest describes it.

import Schema
import Values

/// An action: parameters, result, effect, errors.
package struct ActionManifest: Sendable {
  package var id: ActionID
  package var title = ""
  package var description = ""
  package var category = ""
  /// The weakest class; `effect(of:)` narrows it by the parameters of a call.
  package var sideEffect: SideEffect
  package var narrowedBy: [EffectNarrowing] = []
  /// Declared defaults of the policy.
  package var timeout: Duration?
  package var fallback: Fallback?
  package var retry: RetryPolicy?
  package var rate: RatePolicy?
  package var parameters: JSONSchema
  package var result: JSONSchema?
  /// Parameters whose choices come from an option list: parameter to list id.
  package var options: [String: String] = [:]
  package var errors: [ActionErrorManifest] = []
  package var serialKey: [SerialKeyRule] = []
  package var pace: PaceRule?
  package var examples: [JSONValue] = []
  /// The result's member that holds the contact this run is about from here on.
  package var setsContact: String?
  package var availableIf: JSONValue?

  package init(id: ActionID, sideEffect: SideEffect, parameters: JSONSchema) {
    self.id = id
    self.sideEffect = sideEffect
    self.parameters = parameters
  }

  /// The class of a call with these parameters: the last narrowing that names its value counts.
  package func effect(of parameters: JSONValue) -> SideEffect {
    var effect = sideEffect
    for narrowing in narrowedBy {
      let value = parameters[narrowing.parameter]
      if let value, let narrowed = narrowing.effects[plainText(value)] { effect = narrowed }
    }
    return effect
  }
}

/// A parameter whose value changes the side-effect class of a call.
///
/// **Shape** `"narrowed_by": {"method": {"GET": "pure", "PUT": "idempotent"}}`.
package struct EffectNarrowing: Sendable, Hashable {
  package var parameter: String
  package var effects: [String: SideEffect]
}

/// An error an action may report.
package struct ActionErrorManifest: Sendable, Hashable {
  package var code: String
  package var `class`: ErrorClass
  package var description: String?
}
