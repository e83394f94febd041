// SPDX-License-Identifier: Apache-2.0
// A point in time as conditions and documents write it.

import Values

/// A point in time, read from ISO 8601 or Unix seconds or milliseconds.
package struct Moment: Sendable, Hashable, Comparable {
  /// **Unit** milliseconds since 1970-01-01T00:00:00Z.
  package let milliseconds: Int64

  package init(milliseconds: Int64) { self.milliseconds = milliseconds }

  package static func < (left: Moment, right: Moment) -> Bool {
    left.milliseconds < right.milliseconds
  }

  /// Reads a value: a text in ISO 8601 (a date without a time is 00:00 in `zone`), or Unix time as
  /// a number or its digits: seconds below 100,000,000,000, milliseconds from there on.
  package init?(_ value: JSONValue, zone: ZoneOffset) {
    switch value {
    case .integer(let number): self.init(unix: number)
    case .number(let number):
      guard number.value.isFinite, abs(number.value) < 9e15 else { return nil }
      let isSeconds = abs(number.value) < 1e11
      let scaled = number.value * (isSeconds ? 1_000 : 1)
      self.init(milliseconds: Int64(scaled.rounded(.down)))
    case .text(let text): self.init(text: text, zone: zone)
    default: return nil
    }
  }

  package init?(text: String, zone: ZoneOffset) {
    var scan = DateScan(text)
    if let moment = scan.moment(zone: zone) {
      self = moment
      return
    }
    guard let number = Int64(text) else { return nil }
    self.init(unix: number)
  }

  private init?(unix number: Int64) {
    guard abs(number) < 9_000_000_000_000_000 else { return nil }
    self.init(milliseconds: abs(number) < 100_000_000_000 ? number * 1_000 : number)
  }

  /// The day in `zone`. **Unit** days since 1970-01-01.
  package func day(in zone: ZoneOffset) -> Int64 {
    CivilDate.floorDivide(milliseconds + zone.secondsEast * 1_000, by: 86_400_000)
  }

  /// The time of the day in `zone`. **Unit** milliseconds since midnight.
  package func timeOfDay(in zone: ZoneOffset) -> Int64 {
    milliseconds + zone.secondsEast * 1_000 - day(in: zone) * 86_400_000
  }

  /// **Shape** `2026-11-22T15:04:05.006Z`, without the fraction when it is 0.
  package var iso: String {
    let date = CivilDate(day: day(in: .utc))
    let time = timeOfDay(in: .utc)
    var text =
      "\(pad(date.year, 4))-\(pad(date.month, 2))-\(pad(date.day, 2))"
      + "T\(pad(time / 3_600_000, 2)):\(pad(time / 60_000 % 60, 2)):\(pad(time / 1_000 % 60, 2))"
    if time % 1_000 != 0 { text += ".\(pad(time % 1_000, 3))" }
    return text + "Z"
  }

  private func pad(_ number: Int64, _ width: Int) -> String {
    let digits = String(number.magnitude)
    let zeros = String(repeating: "0", count: max(0, width - digits.utf8.count))
    return (number < 0 ? "-" : "") + zeros + digits
  }
}

/// A day of the proleptic Gregorian calendar.
struct CivilDate: Hashable {
  let year: Int64
  let month: Int64
  let day: Int64

  /// The date of a day number.
  ///
  /// **Source** the algorithms of https://howardhinnant.github.io/date_algorithms.html
  init(day number: Int64) {
    let shifted = number + 719_468
    let era = CivilDate.floorDivide(shifted, by: 146_097)
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
  init?(year: Int64, month: Int64, day: Int64) {
    guard (1...12).contains(month), day >= 1 else { return nil }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths: [Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard day <= lengths[Int(month) - 1] else { return nil }
    self.year = year
    self.month = month
    self.day = day
  }

  /// **Unit** days since 1970-01-01.
  var number: Int64 {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = CivilDate.floorDivide(shiftedYear, by: 400)
    let yearOfEra = shiftedYear - era * 400
    let monthFromMarch = month > 2 ? month - 3 : month + 9
    let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  static func floorDivide(_ value: Int64, by divisor: Int64) -> Int64 {
    let quotient = value / divisor
    return value % divisor < 0 ? quotient - 1 : quotient
  }
}
