// SPDX-License-Identifier: Apache-2.0
// The trigger `schedule`: the clock.

/// Runs start when a cron line matches.
package struct ScheduleTrigger: Sendable, Hashable {
  /// Five fields, or a name such as `@daily`.
  package var cron: String
  /// Nil: the connector's, else the project's.
  package var timeZone: String?
  package var misfire: Misfire = .once

  package init(cron: String) { self.cron = cron }
}

/// What happens about times that passed while no host was running.
package enum Misfire: String, Sendable, Hashable, CaseIterable {
  /// One run for all of them.
  case once
  /// One run for each.
  case all
  case skip
}
