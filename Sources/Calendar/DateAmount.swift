// SPDX-License-Identifier: Apache-2.0
// What is added to a date: "90 s", "-1 d", "2 months".

/// An amount of time: a number of one unit.
package struct DateAmount: Sendable, Hashable {
  package let count: Int64
  package let unit: DateUnit

  package init(_ count: Int64, _ unit: DateUnit) {
    self.count = count
    self.unit = unit
  }

  /// Reads `90 s`, `-1 d`, `2 months`.
  ///
  /// **Throws** `bad_amount`.
  package init(_ text: String) throws(CalendarError) {
    var rest = text[...]
    let isNegative = rest.first == "-"
    if isNegative || rest.first == "+" { rest = rest.dropFirst() }
    let digits = rest.prefix { ("0"..."9").contains($0) }
    rest = rest.dropFirst(digits.count)
    if rest.first == " " { rest = rest.dropFirst() }
    guard !digits.isEmpty, digits.utf8.count <= 12, let count = Int64(digits),
      let unit = DateUnit(name: String(rest.prefix(10)))
    else {
      throw CalendarError(
        .badAmount, "\"\(text.prefix(40))\" is no amount of time: write a number and a unit (ms, "
          + "s, min, h, d, day, week, month, year), such as \"-2 h\" or \"1 month\"")
    }
    self.init(isNegative ? -count : count, unit)
  }
}

extension Moment {
  /// The moment an amount later; nil beyond what dates reach.
  ///
  /// A calendar's unit keeps the time of the day in `zone`, and the last day of a month where the
  /// day does not exist there; 24 hours across a change of the clocks are not a day.
  package func adding(_ amount: DateAmount, in zone: Zone) -> Moment? {
    let count = amount.count
    if let length = amount.unit.milliseconds {
      let (added, isTooLong) = count.multipliedReportingOverflow(by: length)
      guard !isTooLong, added.magnitude < Moment.limit * 2 else { return nil }
      return Moment(within: milliseconds + added)
    }
    guard milliseconds.magnitude < Moment.limit, count.magnitude < 4_000_000_000 else {
      return nil
    }
    let day = CivilDate(day: self.day(in: zone)).adding(count, amount.unit)
    guard day.magnitude < Moment.limit / 86_400_000 else { return nil }
    return Moment(within: zone.instant(local: day * 86_400_000 + timeOfDay(in: zone)))
  }

  private init?(within milliseconds: Int64) {
    guard milliseconds.magnitude < Moment.limit else { return nil }
    self.init(milliseconds: milliseconds)
  }

  /// How many whole units this is later than another, towards zero; negative when it is earlier.
  package func difference(from other: Moment, in unit: DateUnit, zone: Zone) -> Int64 {
    if let length = unit.milliseconds { return (milliseconds - other.milliseconds) / length }
    if self < other { return -other.difference(from: self, in: unit, zone: zone) }
    let (from, to) = (CivilDate(day: other.day(in: zone)), CivilDate(day: day(in: zone)))
    let months = (to.year - from.year) * 12 + to.month - from.month
    var count =
      switch unit {
      case .year: months / 12
      case .month: months
      case .week: (to.number - from.number) / 7
      default: to.number - from.number
      }
    let time = (timeOfDay(in: zone), other.timeOfDay(in: zone))
    let reached = from.adding(count, unit)
    if reached > to.number || (reached == to.number && time.0 < time.1) { count -= 1 }
    return max(count, 0)
  }

  /// When the unit began that this lies in, by the clocks of a zone; a week begins on Monday.
  package func start(of unit: DateUnit, in zone: Zone) -> Moment {
    let local = zone.local(at: milliseconds)
    let date = CivilDate(day: floorDivide(local, by: 86_400_000))
    let day: Int64
    switch unit {
    case .ms, .s, .min, .h:
      let length = unit.milliseconds ?? 1
      return Moment(milliseconds: milliseconds - floorRemainder(local, by: length))
    case .d, .day: day = date.number
    case .week: day = date.number - floorRemainder(date.weekday + 6, by: 7)
    case .month: day = date.number - date.day + 1
    case .year: day = CivilDate.firstDay(of: date.year)
    }
    return Moment(milliseconds: zone.instant(local: day * 86_400_000))
  }
}

extension CivilDate {
  /// A number of the calendar's units later, as a day number.
  package func adding(_ count: Int64, _ unit: DateUnit) -> Int64 {
    switch unit {
    case .year: adding(months: count * 12).number
    case .month: adding(months: count).number
    case .week: number + count * 7
    default: number + count
    }
  }
}
