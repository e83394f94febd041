// SPDX-License-Identifier: Apache-2.0
// How a run ended.

import Values

/// The state a run ends in.
package enum RunEndState: String, Sendable, Hashable, CaseIterable {
  case succeeded, stopped, failed
  /// Somebody else ended it.
  case cancelled
}

/// The end of a run and its reason, in words.
package struct RunEnd: Sendable, Hashable {
  package var state: RunEndState
  /// Empty when it succeeded.
  package var reason: String
  /// What the run of a loop's element saved, for its parent.
  package var saved: JSONObject?

  package init(_ state: RunEndState, reason: String = "", saved: JSONObject? = nil) {
    self.state = state
    self.reason = reason
    self.saved = saved
  }
}
