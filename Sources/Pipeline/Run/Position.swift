// SPDX-License-Identifier: Apache-2.0
// Where in a connector a run stands.

/// A place in a connector: indices of the step and of its component.
package struct Position: Sendable, Hashable, Comparable {
  /// The index of the step that runs before the first one.
  package static let preludeStep = -1

  package var step: Int
  package var component: Int

  package init(step: Int, component: Int) {
    self.step = step
    self.component = component
  }

  package static func < (left: Position, right: Position) -> Bool {
    (left.step, left.component) < (right.step, right.component)
  }
}
