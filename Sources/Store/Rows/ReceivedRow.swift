// SPDX-License-Identifier: Apache-2.0
// A body that arrived at a connector's URL, whatever became of it.

import Pipeline

/// One of the last bodies received by a connector.
package struct ReceivedRow: Sendable, Hashable {
  /// **Shape** `accepted`, `duplicate`, `bad_signature`, `too_large`, `bad_json`
  package let verdict: String
  /// The run it became, which keeps the event.
  package let run: RunID?
  package let body: [UInt8]?
  /// **Unit** milliseconds since 1970
  package let receivedAt: Int64
}
