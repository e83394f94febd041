// SPDX-License-Identifier: Apache-2.0
// What one write changes in a run.

/// The new state of a run and what goes with it; nil leaves a column as it is.
package struct RunChange: Sendable, Hashable {
  package var state: RunState
  /// **Shape** JSON text.
  package var position: String?
  package var contact: RecordID?
  package var mark: String?
  package var reason: String?
  /// Runs with the same key pass one after the other.
  package var fifoKey: String?
  /// What the steps of a child saved for its parent, at its end.
  ///
  /// **Shape** JSON text
  package var saved: String?

  package init(
    _ state: RunState, position: String? = nil, contact: RecordID? = nil, mark: String? = nil,
    reason: String? = nil, fifoKey: String? = nil, saved: String? = nil
  ) {
    self.state = state
    self.position = position
    self.contact = contact
    self.mark = mark
    self.reason = reason
    self.fifoKey = fifoKey
    self.saved = saved
  }
}
