// SPDX-License-Identifier: Apache-2.0
// The component that decides whether a run goes on in its step.

/// A filter: when it does not hold, the rest of the step is not run.
package struct FilterComponent: Sendable, Hashable {
  /// As written, or `step.N` of the component's number when none is.
  package var id: ComponentID
  package var conditions: ConditionTree<Condition>
  package var otherwise: FilterElse = .nextStep
}

/// Where a run goes when a filter does not hold, or when no message came.
package enum FilterElse: Sendable, Hashable {
  case nextStep
  case stop
  /// Forwards only.
  case goto(StepID)
}
