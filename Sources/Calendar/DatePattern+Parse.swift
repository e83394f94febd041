// SPDX-License-Identifier: Apache-2.0
// Reading a text by a pattern.

extension DatePattern {
  /// Why no text can be read by this pattern; nil when texts can.
  package var readingProblem: String? {
    let fields = Set(fields)
    let onlyWritten: [Field] = [.abbreviation, .dayOfYear, .week, .weekYear]
    if let field = onlyWritten.first(where: fields.contains) {
      return "\"\(field.rawValue)\" can be written and not read: leave it out"
    }
    if !fields.contains(.year) { return "a date without a year is none: add yyyy" }
    if fields.contains(.halfHour), !fields.contains(.half) {
      return "an hour of twelve (h) needs AM or PM (a): add it, or write H"
    }
    return nil
  }

  /// Reads a text; nil when it does not follow the pattern or names a day that does not exist.
  /// What the pattern leaves out is the first: 1 January, 00:00.
  ///
  /// - Parameter zone: the zone of a text that names none
  package func moment(of text: String, zone: Zone) -> Moment? {
    guard readingProblem == nil, text.utf8.count <= 400 else { return nil }
    var reading = DateReading(text)
    for part in parts {
      let isRead =
        switch part {
        case .literal(let literal): reading.takeLiteral(literal)
        case .field(let field, let count): reading.take(field, count)
        }
      guard isRead else { return nil }
    }
    return reading.moment(zone: zone)
  }
}

/// A text as far as it was read, and what it said.
private struct DateReading {
  private let bytes: [UInt8]
  private var at = 0
  private var year: Int64 = 1970
  private var month: Int64 = 1
  private var day: Int64 = 1
  private var hour: Int64 = 0
  private var minute: Int64 = 0
  private var second: Int64 = 0
  private var millisecond: Int64 = 0
  private var isAfternoon: Bool?
  private var weekday: Int64?
  private var offset: Int64?

  init(_ text: String) {
    var bytes = Array(text.utf8)
    while bytes.last == 32 { bytes.removeLast() }
    self.bytes = Array(bytes.drop { $0 == 32 })
  }

  func moment(zone: Zone) -> Moment? {
    guard at == bytes.count, let date = CivilDate(year: year, month: month, day: day),
      weekday ?? date.weekday == date.weekday
    else { return nil }
    var hour = hour
    if let isAfternoon {
      // An H beside a half is written as 15 PM or 0 AM.
      let isOf24 = isAfternoon ? hour > 12 : hour == 0
      guard isOf24 || (1...12).contains(hour) else { return nil }
      if !isOf24 { hour = hour % 12 + (isAfternoon ? 12 : 0) }
    }
    let time = ((hour * 60 + minute) * 60 + second) * 1_000 + millisecond
    let local = date.number * 86_400_000 + time
    return Moment(milliseconds: offset.map { local - $0 * 1_000 } ?? zone.instant(local: local))
  }

  /// A space stands for any number of them.
  mutating func takeLiteral(_ text: String) -> Bool {
    for byte in text.utf8 {
      if byte == 32 {
        while at < bytes.count, bytes[at] == 32 { at += 1 }
        continue
      }
      guard at < bytes.count, bytes[at] == byte else { return false }
      at += 1
    }
    return true
  }

  mutating func take(_ field: DatePattern.Field, _ count: Int) -> Bool {
    switch field {
    case .year: return takeYear(count)
    case .month:
      if count > 2 { return takeName(DatePattern.months) { $0.month = $1 + 1 } }
      return takeNumber(count, 1...12) { $0.month = $1 }
    case .weekday: return takeName(DatePattern.weekdays) { $0.weekday = $1 }
    case .day: return takeNumber(count, 1...31) { $0.day = $1 }
    case .hour: return takeNumber(count, 0...23) { $0.hour = $1 }
    case .halfHour: return takeNumber(count, 1...12) { $0.hour = $1 }
    case .minute: return takeNumber(count, 0...59) { $0.minute = $1 }
    case .second: return takeNumber(count, 0...59) { $0.second = $1 }
    case .fraction: return takeFraction(count)
    case .half: return takeName(["AM", "PM"]) { $0.isAfternoon = $1 == 1 }
    case .offset, .isoOffset: return takeOffset()
    case .abbreviation, .dayOfYear, .week, .weekYear: return false
    }
  }

  /// Two digits are 1969 to 2068.
  private mutating func takeYear(_ count: Int) -> Bool {
    guard let number = digits(count == 1 ? 1...4 : count...count) else { return false }
    year = count == 2 ? number + (number < 69 ? 2_000 : 1_900) : number
    return true
  }

  /// One letter reads one digit or two, two letters read two.
  private mutating func takeNumber(
    _ count: Int, _ range: ClosedRange<Int64>, _ keep: (inout DateReading, Int64) -> Void
  ) -> Bool {
    guard let number = digits(count...2), range.contains(number) else { return false }
    keep(&self, number)
    return true
  }

  /// One letter reads up to nine digits, more read as many as they are.
  private mutating func takeFraction(_ count: Int) -> Bool {
    let start = at
    guard let number = digits(count == 1 ? 1...9 : count...count) else { return false }
    var scaled = number
    for _ in 0..<max(0, 3 - (at - start)) { scaled *= 10 }
    for _ in 0..<max(0, at - start - 3) { scaled /= 10 }
    millisecond = scaled
    return true
  }

  /// A whole name or its first three letters, in any case.
  private mutating func takeName(
    _ names: [String], _ keep: (inout DateReading, Int64) -> Void
  ) -> Bool {
    for (index, name) in names.enumerated() {
      for text in [name, String(name.prefix(3))] {
        let end = at + text.utf8.count
        guard end <= bytes.count,
          String(decoding: bytes[at..<end], as: UTF8.self).lowercased() == text.lowercased()
        else { continue }
        at = end
        keep(&self, Int64(index))
        return true
      }
    }
    return false
  }

  /// `Z`, `+0530`, `+05:30`, `+05`.
  private mutating func takeOffset() -> Bool {
    let rest = bytes[at...].prefix { $0 != 32 }
    for length in [6, 5, 3, 1] where length <= rest.count {
      guard
        let zone = Zone(fixed: String(decoding: rest.prefix(length), as: UTF8.self).uppercased())
      else { continue }
      at += length
      offset = zone.fixedOffset
      return true
    }
    return false
  }

  private mutating func digits(_ lengths: ClosedRange<Int>) -> Int64? {
    let found = bytes[at...].prefix(lengths.upperBound).prefix { (48...57).contains($0) }
    guard found.count >= lengths.lowerBound else { return nil }
    at += found.count
    return found.reduce(0) { $0 * 10 + Int64($1) - 48 }
  }
}
