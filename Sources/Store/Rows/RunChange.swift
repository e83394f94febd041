// SPDX-License-Identifier: Apache-2.0
// What one write changes in a run.

/// The new state of a run and what goes with it; nil leaves a column as it is, except `dueAt`.
package struct RunChange: Sendable, Hashable {
  package var state: RunState
  /// **Shape** JSON text.
  package var position: String?
  package var contact: RecordID?
  package var mark: String?
  package var reason: String?
  /// When it is due; nil takes an earlier due time away.
  ///
  /// **Unit** milliseconds since 1970
  package var dueAt: Int64?

  package init(
    _ state: RunState, position: String? = nil, contact: RecordID? = nil, mark: String? = nil,
    reason: String? = nil, dueAt: Int64? = nil
  ) {
    self.state = state
    self.position = position
    self.contact = contact
    self.mark = mark
    self.reason = reason
    self.dueAt = dueAt
  }
}
