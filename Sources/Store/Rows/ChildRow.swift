// SPDX-License-Identifier: Apache-2.0
// Child runs as their parent and their driver see them.

import Pipeline

/// What a child run was started with.
package struct ChildScopeRow: Sendable, Hashable {
  package let place: ChildPlace
  /// How many elements the list has.
  package let count: Int
  /// **Shape** JSON text of the element
  package let item: String
  /// **Shape** JSON text of what the parent had saved before the list, stored once for all
  package let scope: String
}

/// How one element came out.
package struct ChildOutcomeRow: Sendable, Hashable {
  package let element: Int
  package let run: RunID
  /// nil while it has not ended.
  package let state: RunState?
  /// **Shape** JSON text of what it saved
  package let saved: String?
}

/// How far the children of a step are.
package struct ChildGroupRow: Sendable, Hashable {
  package let parent: RunID
  package let step: Int
  package let count: Int
  /// Those that have not ended.
  package let open: Int
}
