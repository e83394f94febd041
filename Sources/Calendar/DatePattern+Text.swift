// SPDX-License-Identifier: Apache-2.0
// Writing a moment by a pattern.

extension DatePattern {
  /// The moment as the clocks of a zone show it.
  package func text(of moment: Moment, in zone: Zone) -> String {
    let clock = ClockReading(moment, zone)
    return parts.map { part in
      switch part {
      case .literal(let text): text
      case .field(let field, let count): clock.text(field, count)
      }
    }.joined()
  }
}

/// What calendar and clock show at a moment.
private struct ClockReading {
  let moment: Moment
  let zone: Zone
  let date: CivilDate
  /// **Unit** milliseconds since midnight.
  let time: Int64

  init(_ moment: Moment, _ zone: Zone) {
    self.moment = moment
    self.zone = zone
    date = CivilDate(day: moment.day(in: zone))
    time = moment.timeOfDay(in: zone)
  }

  func text(_ field: DatePattern.Field, _ count: Int) -> String {
    switch field {
    case .year:
      return count == 2 ? padded(floorRemainder(date.year, by: 100), 2) : padded(date.year, count)
    case .month:
      let name = DatePattern.months[Int(date.month) - 1]
      return count == 4 ? name : count == 3 ? String(name.prefix(3)) : padded(date.month, count)
    case .weekday:
      let name = DatePattern.weekdays[Int(date.weekday)]
      return count == 4 ? name : String(name.prefix(3))
    case .day: return padded(date.day, count)
    case .dayOfYear: return padded(date.dayOfYear, count)
    case .week: return padded(date.isoWeek.week, count)
    case .weekYear: return padded(date.isoWeek.year, count)
    case .hour: return padded(hour, count)
    case .halfHour: return padded((hour + 11) % 12 + 1, count)
    case .minute: return padded(time / 60_000 % 60, count)
    case .second: return padded(time / 1_000 % 60, count)
    case .fraction: return String(padded(time % 1_000, 3).prefix(count))
    case .half: return hour < 12 ? "AM" : "PM"
    case .offset: return Zone.text(offset: offset, separator: "", zero: "+0000")
    case .isoOffset: return isoOffset(count)
    case .abbreviation: return zone.abbreviation(at: moment.milliseconds)
    }
  }

  private var hour: Int64 { time / 3_600_000 }
  private var offset: Int64 { zone.offset(at: moment.milliseconds) }

  /// `X` has the minutes only where there are any, `XX` no colon.
  private func isoOffset(_ count: Int) -> String {
    let text = Zone.text(offset: offset, separator: count == 3 ? ":" : "", zero: "Z")
    let isWholeHours = text.utf8.count == 5 && text.hasSuffix("00")
    return count == 1 && isWholeHours ? String(text.prefix(3)) : text
  }
}
