// SPDX-License-Identifier: Apache-2.0
// The one error of this module.

/// What the peer, or the socket, did that ends the conversation: the worker is killed with it.
package struct ProtocolViolation: Error, Equatable, Sendable, CustomStringConvertible {
  /// Stable, snake_case.
  package let code: String
  /// What happened, with the numbers, and no content.
  package let reason: String

  package init(code: String, reason: String) {
    self.code = code
    self.reason = reason
  }

  package var description: String { "\(code): \(reason)" }

  static func system(_ what: String, _ error: Int32) -> ProtocolViolation {
    ProtocolViolation(code: "socket_failed", reason: "\(what) failed with errno \(error)")
  }
}
