// SPDX-License-Identifier: Apache-2.0
// The rule by which clocks change every year.

/// Standard time, and daylight saving time between two days of every year.
///
/// **Source** POSIX.1-2017 §8.3 (TZ), RFC 8536 §3.3 for hours beyond a day.
struct YearlyRule: Sendable, Hashable {
  /// A day of every year, as the three forms name it.
  enum Day: Sendable, Hashable {
    /// 1 to 365; 29 February is never counted.
    case julian(Int64)
    /// 0 to 365; 29 February counts.
    case ofYear(Int64)
    /// A weekday (0 is Sunday) of a week (5 is the last) of a month.
    case ofMonth(month: Int64, week: Int64, weekday: Int64)
  }

  struct Change: Sendable, Hashable {
    var day: Day
    /// **Unit** seconds after midnight on the wall; may be negative and beyond a day.
    var time: Int64
  }

  /// Standard time alone, or both with their changes.
  enum Daylight: Sendable, Hashable {
    case none
    case between(type: ZoneRules.LocalType, start: Change, end: Change)
  }

  var standard: ZoneRules.LocalType
  var daylight: Daylight

  /// - Parameter second: seconds since 1970, UTC
  func period(at second: Int64) -> ZonePeriod {
    guard case .between(let summer, let start, let end) = daylight else {
      return ZonePeriod(
        offset: standard.offset, abbreviation: standard.abbreviation, isDaylight: false)
    }
    let year = CivilDate(day: floorDivide(second + standard.offset, by: 86_400)).year
    var changes: [(at: Int64, type: ZoneRules.LocalType)] = []
    for year in year - 1...year + 1 {
      changes.append((start.moment(in: year, before: standard.offset), summer))
      changes.append((end.moment(in: year, before: summer.offset), standard))
    }
    // Where one year's end is the next year's start, daylight time goes on without a break.
    changes.sort { ($0.at, $0.type.isDaylight ? 1 : 0) < ($1.at, $1.type.isDaylight ? 1 : 0) }
    let index = changes.lastIndex { $0.at <= second } ?? 0
    let type = changes[index].type
    return ZonePeriod(
      start: changes[index].at, end: changes[(index + 1)...].first?.at, offset: type.offset,
      abbreviation: type.abbreviation, isDaylight: type.isDaylight)
  }
}

extension YearlyRule.Change {
  /// - Parameter offset: what clocks are ahead of UTC until then, in seconds
  func moment(in year: Int64, before offset: Int64) -> Int64 {
    day.number(in: year) * 86_400 + time - offset
  }
}

extension YearlyRule.Day {
  /// **Unit** days since 1970-01-01.
  func number(in year: Int64) -> Int64 {
    let january = CivilDate(day: CivilDate.firstDay(of: year))
    switch self {
    case .julian(let day):
      return january.number + day - 1 + (CivilDate.isLeap(year) && day > 59 ? 1 : 0)
    case .ofYear(let day): return january.number + day
    case .ofMonth(let month, let week, let weekday):
      let first = january.adding(months: month - 1)
      var day = first.number + floorRemainder(weekday - first.weekday, by: 7) + (week - 1) * 7
      let end = first.number + CivilDate.length(ofMonth: month, year: year)
      if day >= end { day -= 7 }
      return day
    }
  }
}
