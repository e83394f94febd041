// SPDX-License-Identifier: Apache-2.0
// What the loop asks of an exchange.
import CCurlCalls
import ExchangeValues

/// One exchange as the loop sees it: it sets up a transfer, and says what follows its end.
///
/// **Isolation**: made on the entry thread, handed over, then the loop's thread only.
package protocol CurlExchange: AnyObject, Sendable {
  var number: UInt64 { get }
  /// Whether the request may have reached the peer.
  var hasLeft: Bool { get }
  /// Makes the next transfer, ready to be added.
  func transfer() throws(ExchangeFailure) -> CurlEasy
  /// What a finished transfer means.
  func ended(_ easy: CurlEasy, code: CURLcode) -> CurlStep
}

/// What comes after a transfer.
package enum CurlStep {
  /// Another transfer of the same exchange: a redirect.
  case again
  case answer(ExchangeAnswer)
}

/// The end of an exchange.
package struct ExchangeAnswer: Sendable {
  package var head: [UInt8]
  package var body: [UInt8]

  package init(head: [UInt8], body: [UInt8] = []) {
    self.head = head
    self.body = body
  }
}
