// SPDX-License-Identifier: Apache-2.0
// What an outcome counts as whose fate cannot be known.

/// What happens after an unknown outcome.
package enum OnUnknown: String, Sendable, Hashable, CaseIterable {
  /// It counts as failed: the fallback is taken.
  case fail
  /// The next component runs.
  case `continue`
  /// It is tried again as if nothing had been done, within the action's retry policy.
  case retry
}
