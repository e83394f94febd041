// SPDX-License-Identifier: Apache-2.0
// How a call ended, as the plugin said or as the runtime found.

/// The one result of a call.
package struct CallResult: Sendable, Equatable {
  /// The status of a result that counts once news of what was sent have come: `json` is {count,
  /// within_ms, result}.
  package static let waits: Int32 = 64

  /// A `jf_status`: 0 with a value, else the class of the error; or `waits`.
  package var status: Int32
  /// The value, or {code, message, provider_code?, retry_after_ms?, detail?}.
  package var json: [UInt8]

  package init(status: Int32, json: [UInt8]) {
    self.status = status
    self.json = json
  }
}
