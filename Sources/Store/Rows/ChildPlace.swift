// SPDX-License-Identifier: Apache-2.0
// Where a child run stands in its parent.

import Pipeline

/// One element of a list that another run goes through.
package struct ChildPlace: Sendable, Hashable {
  package let parent: RunID
  /// The parent's step with the list, from 0.
  package let step: Int
  /// Which element, from 0.
  package let element: Int

  package init(parent: RunID, step: Int, element: Int) {
    self.parent = parent
    self.step = step
    self.element = element
  }
}
