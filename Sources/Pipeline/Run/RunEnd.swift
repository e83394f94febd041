// SPDX-License-Identifier: Apache-2.0
// How a run ended by itself.

/// The state a run ends in.
package enum RunEndState: String, Sendable, Hashable, CaseIterable {
  case succeeded, stopped, failed
}

/// The end of a run and its reason, in words.
package struct RunEnd: Sendable, Hashable {
  package var state: RunEndState
  /// Empty when it succeeded.
  package var reason: String

  package init(_ state: RunEndState, reason: String = "") {
    self.state = state
    self.reason = reason
  }
}
