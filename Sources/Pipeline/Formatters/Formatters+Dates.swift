// SPDX-License-Identifier: Apache-2.0
// Formatters of dates. A date is ISO 8601, or Unix time in seconds or milliseconds; one that says
// no zone is read in the run's. Moments come out as `2026-11-22T15:04:05Z`.

import Calendar
import Values

extension Formatters {
  static let dates: [Formatter] = [
    Formatter(
      "date_parse",
      [
        FormatterParameter("pattern", .datePattern(isRead: true), isOptional: true),
        FormatterParameter("zone", .text, isOptional: true),
      ],
      "text in a pattern (\"dd/MM/yyyy HH:mm\"), else any date → the moment in UTC; what is no "
        + "date: missing", parsed),
    Formatter(
      "date_format",
      [
        FormatterParameter("pattern", .datePattern(isRead: false)),
        FormatterParameter("zone", .text, isOptional: true),
      ],
      "date → text by a pattern (\"EEEE, d MMMM yyyy 'at' h:mm a\") with English names, as clocks "
        + "of the zone show it; what is no date: missing", written),
    Formatter(
      "date_add",
      [
        FormatterParameter("amount", .dateAmount),
        FormatterParameter("zone", .text, isOptional: true),
      ],
      "date → the moment \"90 s\", \"5 min\", \"-2 h\" or \"3 d\" of 24 h later, or "
        + "\"1 day\", \"2 weeks\", \"1 month\", \"1 year\" later at the same time of the day; a date "
        + "without a time stays one where the amount is days; what is no date: missing", added),
    Formatter(
      "date_difference",
      [
        FormatterParameter("other", .any),
        FormatterParameter("unit", .dateUnit, isOptional: true),
        FormatterParameter("zone", .text, isOptional: true),
      ],
      "date → how many whole units (ms s min h d day week month year; \"day\") it is later than "
        + "another, negative when earlier; what is no date: missing", difference),
    Formatter(
      "in_time_zone", [FormatterParameter("zone", .text)],
      "date → the same moment with the offset of a zone, 2026-11-22T20:34:05+05:30; what is no "
        + "date, and a zone that does not exist: missing", moved),
  ]

  private static func parsed(_ call: FormatterCall) throws(FormatterRefusal) -> JSONValue {
    let zone = try call.zone(1)
    guard call.argument(0) != nil else { return .text(try call.moment(zone).iso) }
    let pattern = try call.pattern(0)
    if let problem = pattern.readingProblem { throw FormatterRefusal("the pattern: \(problem)") }
    guard let moment = pattern.moment(of: try call.text(), zone: zone) else {
      throw FormatterRefusal("the value is no date in this pattern")
    }
    return .text(moment.iso)
  }

  private static func written(_ call: FormatterCall) throws(FormatterRefusal) -> JSONValue {
    let zone = try call.zone(1)
    return .text(try call.pattern(0).text(of: call.moment(call.context.zone), in: zone))
  }

  private static func added(_ call: FormatterCall) throws(FormatterRefusal) -> JSONValue {
    let zone = try call.zone(1)
    let amount = try call.amount(0)
    let beyond = FormatterRefusal("the amount leads beyond the years 1 to 9999")
    if let day = call.plainDay, let later = day.adding(amount) {
      guard years.contains(later.year) else { throw beyond }
      return .text(later.iso)
    }
    guard let later = try call.moment(zone).adding(amount, in: zone),
      years.contains(later.civilYear)
    else { throw beyond }
    return .text(later.iso)
  }

  /// What is read as a date again: a result that no formatter takes helps nobody.
  private static let years: ClosedRange<Int64> = 1...9_999

  private static func difference(_ call: FormatterCall) throws(FormatterRefusal) -> JSONValue {
    let zone = try call.zone(2)
    guard let unit = DateUnit(name: try call.text(1, default: "day")) else {
      throw FormatterRefusal("argument 2 is no unit of time")
    }
    guard let other = call.argument(0).flatMap({ Moment($0, zone: zone) }) else {
      throw FormatterRefusal("argument 1 is no date")
    }
    return .integer(try call.moment(zone).difference(from: other, in: unit, zone: zone))
  }

  private static func moved(_ call: FormatterCall) throws(FormatterRefusal) -> JSONValue {
    let zone = try call.zone(0)
    return .text(try call.moment(call.context.zone).iso(in: zone))
  }
}

extension FormatterCall {
  /// The value as a moment; one without a zone is read in `zone`.
  fileprivate func moment(_ zone: Zone) throws(FormatterRefusal) -> Moment {
    guard let value, let moment = Moment(value, zone: zone) else {
      throw FormatterRefusal("the value is no date")
    }
    return moment
  }

  /// A zone by its name; the run's where the argument was left out.
  fileprivate func zone(_ index: Int) throws(FormatterRefusal) -> Zone {
    guard argument(index) != nil else { return context.zone }
    guard let zone = context.zones(try text(index)) else {
      throw FormatterRefusal("argument \(index + 1) is no time zone of this machine")
    }
    return zone
  }

  fileprivate func pattern(_ index: Int) throws(FormatterRefusal) -> DatePattern {
    let text = try text(index)
    do throws(CalendarError) {
      return try DatePattern(text)
    } catch {
      throw FormatterRefusal("the pattern: \(error.message)")
    }
  }

  fileprivate func amount(_ index: Int) throws(FormatterRefusal) -> DateAmount {
    let text = try text(index)
    do throws(CalendarError) {
      return try DateAmount(text)
    } catch {
      throw FormatterRefusal("argument \(index + 1) is no amount of time, such as \"-2 h\"")
    }
  }

  /// The value where it is a date without a time: `2026-11-22`.
  fileprivate var plainDay: CivilDate? {
    guard let text = value?.asText, text.utf8.count == 10,
      let moment = Moment(text: text, zone: .utc)
    else { return nil }
    let date = CivilDate(day: moment.day(in: .utc))
    return date.iso == text ? date : nil
  }
}

extension CivilDate {
  /// A day some days, weeks, months or years later; nil for an amount of hours and less, and
  /// beyond what dates reach.
  fileprivate func adding(_ amount: DateAmount) -> CivilDate? {
    guard amount.unit.milliseconds == nil || amount.unit == .d,
      amount.count.magnitude < 4_000_000_000
    else { return nil }
    let number = adding(amount.count, amount.unit)
    guard number.magnitude < Moment.limit / 86_400_000 else { return nil }
    return CivilDate(day: number)
  }
}

extension Moment {
  /// The year in UTC.
  fileprivate var civilYear: Int64 {
    let day = 86_400_000 as Int64
    let (days, rest) = milliseconds.quotientAndRemainder(dividingBy: day)
    return CivilDate(day: rest < 0 ? days - 1 : days).year
  }
}
