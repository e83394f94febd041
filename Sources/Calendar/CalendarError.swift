// SPDX-License-Identifier: Apache-2.0
// The error of this module.

/// What a zone file, a pattern or a cron line cannot be, with the value and what to do.
package struct CalendarError: Error, Sendable, Hashable, CustomStringConvertible {
  package enum Code: String, Sendable, Hashable, CaseIterable {
    /// The bytes are no time zone file, or one that is damaged.
    case badZoneFile = "bad_zone_file"
    /// The file counts leap seconds: its times are not those of a clock.
    case leapSeconds = "leap_seconds"
    case badCron = "bad_cron"
    case badPattern = "bad_pattern"
    case badAmount = "bad_amount"
  }

  package let code: Code
  package let message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { message }
}
