// SPDX-License-Identifier: Apache-2.0
// The key a run may be entered under.

import Pipeline

/// At most one live run has it.
package struct EnrolmentKey: Sendable, Hashable {
  package let connector: ConnectorID
  /// Whom or what the run is about, compared byte for byte.
  package let subject: String

  package init(connector: ConnectorID, subject: String) {
    self.connector = connector
    self.subject = subject
  }
}
