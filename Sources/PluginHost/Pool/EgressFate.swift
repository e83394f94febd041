// SPDX-License-Identifier: Apache-2.0
//
// What is known of the requests a call let out.

/// How far a call's requests got when it ended before it returned.
package enum EgressFate: String, Sendable, Hashable {
  /// Nothing left the host: the call may run again as if it had never run.
  case none
  /// All that left was answered, and the answers are kept.
  case answered
  /// Something left and has no answer: the call's effect is not known.
  case left
}
