// SPDX-License-Identifier: Apache-2.0
// One call, kept so that it can run again.

import Pipeline

/// The transcript of one attempt.
package struct TranscriptRow: Sendable, Hashable {
  package let run: RunID
  /// The journal entry of the attempt.
  package let sequence: Int64
  package let connector: ConnectorID
  package let component: String
  /// Whether the attempt came to anything but success.
  package let isFailure: Bool
  /// **Shape** JSON text, `CallTranscript.value`
  package let content: String

  package init(
    run: RunID, sequence: Int64, connector: ConnectorID, component: String, isFailure: Bool,
    content: String
  ) {
    self.run = run
    self.sequence = sequence
    self.connector = connector
    self.component = component
    self.isFailure = isFailure
    self.content = content
  }
}
