// SPDX-License-Identifier: Apache-2.0
// A body that arrived at a connector's URL, whatever became of it.

import Pipeline

/// One of the last bodies received by a connector.
package struct ReceivedRow: Sendable, Hashable {
  /// Names it for a replay.
  package let id: Int64
  /// **Shape** `accepted`, `duplicate`, `bad_signature`, `no_secret`, `too_large`,
  /// `bad_json`, `bad_body`, `unsupported`
  package let verdict: String
  /// The run it became, which keeps the event.
  package let run: RunID?
  /// **Shape** JSON text of what the request said about its body, where it was kept
  package let head: String?
  /// At most `StoreLimits.receivedBytes` of it.
  package let body: [UInt8]?
  /// **Unit** bytes of the body as it came.
  package let size: Int
  /// **Unit** milliseconds since 1970
  package let receivedAt: Int64
}
