// SPDX-License-Identifier: Apache-2.0
// One exchange over HTTP, kept for people to see.

import Pipeline

/// What went out and what came back; secrets are taken out before it comes here.
package struct ExchangeRow: Sendable, Hashable {
  package var id: Int64
  package var connector: ConnectorID
  /// The action's id in its connector.
  package var component: String
  package var run: RunID
  /// nil where no answer came.
  package var status: Int?
  /// **Shape** JSON object: method, URL, headers of both sides, attempt, error
  package var head: String
  /// At most `StoreLimits.exchangeBytes` of it, as of the response.
  package var request: [UInt8]
  /// **Unit** bytes of the whole body, as `responseSize`
  package var requestSize: Int
  package var response: [UInt8]
  package var responseSize: Int
  /// **Unit** milliseconds since 1970
  package var startedAt: Int64
  package var durationMS: Int64

  /// A new one: bodies are cut here, their sizes kept.
  package init(
    connector: ConnectorID, component: String, run: RunID, status: Int?, head: String,
    request: [UInt8], response: [UInt8], startedAt: Int64, durationMS: Int64
  ) {
    id = 0
    self.connector = connector
    self.component = component
    self.run = run
    self.status = status
    self.head = head
    self.request = Array(request.prefix(StoreLimits.exchangeBytes))
    requestSize = request.count
    self.response = Array(response.prefix(StoreLimits.exchangeBytes))
    responseSize = response.count
    self.startedAt = startedAt
    self.durationMS = durationMS
  }
}
