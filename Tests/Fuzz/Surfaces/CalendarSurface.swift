// SPDX-License-Identifier: Apache-2.0
// Cron lines, date patterns, dates, amounts and zone files.
import Calendar

extension Surface {
  /// **Shape** of an input: a line `cron …`, `pattern …`, `date`, `amount`, `zone …` or `tzif`, and
  /// what it is about: for a pattern and a date the text, for a zone file its bytes.
  static let calendar = Surface(
    name: "calendar",
    summary: "what is due comes after and is due; what a pattern writes it reads; zones round-trip",
    mostBytes: 1_024,
    words: [
      "cron ", "pattern ", "date\n", "amount\n", "zone ", "tzif\n", "*/5 ", "@daily", "mon-fri",
      "yyyy-MM-dd", "HH:mm:ss.SSS", "EEE, d MMM", "XXX", "'T'", "2026-11-22T10:00:00Z", "+05:30",
      "CET-1CEST,M3.5.0,M10.5.0/3", ",J60", "TZif2", " weeks", "-1 d",
    ],
    examine: { (input) throws(BrokenProperty) in
      let (line, rest) = split(input)
      let words = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
      let argument = words.count > 1 ? String(words[1]) : ""
      let text = String(decoding: rest, as: UTF8.self)
      switch words.first {
      case "cron": try examineCron(argument)
      case "pattern": try examinePattern(argument, text)
      case "date": examineDate(text)
      case "amount": examineAmount(text)
      case "zone": try ZoneRules(posix: argument).map(examineZone)
      case "tzif": try (try? ZoneRules(tzif: Array(rest))).map(examineZone)
      default: break
      }
    })

  /// Around a summer time that begins, one that ends, a leap day, and the epoch.
  private static let moments: [Int64] = [
    0, 1_711_846_800_000, 1_729_990_800_000, 1_709_164_800_000, 4_102_444_800_000, -86_400_000,
  ]

  private static func examineCron(_ text: String) throws(BrokenProperty) {
    guard let cron = try? Cron.parse(text) else { return }
    for zone in [Zone.utc, FuzzWorld.zones("Europe/Berlin") ?? .utc] {
      for moment in moments {
        guard let next = cron.next(after: moment, zone: zone) else {
          try require(cron.neverComes, "a line comes or says that it never does")
          continue
        }
        try require(!cron.neverComes && next > moment, "the next time is later")
        try require(cron.next(after: next - 1, zone: zone) == next, "what is due is due")
        try require(cron.previous(atOrBefore: next, zone: zone) == next, "both ways alike")
        let before = cron.previous(atOrBefore: next - 1, zone: zone)
        try require(before.map { $0 <= moment } ?? true, "nothing lies between")
      }
    }
  }

  private static func examinePattern(_ source: String, _ text: String) throws(BrokenProperty) {
    guard let pattern = try? DatePattern(source) else { return }
    for moment in moments { _ = pattern.text(of: Moment(milliseconds: moment), in: .utc) }
    guard let moment = pattern.moment(of: text, zone: .utc), isSeparated(source) else { return }
    let written = pattern.text(of: moment, in: .utc)
    // Perhaps another moment, where the pattern leaves the hour out and the text names a zone.
    let again = pattern.moment(of: written, zone: .utc).map { pattern.text(of: $0, in: .utc) }
    try require(again == written, "\"\(written)\" is read as it was meant")
  }

  /// Whether no two fields touch, nor a field and digits: `dy` of 6 and 641 are one text.
  private static func isSeparated(_ pattern: String) -> Bool {
    let scalars = Array(pattern.unicodeScalars)
    let touch = zip(scalars, scalars.dropFirst()).contains { one, next in
      one != next && one.properties.isAlphabetic && next.properties.isAlphabetic
    }
    return !touch && !scalars.contains { $0 == "'" || $0.properties.numericType != nil }
  }

  private static func examineDate(_ text: String) {
    guard let moment = Moment(text: text, zone: FuzzWorld.zones("Europe/Berlin") ?? .utc) else {
      return
    }
    _ = moment.start(of: .month, in: .utc)
    _ = moment.difference(from: Moment(milliseconds: 0), in: .month, zone: .utc)
  }

  private static func examineAmount(_ text: String) {
    guard let amount = try? DateAmount(text) else { return }
    for moment in moments {
      _ = Moment(milliseconds: moment).adding(amount, in: FuzzWorld.zones("Europe/Berlin") ?? .utc)
    }
  }

  private static func examineZone(_ rules: ZoneRules) throws(BrokenProperty) {
    let zone = Zone(name: "Fuzz/Zone", rules: rules)
    for moment in moments {
      let period = zone.period(at: moment / 1_000)
      try require(period.start.map { $0 <= moment / 1_000 } ?? true, "a period holds its moment")
      try require(period.end.map { $0 > moment / 1_000 } ?? true, "a period ends after its moment")
      _ = zone.instants(local: zone.local(at: moment))
    }
  }
}
