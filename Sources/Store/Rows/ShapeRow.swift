// SPDX-License-Identifier: Apache-2.0
// What an action's answers look like.

import Pipeline

/// The learned shape of an action's answers, and another that has come since.
package struct ShapeRow: Sendable, Hashable {
  package let connector: ConnectorID
  package let component: String
  /// **Shape** JSON text
  package let shape: String
  /// **Unit** milliseconds since 1970, as `changedAt`
  package let learnedAt: Int64
  /// A shape that came later and that nobody has accepted.
  package let changed: String?
  package let changedAt: Int64?
}
