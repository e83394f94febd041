// SPDX-License-Identifier: Apache-2.0
// The end of an exchange.
import ExchangeValues

/// What `answered` is called with.
package struct ExchangeAnswer: Sendable {
  package var head: [UInt8]
  package var body: [UInt8]

  package init(head: [UInt8], body: [UInt8] = []) {
    self.head = head
    self.body = body
  }

  /// The answer to an `abort`.
  package static func aborted(left: Bool) -> ExchangeAnswer {
    let failure = ExchangeFailure(
      left ? .unknownOutcome : .unavailable, "aborted",
      left ? "ended by the host after it had left" : "ended by the host before it left")
    return ExchangeAnswer(head: failure.head(left: left))
  }
}
