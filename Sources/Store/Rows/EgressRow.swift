// SPDX-License-Identifier: Apache-2.0
// One request to the outside world, in the ledger.

/// What is known about a request that an attempt made.
package struct EgressRow: Sendable, Hashable {
  /// How far it got. A host that died left `intent`, which counts as sent.
  package enum State: String, Sendable, Hashable {
    case intent
    /// The transport has begun to send it.
    case left
    case answered
  }

  package let state: State
  /// What the request was, so that another under the same number is noticed.
  package let digest: String
  package let effect: String
  /// The answer, if it was small enough to be kept.
  package let response: [UInt8]?
  /// It was answered, but the answer was over 64 KiB.
  package let isTooLarge: Bool
}
