// SPDX-License-Identifier: Apache-2.0
// When a connector's schedule fires next.

import Pipeline

/// One connector's schedule.
package struct ScheduleRow: Sendable, Hashable {
  package let connector: ConnectorID
  /// **Unit** milliseconds since 1970, as `firedAt`
  package let dueAt: Int64
  /// The time it was due when it last fired.
  package let firedAt: Int64?
  /// The run it started last.
  package let run: RunID?
}
