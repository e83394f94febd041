// SPDX-License-Identifier: Apache-2.0
// Alerts and the mails that carry them.

import Pipeline

/// Whether an alert goes out.
package enum AlertVerdict: Sendable, Hashable {
  /// Now, with the count of those held back since the last.
  case send(heldBack: Int64)
  /// One went out less than its time ago.
  case held
}

/// What one alert did last.
package struct AlertRow: Sendable, Hashable {
  /// For the host's own, the connector that mails the project's alerts.
  package let connector: ConnectorID
  /// The action's id, or the event of the connector or the host that it is about.
  package let component: String
  /// **Unit** milliseconds since 1970, as `lastHeldAt`
  package let sentAt: Int64
  package let held: Int64
  package let lastHeldAt: Int64?
}

/// A mail that has to go out, kept until it has.
package struct AlertMailRow: Sendable, Hashable {
  package let id: Int64
  package let connector: ConnectorID
  package let component: String
  /// **Shape** JSON text of the mail
  package let mail: String
  /// How often it was tried.
  package let attempts: Int
  /// Why the last time failed.
  package let error: String?
  /// **Unit** milliseconds since 1970, as `dueAt`
  package let raisedAt: Int64
  package let dueAt: Int64
}
