// SPDX-License-Identifier: Apache-2.0
// Reads the text of a yearly rule: `CET-1CEST,M3.5.0,M10.5.0/3`.

extension YearlyRule {
  /// Reads a POSIX TZ text as it ends a zone file; nil for anything else.
  init?(text: [UInt8]) {
    guard text.count <= 256 else { return nil }
    var scan = RuleScan(bytes: text)
    guard let name = scan.name(), let behind = scan.time(hours: 25) else { return nil }
    standard = ZoneRules.LocalType(offset: -behind, isDaylight: false, abbreviation: name)
    daylight = .none
    if scan.isAtEnd { return }
    guard let summerName = scan.name() else { return nil }
    var summerOffset = standard.offset + 3_600
    if !scan.isNext(",") {
      guard let behind = scan.time(hours: 25) else { return nil }
      summerOffset = -behind
    }
    let summer = ZoneRules.LocalType(
      offset: summerOffset, isDaylight: true, abbreviation: summerName)
    guard let start = scan.change(), let end = scan.change(), scan.isAtEnd else { return nil }
    daylight = .between(type: summer, start: start, end: end)
  }
}

extension ZoneRules {
  /// A zone of one yearly rule in the form of POSIX TZ: `CET-1CEST,M3.5.0,M10.5.0/3`; nil for
  /// anything else.
  package convenience init?(posix text: String) {
    guard let rule = YearlyRule(text: Array(text.utf8)) else { return nil }
    self.init(starts: [], types: [], first: rule.standard, rule: rule)
  }
}

/// A scan over one rule.
private struct RuleScan {
  let bytes: [UInt8]
  var at = 0

  var isAtEnd: Bool { at == bytes.count }

  func isNext(_ character: Unicode.Scalar) -> Bool {
    at < bytes.count && bytes[at] == UInt8(ascii: character)
  }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard isNext(character) else { return false }
    at += 1
    return true
  }

  /// `CET`, or anything of letters, digits and signs between `<` and `>`.
  mutating func name() -> String? {
    let isQuoted = take("<")
    let start = at
    while at < bytes.count, at - start < 32 {
      let byte = bytes[at]
      let isLetter = (65...90).contains(byte) || (97...122).contains(byte)
      let isMore = (48...57).contains(byte) || byte == 43 || byte == 45
      guard isLetter || (isQuoted && isMore) else { break }
      at += 1
    }
    guard at - start >= 3 else { return nil }
    let name = String(decoding: bytes[start..<at], as: UTF8.self)
    if isQuoted, !take(">") { return nil }
    return name
  }

  /// `[+-]hh[:mm[:ss]]`. **Unit** seconds.
  mutating func time(hours most: Int64) -> Int64? {
    let isNegative = take("-")
    if !isNegative { _ = take("+") }
    guard let hours = number(upTo: most) else { return nil }
    var seconds = hours * 3_600
    if take(":") {
      guard let minutes = number(upTo: 59) else { return nil }
      seconds += minutes * 60
      if take(":") {
        guard let rest = number(upTo: 59) else { return nil }
        seconds += rest
      }
    }
    return isNegative ? -seconds : seconds
  }

  /// `,day[/time]`; without a time it is 02:00.
  mutating func change() -> YearlyRule.Change? {
    guard take(","), let day = day() else { return nil }
    var change = YearlyRule.Change(day: day, time: 7_200)
    if take("/") {
      guard let time = time(hours: 167) else { return nil }
      change.time = time
    }
    return change
  }

  private mutating func day() -> YearlyRule.Day? {
    if take("M") {
      guard let month = number(from: 1, upTo: 12), take("."),
        let week = number(from: 1, upTo: 5), take("."), let weekday = number(upTo: 6)
      else { return nil }
      return .ofMonth(month: month, week: week, weekday: weekday)
    }
    if take("J") { return number(from: 1, upTo: 365).map { .julian($0) } }
    return number(upTo: 365).map { .ofYear($0) }
  }

  /// Up to three digits.
  private mutating func number(from least: Int64 = 0, upTo most: Int64) -> Int64? {
    let start = at
    var number: Int64 = 0
    while at < bytes.count, at - start < 3, (48...57).contains(bytes[at]) {
      number = number * 10 + Int64(bytes[at]) - 48
      at += 1
    }
    return at > start && (least...most).contains(number) ? number : nil
  }
}
