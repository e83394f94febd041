// SPDX-License-Identifier: Apache-2.0
// The units in which dates are counted.

/// A unit of time. `ms` to `d` have one length each; `day` to `year` are those of the calendar,
/// which keep the time of the day when the clocks are changed.
package enum DateUnit: String, Sendable, Hashable, CaseIterable {
  case ms, s, min, h, d
  case day, week, month, year

  /// A name, or its plural.
  package init?(name: String) {
    let plurals: [String: DateUnit] = [
      "days": .day, "weeks": .week, "months": .month, "years": .year,
    ]
    guard let unit = DateUnit(rawValue: name) ?? plurals[name] else { return nil }
    self = unit
  }

  /// **Unit** milliseconds; nil for those of the calendar.
  package var milliseconds: Int64? {
    switch self {
    case .ms: 1
    case .s: 1_000
    case .min: 60_000
    case .h: 3_600_000
    case .d: 86_400_000
    case .day, .week, .month, .year: nil
    }
  }
}
