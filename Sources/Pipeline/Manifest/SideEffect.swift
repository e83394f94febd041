// SPDX-License-Identifier: Apache-2.0
// What repeating an action would do.

/// How an action acts on the world; decides whether an attempt whose fate is open runs again.
///
/// **Source** spec/actions.md §1.7.
package enum SideEffect: String, Sendable, Hashable, CaseIterable {
  /// Reads and computes.
  case pure
  /// Repeating changes nothing more.
  case idempotent
  /// The peer recognises the idempotency key.
  case keyed
  /// The peer may act twice: never sent again once it may have left.
  case atMostOnce = "at_most_once"

  /// Whether an attempt that may have left can run again without a second effect.
  package var mayRepeat: Bool { self != .atMostOnce }
}
