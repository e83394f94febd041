// SPDX-License-Identifier: Apache-2.0
// Days of the calendar.
import Calendar
import Testing

@Suite struct CivilDateTests {
  @Test(arguments: [
    ("1970-01-01", 0, 4, 1, "1970-W1"), ("2000-02-29", 11_016, 2, 60, "2000-W9"),
    ("1899-12-31", -25_568, 0, 365, "1899-W52"), ("2026-11-22", 20_779, 0, 326, "2026-W47"),
    ("2021-01-03", 18_630, 0, 3, "2020-W53"), ("2024-12-30", 20_087, 1, 365, "2025-W1"),
  ] as [(String, Int64, Int64, Int64, String)])
  func `a day has its number, weekday, day of the year and week`(
    text: String, number: Int64, weekday: Int64, dayOfYear: Int64, week: String
  ) {
    let date = CivilDate(day: number)
    #expect(date.iso == text)
    #expect(date.number == number)
    #expect(date.weekday == weekday)
    #expect(date.dayOfYear == dayOfYear)
    #expect("\(date.isoWeek.year)-W\(date.isoWeek.week)" == week)
  }

  @Test func `numbers and dates lead back to each other over a thousand years`() {
    var before = CivilDate(day: -200_001)
    for number in Int64(-200_000)...200_000 {
      let date = CivilDate(day: number)
      if date.number != number || date <= before { Issue.record("day \(number) is \(date.iso)") }
      before = date
    }
  }

  @Test(arguments: [
    ("2026-01-31", 1, "2026-02-28"), ("2024-01-31", 1, "2024-02-29"),
    ("2026-01-15", -1, "2025-12-15"), ("2024-02-29", 12, "2025-02-28"),
    ("2026-11-22", 1_200, "2126-11-22"), ("2026-03-31", -13, "2025-02-28"),
  ] as [(String, Int64, String)])
  func `a month later is the same day, or the last one there is`(
    text: String, months: Int64, expected: String
  ) throws {
    let moment = try #require(Moment(text: text, zone: .utc))
    let date = CivilDate(day: moment.day(in: .utc))
    #expect(date.adding(months: months).iso == expected)
  }
}
