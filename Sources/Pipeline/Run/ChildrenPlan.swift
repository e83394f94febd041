// SPDX-License-Identifier: Apache-2.0
// The runs of a loop's elements, where one may wait.

import Values

/// Runs to be made, one for each element, with `entry` in the parent's journal.
package struct ChildrenPlan: Sendable, Hashable {
  /// The index of the step.
  package var step: Int
  package var items: [JSONValue]
  /// Whether the parent waits until all have ended.
  package var waits: Bool
  /// What the parent has produced so far, stored once for all of them.
  ///
  /// **Shape** `{saved, actions, steps, event_at}`.
  package var scope: JSONValue
  /// What is journalled with their making.
  package var entry: JournalEntry
}

/// What makes a run the run of one element: it runs the components of its step and ends.
package struct ChildScope: Sendable, Hashable {
  package var parent: RunID
  /// The index of the step.
  package var step: Int
  package var element: Int
  package var count: Int
  package var item: JSONValue
  /// As in `ChildrenPlan`.
  package var scope: JSONValue

  package init(
    parent: RunID, step: Int, element: Int, count: Int, item: JSONValue, scope: JSONValue
  ) {
    self.parent = parent
    self.step = step
    self.element = element
    self.count = count
    self.item = item
    self.scope = scope
  }
}

/// How the run of one element ended.
package struct ChildOutcome: Sendable, Hashable {
  package var element: Int
  /// **Shape** the text of the run's final state: `succeeded`, `stopped`, `failed`, `cancelled`.
  package var status: String
  /// What it saved; empty where it failed or was filtered.
  package var saved: JSONObject

  package init(element: Int, status: String, saved: JSONObject = JSONObject()) {
    self.element = element
    self.status = status
    self.saved = saved
  }
}
