// SPDX-License-Identifier: Apache-2.0
// The trigger `schedule`: the clock.

import Calendar

/// Runs start when a cron line is due.
package struct ScheduleTrigger: Sendable, Hashable {
  /// Five fields, or a name such as `@daily`.
  package var cron: Cron
  /// Nil: the connector's, else the project's.
  package var timeZone: String?
  package var misfire: Misfire = .once

  package init(cron: Cron) { self.cron = cron }
}
