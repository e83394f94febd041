// SPDX-License-Identifier: Apache-2.0
// One field of a cron line.

/// Which values of one field fit, as bits.
struct CronField: Sendable, Hashable {
  enum Kind: Sendable, CaseIterable {
    case minute, hour, day, month, weekday
  }

  let kind: Kind
  /// Bit n is set when the value n fits; Sunday is 0 only.
  let values: UInt64
  /// Whether it begins with `*`: Vixie's rule for days asks for that, not for what fits.
  let isStar: Bool

  func contains(_ value: Int64) -> Bool { (values >> UInt64(value)) & 1 == 1 }

  /// The smallest value that fits and is not below another.
  func first(from value: Int64) -> Int64? {
    guard value < 64 else { return nil }
    let rest = (values >> UInt64(value)) << UInt64(value)
    return rest == 0 ? nil : Int64(rest.trailingZeroBitCount)
  }

  /// The largest value that fits and is not above another.
  func last(through value: Int64) -> Int64? {
    guard value >= 0 else { return nil }
    let rest = value >= 63 ? values : values & ((1 << UInt64(value + 1)) - 1)
    return rest == 0 ? nil : Int64(63 - rest.leadingZeroBitCount)
  }

  /// Reads a list of `*`, a value or a range, each with a step or without.
  ///
  /// **Throws** `bad_cron` with the field, the value and what is allowed.
  init(_ text: Substring, kind: Kind) throws(CalendarError) {
    self.kind = kind
    isStar = text.first == "*" || text.first == "?"
    var values: UInt64 = 0
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      values |= try CronField.bits(part, kind, of: text)
    }
    if kind == .weekday, values & 0x80 != 0 { values = (values & 0x7f) | 1 }
    self.values = values
  }

  private static func bits(
    _ part: Substring, _ kind: Kind, of text: Substring
  ) throws(CalendarError) -> UInt64 {
    let halves = part.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let ends = halves[0].split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    var low = kind.range.lowerBound
    // Seven is another name of Sunday: only what names it reaches it.
    var high = kind == .weekday ? 6 : kind.range.upperBound
    if ends.count > 1 || !["*", "?"].contains(halves[0]) {
      low = try value(ends[0], kind, of: text)
      if ends.count > 1 {
        high = try value(ends[1], kind, of: text)
        if kind == .weekday, high == 0, low > 0 { high = 7 }
      } else if halves.count == 1 {
        high = low
      } else if kind == .weekday, low == 7 {
        // From Sunday on: 0/2.
        low = 0
      }
    }
    guard low <= high else {
      throw wrong(
        kind, text, "the range \(part) ends before it begins: write \(ends[0])-\(kind.lastName),"
          + "\(kind.firstName)-\(ends[1])")
    }
    guard halves.count > 1 else { return mask(low, high, step: 1) }
    let most = kind.range.upperBound - kind.range.lowerBound + (kind == .weekday ? 0 : 1)
    guard let step = number(halves[1]), (1...most).contains(step) else {
      throw wrong(kind, text, "the step \"\(halves[1])\" is no number from 1 to \(most)")
    }
    return mask(low, high, step: step)
  }

  private static func mask(_ low: Int, _ high: Int, step: Int) -> UInt64 {
    stride(from: low, through: high, by: step).reduce(0) { $0 | (1 << UInt64($1)) }
  }

  private static func value(
    _ text: Substring, _ kind: Kind, of field: Substring
  ) throws(CalendarError) -> Int {
    if let number = number(text), kind.range.contains(number) { return number }
    if let index = kind.names.firstIndex(of: text.uppercased()) {
      return index + kind.range.lowerBound
    }
    throw wrong(kind, field, "\"\(text.prefix(20))\" is not allowed there")
  }

  /// Up to three digits, without a sign.
  private static func number(_ text: Substring) -> Int? {
    guard (1...3).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) })
    else { return nil }
    return Int(text)
  }

  private static func wrong(_ kind: Kind, _ text: Substring, _ what: String) -> CalendarError {
    CalendarError(
      .badCron, "the \(kind) of a cron line is \"\(text.prefix(60))\": \(what); allowed are "
        + "\(kind.allowed), *, lists, ranges and steps")
  }
}

extension CronField.Kind {
  var range: ClosedRange<Int> {
    switch self {
    case .minute: 0...59
    case .hour: 0...23
    case .day: 1...31
    case .month: 1...12
    case .weekday: 0...7
    }
  }

  /// The names of the values, beginning with the first.
  var names: [String] {
    switch self {
    case .minute, .hour, .day: []
    case .month:
      ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
    case .weekday: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
    }
  }

  var allowed: String {
    switch self {
    case .month: "1 to 12, JAN to DEC"
    case .weekday: "0 to 7 (0 and 7 are Sunday), SUN to SAT"
    default: "\(range.lowerBound) to \(range.upperBound)"
    }
  }

  fileprivate var firstName: String { "\(range.lowerBound)" }
  fileprivate var lastName: String { self == .weekday ? "6" : "\(range.upperBound)" }
}
