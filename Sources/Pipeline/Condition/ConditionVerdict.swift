// SPDX-License-Identifier: Apache-2.0
// What one condition said, with its operands: the run view shows it.

import Values

/// The verdict of one condition.
package struct ConditionVerdict: Sendable, Hashable {
  package var passed: Bool
  package var left: JSONValue?
  package var right: JSONValue?
  /// Why an operand could not be used.
  package var note: String?

  package init(passed: Bool, left: JSONValue?, right: JSONValue?, note: String? = nil) {
    self.passed = passed
    self.left = left
    self.right = right
    self.note = note
  }
}
