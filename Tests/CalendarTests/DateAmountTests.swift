// SPDX-License-Identifier: Apache-2.0
// Counting with dates.
import Calendar
import Testing

@Suite struct DateAmountTests {
  @Test(arguments: [
    ("2026-11-22T10:00", "90 s", "2026-11-22T10:01:30+01:00"),
    ("2026-11-22T10:00", "-2 h", "2026-11-22T08:00:00+01:00"),
    ("2026-11-22T10:00", "250ms", "2026-11-22T10:00:00.250+01:00"),
    // 24 hours, and a day of the calendar, across both changes of the clocks.
    ("2026-03-28T10:00", "1 d", "2026-03-29T11:00:00+02:00"),
    ("2026-03-28T10:00", "1 day", "2026-03-29T10:00:00+02:00"),
    ("2026-10-26T10:00", "-1 d", "2026-10-25T10:00:00+01:00"),
    ("2026-10-26T10:00", "-2 days", "2026-10-24T10:00:00+02:00"),
    ("2026-10-26T10:00", "-2 d", "2026-10-24T11:00:00+02:00"),
    ("2026-03-28T02:30", "1 day", "2026-03-29T03:30:00+02:00"),
    ("2026-11-22T10:00", "2 weeks", "2026-12-06T10:00:00+01:00"),
    ("2026-01-31T10:00", "1 month", "2026-02-28T10:00:00+01:00"),
    ("2026-01-31T10:00", "+18 months", "2027-07-31T10:00:00+02:00"),
    ("2024-02-29T10:00", "1 year", "2025-02-28T10:00:00+01:00"),
    ("2026-11-22T10:00", "999999999999 years", nil), ("2026-11-22T10:00", "3999999999 years", nil),
    ("2026-11-22T10:00", "-999999999999 d", nil), ("2026-11-22T10:00", "3000000000 days", nil),
  ] as [(String, String, String?)])
  func `an amount is added as its unit says`(
    start: String, amount: String, expected: String?
  ) throws {
    let zone = try ZoneFixture.zone("Europe/Berlin")
    let moment = Moment(milliseconds: try ZoneFixture.moment(start, in: zone))
    #expect(moment.adding(try DateAmount(amount), in: zone)?.iso(in: zone) == expected)
  }

  @Test(arguments: [
    "", "d", "1", "1 fortnight", "1.5 h", "--1 d", "1 d ", "1  d", "9999999999999 s",
  ])
  func `a text that is no amount is refused`(text: String) {
    let error = #expect(throws: CalendarError.self) { try DateAmount(text) }
    #expect(error?.code == .badAmount)
  }

  @Test(arguments: [
    ("2026-03-30", "2026-03-28", DateUnit.day, 2), ("2026-03-30", "2026-03-28", .d, 1),
    ("2026-03-28", "2026-03-30", .day, -2), ("2026-11-22T10:00", "2026-11-21T11:00", .day, 0),
    ("2026-11-22T10:00", "2026-11-21T10:00", .day, 1), ("2026-11-22", "2026-11-08", .week, 2),
    ("2026-11-22", "2026-08-23", .month, 2), ("2026-11-23", "2026-08-23", .month, 3),
    ("2026-03-31", "2026-02-28", .month, 1), ("2026-02-28", "2026-01-31", .month, 1),
    ("2026-11-21", "2000-11-22", .year, 25), ("2026-11-22", "2000-11-22", .year, 26),
    ("2025-02-28", "2024-02-29", .year, 1), ("2026-11-22T10:00", "2026-11-22T08:30", .h, 1),
    ("2026-11-22T10:00", "2026-11-22T10:00", .month, 0),
  ] as [(String, String, DateUnit, Int64)])
  func `a difference counts whole units, towards zero`(
    later: String, earlier: String, unit: DateUnit, expected: Int64
  ) throws {
    let zone = try ZoneFixture.zone("Europe/Berlin")
    let a = Moment(milliseconds: try ZoneFixture.moment(later, in: zone))
    let b = Moment(milliseconds: try ZoneFixture.moment(earlier, in: zone))
    #expect(a.difference(from: b, in: unit, zone: zone) == expected)
    #expect(b.difference(from: a, in: unit, zone: zone) == -expected)
  }

  @Test(arguments: [
    (DateUnit.min, "2026-10-25T02:45:00+02:00"), (.h, "2026-10-25T02:00:00+02:00"),
    (.day, "2026-10-25T00:00:00+02:00"), (.week, "2026-10-19T00:00:00+02:00"),
    (.month, "2026-10-01T00:00:00+02:00"), (.year, "2026-01-01T00:00:00+01:00"),
  ])
  func `a unit begins where the clocks of the zone say`(unit: DateUnit, expected: String) throws {
    let zone = try ZoneFixture.zone("Europe/Berlin")
    let moment = Moment(milliseconds: try ZoneFixture.moment("2026-10-25T02:45:12+02:00"))
    #expect(moment.start(of: unit, in: zone).iso(in: zone) == expected)
  }
}
