// SPDX-License-Identifier: Apache-2.0
// The key a run was entered under.

import Values

/// An enrolment: a connector has at most one live run for a subject.
package struct EnteredAs: Sendable, Hashable {
  package var connector: String
  /// Such as `contact:17`.
  package var subject: String

  package init(connector: String, subject: String) {
    self.connector = connector
    self.subject = subject
  }

  /// **Shape** `{connector, subject}`.
  package var value: JSONValue {
    ["connector": .text(connector), "subject": .text(subject)]
  }
}
