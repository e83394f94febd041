// SPDX-License-Identifier: Apache-2.0
// What the host answers.

/// The answer to one request.
package struct ServiceReply: Sendable {
  package var exchange: UInt32
  /// A `jf_status`.
  package var status: Int32
  /// The value, or {code, message, provider_code?, retry_after_ms?, detail?}; may be empty.
  package var json: ArraySlice<UInt8>
  package var body: ArraySlice<UInt8>

  package init(
    exchange: UInt32, status: Int32, json: ArraySlice<UInt8>, body: ArraySlice<UInt8> = []
  ) {
    self.exchange = exchange
    self.status = status
    self.json = json
    self.body = body
  }
}
