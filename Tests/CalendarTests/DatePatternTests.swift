// SPDX-License-Identifier: Apache-2.0
// Dates written and read by patterns.
import Calendar
import Testing

@Suite struct DatePatternTests {
  @Test(arguments: [
    ("yyyy-MM-dd HH:mm:ss", "2026-03-05 09:07:02"), ("d/M/yy", "5/3/26"),
    ("EEEE, d MMMM y", "Thursday, 5 March 2026"), ("E d MMM", "Thu 5 Mar"),
    ("h:mm a", "9:07 AM"), ("hh:m:s.SSS", "09:7:2.045"), ("H", "9"), ("S SS", "0 04"),
    ("Z XXX XX X z", "+0100 +01:00 +0100 +01 CET"), ("D DDD", "64 064"),
    ("YYYY-'W'ww", "2026-W10"), ("'at' HH 'o''clock' ''yy''", "at 09 o'clock '26'"),
    ("yyyyMMdd'T'HHmmss", "20260305T090702"), ("", ""), ("→ d.", "→ 5."), ("dd. 'día'", "05. día"),
  ])
  func `a moment is written as its pattern says`(pattern: String, expected: String) throws {
    let zone = try ZoneFixture.zone("Europe/Berlin")
    let moment = Moment(
      milliseconds: try ZoneFixture.moment("2026-03-05T09:07:02.045", in: zone))
    #expect(try DatePattern(pattern).text(of: moment, in: zone) == expected)
  }

  @Test(arguments: [
    ("2026-03-05T00:30:00Z", "h:mm a", "12:30 AM"), ("2026-03-05T12:30:00Z", "h:mm a", "12:30 PM"),
    ("2026-03-05T23:59:59Z", "K", nil), ("2026-07-01T00:00:00Z", "XXX X Z", "Z Z +0000"),
    ("2021-01-03T00:00:00Z", "YYYY w E", "2020 53 Sun"), ("0999-01-01", "y yyyy yy", "999 0999 99"),
  ] as [(String, String, String?)])
  func `the edges of clock and calendar are written right`(
    at: String, pattern: String, expected: String?
  ) throws {
    let moment = Moment(milliseconds: try ZoneFixture.moment(at))
    #expect((try? DatePattern(pattern))?.text(of: moment, in: .utc) == expected)
  }

  @Test(arguments: [
    ("dd/MM/yyyy", "05/03/2026", "2026-03-05T00:00:00+01:00"),
    ("d/M/yy", "5/3/26", "2026-03-05T00:00:00+01:00"),
    ("d/M/yy", "05/12/70", "1970-12-05T00:00:00+01:00"),
    ("MMM d, yyyy h:mm a", "mar 5, 2026 9:07 pm", "2026-03-05T21:07:00+01:00"),
    ("d MMMM yyyy", "  5   MARCH 2026 ", "2026-03-05T00:00:00+01:00"),
    ("E, dd MMM yyyy HH:mm:ss Z", "Thu, 05 Mar 2026 09:07:02 -0500", "2026-03-05T15:07:02+01:00"),
    ("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "2026-03-05T09:07:02.045Z", "2026-03-05T10:07:02.045+01:00"),
    ("yyyyMMdd HHmm", "20260305 0907", "2026-03-05T09:07:00+01:00"),
    ("yyyy", "2026", "2026-01-01T00:00:00+01:00"),
    ("yyyy-MM", "2026-07", "2026-07-01T00:00:00+02:00"),
    // A time the clocks are put forward over, and one they show twice.
    ("yyyy-MM-dd H:mm", "2026-03-29 2:30", "2026-03-29T03:30:00+02:00"),
    ("yyyy-MM-dd H:mm", "2026-10-25 2:30", "2026-10-25T02:30:00+02:00"),
    ("h a, yyyy-MM-dd", "12 AM, 2026-03-05", "2026-03-05T00:00:00+01:00"),
    ("H a, yyyy-MM-dd", "15 PM, 2026-03-05", "2026-03-05T15:00:00+01:00"),
    ("H a, yyyy-MM-dd", "0 AM, 2026-03-05", "2026-03-05T00:00:00+01:00"),
    ("H a, yyyy-MM-dd", "15 AM, 2026-03-05", nil),
    ("yyyy-MM-dd s.S", "2026-03-05 7.25", "2026-03-05T00:00:07.250+01:00"),
    // Days that do not exist, and texts that do not follow.
    ("dd/MM/yyyy", "30/02/2026", nil), ("dd/MM/yyyy", "5/3/2026", nil), ("dd/MM/yyyy", "", nil),
    ("dd/MM/yyyy", "05/03/2026 x", nil), ("d/M/yyyy", "5/13/2026", nil), ("H yyyy", "24 2026", nil),
    ("E dd MMM yyyy", "Fri 05 Mar 2026", nil), ("MMM yyyy", "Mrz 2026", nil),
    ("h a yyyy", "13 PM 2026", nil), ("yyyy Z", "2026 +2500", nil), ("yyyy", "２０２６", nil),
  ] as [(String, String, String?)])
  func `a text is read as its pattern says`(
    pattern: String, text: String, expected: String?
  ) throws {
    let zone = try ZoneFixture.zone("Europe/Berlin")
    #expect(try DatePattern(pattern).moment(of: text, zone: zone)?.iso(in: zone) == expected)
  }

  @Test(arguments: [
    ("DD/MM/yyyy", "the day of the month is dd"), ("yyyy-MM-DD", "dd"),
    ("YYYY-MM-dd", "write yyyy"), ("yyyy-mm-ddThh", "\"T\""), ("MMMMM", "MMMM"), ("b", "\"b\""),
    ("'unclosed", "add a '"), ("it''s", "\"i\""), ("yyy", "y or yy or yyyy"), ("nn", "\"n\""),
  ])
  func `a pattern that is none is refused with what was meant`(pattern: String, part: String) {
    let error = #expect(throws: CalendarError.self) { try DatePattern(pattern) }
    #expect(error?.code == .badPattern)
    #expect(error?.message.contains(part) ?? false, "\(error?.message ?? "")")
  }

  @Test(arguments: [("MM-dd", "year"), ("h:mm yyyy", "AM or PM"), ("yyyy z", "\"z\"")])
  func `a pattern that reads nothing says why`(pattern: String, part: String) throws {
    let pattern = try DatePattern(pattern)
    #expect(pattern.readingProblem?.contains(part) ?? false)
    #expect(pattern.moment(of: "2026", zone: .utc) == nil)
  }

  @Test func `what is written is read again`() throws {
    var numbers = SeededNumbers()
    let zone = try ZoneFixture.zone("America/New_York")
    let patterns = try [
      "yyyy-MM-dd HH:mm:ss.SSS XXX", "EEEE d MMMM yyyy h:mm:ss.SSS a Z", "yyyyMMddHHmmssSSSXX",
    ].map { try DatePattern($0) }
    for _ in 0..<500 {
      let moment = Moment(
        milliseconds: .random(in: -2_000_000_000_000...30_000_000_000_000, using: &numbers))
      for pattern in patterns where moment.milliseconds > 0 {
        let text = pattern.text(of: moment, in: zone)
        #expect(pattern.moment(of: text, zone: .utc) == moment, "\(text)")
      }
    }
  }

  @Test func `no text ends the program`() throws {
    var numbers = SeededNumbers()
    let letters = Array("yMdEHhmsSaZXzDwY'-/: 0159APZ+Tü")
    for _ in 0..<5_000 {
      let texts = (0..<2).map { _ in
        String((0..<Int.random(in: 0...20, using: &numbers)).map { _ in
          letters.randomElement(using: &numbers) ?? "y"
        })
      }
      guard let pattern = try? DatePattern(texts[0]) else { continue }
      _ = pattern.moment(of: texts[1], zone: .utc)
      _ = pattern.text(of: Moment(milliseconds: .random(in: .min ... .max)), in: .utc)
    }
  }
}
