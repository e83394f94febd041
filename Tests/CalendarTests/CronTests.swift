// SPDX-License-Identifier: Apache-2.0
// When cron lines are due.
import Calendar
import Testing

@Suite struct CronTests {
  /// The next due times after a local time, as the clocks show them.
  private func due(
    _ line: String, after start: String, in name: String = "UTC", count: Int = 3
  ) throws -> [String] {
    let zone = try ZoneFixture.zone(name)
    let cron = try Cron.parse(line)
    var at = try ZoneFixture.moment(start, in: zone)
    var found: [String] = []
    while found.count < count, let next = cron.next(after: at, zone: zone) {
      #expect(cron.previous(atOrBefore: next, zone: zone) == next, "\(line)")
      if !found.isEmpty { #expect(cron.previous(atOrBefore: next - 1, zone: zone) == at) }
      found.append(Moment(milliseconds: next).iso(in: zone))
      at = next
    }
    return found
  }

  @Test(arguments: [
    ("* * * * *", "2026-11-22T10:00:30Z", ["2026-11-22T10:01:00Z", "2026-11-22T10:02:00Z"]),
    ("0 9 * * MON-FRI", "2026-11-20T09:00Z", ["2026-11-23T09:00:00Z", "2026-11-24T09:00:00Z"]),
    ("0 9 * * 7", "2026-11-22T09:00Z", ["2026-11-29T09:00:00Z", "2026-12-06T09:00:00Z"]),
    ("0 9 * * 7/2", "2026-11-22T09:00Z", ["2026-11-24T09:00:00Z", "2026-11-26T09:00:00Z"]),
    ("0 9 * * FRI-SUN", "2026-11-20T09:00Z", ["2026-11-21T09:00:00Z", "2026-11-22T09:00:00Z"]),
    ("*/20 8-9 ? jan,Jul ?", "2026-11-22", ["2027-01-01T08:00:00Z", "2027-01-01T08:20:00Z"]),
    ("5/25 0 1 1 *", "2026-06-01", ["2027-01-01T00:05:00Z", "2027-01-01T00:30:00Z"]),
    ("0 0 29 2 *", "2096-03-01", ["2104-02-29T00:00:00Z", "2108-02-29T00:00:00Z"]),
    ("@hourly", "2026-11-22T10:00Z", ["2026-11-22T11:00:00Z", "2026-11-22T12:00:00Z"]),
    ("@daily", "2026-11-22T00:00Z", ["2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z"]),
    ("@weekly", "2026-11-22T00:00Z", ["2026-11-29T00:00:00Z", "2026-12-06T00:00:00Z"]),
    ("@monthly", "2026-11-22", ["2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"]),
    (" @Yearly ", "2026-11-22", ["2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z"]),
  ])
  func `a line is due at the minutes it names`(
    line: String, start: String, expected: [String]
  ) throws {
    #expect(try due(line, after: start, count: 2) == expected)
  }

  @Test(arguments: [
    // Neither begins with a star: either is enough.
    ("0 0 13 * FRI", ["2026-11-13", "2026-11-20", "2026-11-27"]),
    ("0 0 1-2 * 0", ["2026-11-15", "2026-11-22", "2026-11-29"]),
    // One begins with a star, steps included: both are needed.
    ("0 0 13 * *", ["2026-11-13", "2026-12-13", "2027-01-13"]),
    ("0 0 * * FRI", ["2026-11-13", "2026-11-20", "2026-11-27"]),
    ("0 0 */2 * FRI", ["2026-11-13", "2026-11-27", "2026-12-11"]),
    ("0 0 13 * */5", ["2026-11-13", "2026-12-13", "2027-06-13"]),
  ])
  func `both day fields count as in Vixie's cron`(line: String, days: [String]) throws {
    let found = try due(line, after: "2026-11-12")
    #expect(found.map { String($0.prefix(10)) } == days)
  }

  @Test(arguments: [
    // Put forward: a time of the day that is left out is due when the clocks are put forward.
    (
      "30 2 * * *", "Europe/Berlin", "2026-03-28T12:00",
      ["2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00", "2026-03-31T02:30:00+02:00"]
    ),
    // Once for all the times that are left out, and for one that is at that moment itself.
    (
      "*/15 2,3 * * *", "America/New_York", "2026-03-08T01:00",
      ["2026-03-08T03:00:00-04:00", "2026-03-08T03:15:00-04:00", "2026-03-08T03:30:00-04:00"]
    ),
    (
      "15 2 * * *", "Australia/Lord_Howe", "2026-10-03T12:00",
      ["2026-10-04T02:30:00+11:00", "2026-10-05T02:15:00+11:00", "2026-10-06T02:15:00+11:00"]
    ),
    (
      "0 2 * * *", "Africa/Casablanca", "2026-03-21T12:00",
      ["2026-03-22T03:00:00+01:00", "2026-03-23T02:00:00+01:00", "2026-03-24T02:00:00+01:00"]
    ),
    // Put back: a time of the day that is shown twice is due at the first.
    (
      "30 2 * * *", "Europe/Berlin", "2026-10-24T12:00",
      ["2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00", "2026-10-27T02:30:00+01:00"]
    ),
    (
      "30,45 1 * * *", "Australia/Lord_Howe", "2026-04-05T00:00",
      ["2026-04-05T01:30:00+11:00", "2026-04-05T01:45:00+11:00", "2026-04-06T01:30:00+10:30"]
    ),
    (
      "30 2 * * *", "Africa/Casablanca", "2026-02-14T12:00",
      ["2026-02-15T02:30:00+01:00", "2026-02-16T02:30:00Z", "2026-02-17T02:30:00Z"]
    ),
    // A line of every hour follows the clock: every 30 minutes that pass.
    (
      "*/30 * * * *", "Europe/Berlin", "2026-03-29T01:00",
      ["2026-03-29T01:30:00+01:00", "2026-03-29T03:00:00+02:00", "2026-03-29T03:30:00+02:00"]
    ),
    (
      "*/30 * * * *", "America/New_York", "2026-11-01T01:00",
      ["2026-11-01T01:30:00-04:00", "2026-11-01T01:00:00-05:00", "2026-11-01T01:30:00-05:00"]
    ),
    // And so does one of every second hour: an hour that is left out is not made up for.
    (
      "0 */2 * * *", "Europe/Berlin", "2026-03-29T00:00",
      ["2026-03-29T04:00:00+02:00", "2026-03-29T06:00:00+02:00", "2026-03-29T08:00:00+02:00"]
    ),
    // A day that is left out.
    (
      "0 9 30 12 *", "Pacific/Apia", "2011-12-01T00:00",
      ["2011-12-31T00:00:00+14:00", "2012-12-30T09:00:00+14:00", "2013-12-30T09:00:00+14:00"]
    ),
  ])
  func `a change of the clocks neither loses nor doubles a time of the day`(
    line: String, zone: String, start: String, expected: [String]
  ) throws {
    #expect(try due(line, after: start, in: zone) == expected)
  }

  @Test(arguments: [
    ("0 0 31 2 *", true), ("0 0 30,31 2 *", true), ("0 0 31 2,4,6,9,11 *", true),
    ("0 0 29 2 *", false), ("0 0 31 2 MON", false), ("0 0 31 * *", false),
    ("0 0 31 2-3 *", false),
  ])
  func `a line that never comes is found out`(line: String, never: Bool) throws {
    let cron = try Cron.parse(line)
    #expect(cron.neverComes == never)
    for name in ["UTC", "Europe/Berlin"] {
      let zone = try ZoneFixture.zone(name)
      let now = try ZoneFixture.moment("2026-11-22")
      #expect((cron.next(after: now, zone: zone) == nil) == never)
      #expect((cron.previous(atOrBefore: now, zone: zone) == nil) == never)
    }
  }

  @Test(arguments: [
    (
      "61 * * * *",
      "the minute of a cron line is \"61\": \"61\" is not allowed there; allowed are 0 to 59"
    ),
    ("0 24 * * *", "the hour"), ("0 0 0 * *", "1 to 31"), ("0 0 32 * *", "the day"),
    ("0 0 1 13 *", "1 to 12, JAN to DEC"), ("0 0 1 JANUARY *", "\"JANUARY\" is not allowed"),
    ("0 0 * * 8", "0 to 7"), ("0 0 * * MONDAY", "SUN to SAT"), ("* * * *", "has 4 fields"),
    ("0 0 0 * * *", "there is no field for seconds"), ("", "has 0 fields"),
    ("0 22-5 * * *", "write 22-23,0-5"), ("*/0 * * * *", "from 1 to 60"),
    ("*/61 * * * *", "the step \"61\""), ("*/ * * * *", "the step"), ("1, * * * *", "\"\""),
    ("-1 * * * *", "\"\" is not allowed"), ("1-2-3 * * * *", "\"2-3\""), ("* * L * *", "\"L\""),
    ("* * * * 5#3", "\"5#3\""), ("@reboot", "known are @annually"), ("@", "no cron macro"),
    ("**/2 * * * *", "\"**\""), ("٣ * * * *", "the minute"), ("0 0 ? * *x", "\"*x\""),
  ])
  func `a line that is none is refused with the field and what is allowed`(
    line: String, part: String
  ) {
    let error = #expect(throws: CalendarError.self) { try Cron.parse(line) }
    #expect(error?.code == .badCron)
    #expect(error?.message.contains(part) ?? false, "\(error?.message ?? "")")
  }

  @Test func `no text takes long or ends the program`() throws {
    var numbers = SeededNumbers()
    let letters = Array("0123456789012345678*?*/,- @#LJ")
    let zone = try ZoneFixture.zone("Africa/Casablanca")
    var read = 0
    for _ in 0..<20_000 {
      let fields = (0..<5).map { _ in
        let count = Int.random(in: 1...4, using: &numbers)
        return String((0..<count).map { _ in letters.randomElement(using: &numbers) ?? "*" })
      }
      let line = fields.joined(separator: " ")
      guard let cron = try? Cron.parse(line) else { continue }
      read += 1
      _ = cron.next(after: 1_800_000_000_000, zone: zone)
      _ = cron.previous(atOrBefore: 1_800_000_000_000, zone: zone)
    }
    #expect(read > 10, "too few of the texts were lines")
    #expect(throws: CalendarError.self) {
      try Cron.parse(String(repeating: "1,", count: 500_000) + "1 * * * *")
    }
    let cron = try Cron.parse("* * * * *")
    #expect(cron.next(after: .max, zone: zone) == nil)
    #expect(cron.previous(atOrBefore: .min, zone: zone) == nil)
  }
}
