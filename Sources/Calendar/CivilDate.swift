// SPDX-License-Identifier: Apache-2.0
// A day of the calendar, without a time and without a zone.

/// A day of the proleptic Gregorian calendar.
package struct CivilDate: Sendable, Hashable, Comparable {
  package let year: Int64
  package let month: Int64
  package let day: Int64

  /// The date of a day number; every number within 2^40 days of 1970 has one.
  ///
  /// **Unit** days since 1970-01-01.
  /// **Source** the algorithms of https://howardhinnant.github.io/date_algorithms.html
  package init(day number: Int64) {
    let shifted = number + 719_468
    let era = floorDivide(shifted, by: 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// A date that exists; nil otherwise (30 February).
  package init?(year: Int64, month: Int64, day: Int64) {
    guard (1...12).contains(month), day >= 1,
      day <= CivilDate.length(ofMonth: month, year: year)
    else { return nil }
    self.init(year, month, day)
  }

  /// A date that is known to exist.
  private init(_ year: Int64, _ month: Int64, _ day: Int64) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// **Shape** `2026-11-22`.
  package var iso: String { "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))" }

  package static func < (left: CivilDate, right: CivilDate) -> Bool {
    (left.year, left.month, left.day) < (right.year, right.month, right.day)
  }

  /// **Unit** days since 1970-01-01.
  package var number: Int64 {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = floorDivide(shiftedYear, by: 400)
    let yearOfEra = shiftedYear - era * 400
    let monthFromMarch = month > 2 ? month - 3 : month + 9
    let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// The day number of 1 January.
  package static func firstDay(of year: Int64) -> Int64 { CivilDate(year, 1, 1).number }

  package static func isLeap(_ year: Int64) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  /// **Unit** days; `month` is 1 to 12.
  package static func length(ofMonth month: Int64, year: Int64) -> Int64 {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// **Shape** 0 is Sunday, 6 is Saturday.
  package var weekday: Int64 { floorRemainder(number + 4, by: 7) }

  /// **Shape** 1 to 366.
  package var dayOfYear: Int64 { number - CivilDate.firstDay(of: year) + 1 }

  /// The week as ISO counts it: weeks begin on Monday, and the first one holds 4 January.
  ///
  /// **Source** ISO 8601-1:2019 §5.7.
  package var isoWeek: (year: Int64, week: Int64) {
    let thursday = CivilDate(day: number - floorRemainder(weekday + 6, by: 7) + 3)
    return (thursday.year, (thursday.dayOfYear - 1) / 7 + 1)
  }

  /// The same day of another month; the last one where that month is too short (31 January and a
  /// month is 28 February).
  package func adding(months: Int64) -> CivilDate {
    let total = year * 12 + month - 1 + months
    let year = floorDivide(total, by: 12)
    let month = total - year * 12 + 1
    return CivilDate(year, month, min(day, CivilDate.length(ofMonth: month, year: year)))
  }
}
