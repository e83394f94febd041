// SPDX-License-Identifier: Apache-2.0
// The formatters of dates.

import Calendar
import Pipeline
import Testing
import Values

@Suite struct DateFormatterTests {
  private func apply(
    _ name: String, _ value: JSONValue, _ arguments: [JSONValue]
  ) throws -> Formatters.Outcome {
    let context = FormatterContext(
      zone: try #require(Fixtures.zones("Europe/Berlin")), zones: Fixtures.zones)
    return try Formatters.apply(name, value, arguments, context)
  }

  @Test(arguments: [
    ("date_parse", "2026-11-22", [], "2026-11-21T23:00:00Z"),
    ("date_parse", 1_795_305_600, [], "2026-11-22T00:00:00Z"),
    ("date_parse", "22/11/2026 9:30 pm", ["dd/MM/yyyy h:mm a"], "2026-11-22T20:30:00Z"),
    ("date_parse", "22/11/2026", ["dd/MM/yyyy", "Asia/Kolkata"], "2026-11-21T18:30:00Z"),
    ("date_parse", "2026-11-22", [.null, "+05:30"], "2026-11-21T18:30:00Z"),
    (
      "date_format", "2026-03-05T09:07:00Z", ["EEEE, d MMMM yyyy 'at' HH:mm"],
      "Thursday, 5 March 2026 at 10:07"
    ),
    (
      "date_format", "2026-03-05T09:07:00Z", ["d.M.yy h:mm a z", "Asia/Kolkata"],
      "5.3.26 2:37 PM IST"
    ),
    ("date_add", "2026-03-28T10:00", ["1 d"], "2026-03-29T09:00:00Z"),
    ("date_add", "2026-03-28T10:00", ["1 day"], "2026-03-29T08:00:00Z"),
    ("date_add", "2026-11-22T10:00Z", ["-90 min"], "2026-11-22T08:30:00Z"),
    ("date_add", "2026-01-31", ["1 month"], "2026-02-28"),
    ("date_add", "2026-03-28", ["2 d"], "2026-03-30"),
    ("date_add", "2026-03-28", ["2 h"], "2026-03-28T01:00:00Z"),
    ("date_difference", "2026-03-30", ["2026-03-28"], 2),
    ("date_difference", "2026-03-30", ["2026-03-28", "d"], 1),
    ("date_difference", "2026-11-22T10:00Z", ["2026-11-22T12:30Z", "min"], -150),
    ("date_difference", "2026-11-22", ["2000-11-23", "years"], 25),
    ("in_time_zone", "2026-11-22T15:04:05Z", ["Asia/Kolkata"], "2026-11-22T20:34:05+05:30"),
    ("in_time_zone", "2026-07-01T12:00", ["+00:00"], "2026-07-01T10:00:00Z"),
  ] as [(String, JSONValue, [JSONValue], JSONValue)])
  func `a date is read, written and counted with`(
    name: String, value: JSONValue, arguments: [JSONValue], expected: JSONValue
  ) throws {
    #expect(try apply(name, value, arguments) == .value(expected))
  }

  @Test(arguments: [
    ("9999-12-31", "1 d", false), ("9999-12-30", "1 d", true), ("9999-12-31T12:00Z", "13 h", false),
    ("2026-11-22T10:00Z", "9999999 d", false), ("0001-01-01", "-1 day", false),
    ("0001-01-02T00:00Z", "-1 d", true),
  ])
  func `an amount leads to no date that could not be read again`(
    date: String, amount: String, isThere: Bool
  ) throws {
    let outcome = try apply("date_add", .text(date), [.text(amount)])
    if case .value(let later) = outcome {
      #expect(isThere, "\(later)")
    } else {
      #expect(!isThere, "\(outcome)")
    }
  }

  @Test(arguments: [
    ("date_parse", "soon", [], "the value is no date"), ("date_parse", ["a"], [], "no date"),
    ("date_parse", "2026-11-22", ["dd/MM/yyyy"], "no date in this pattern"),
    ("date_parse", "2026", ["MM"], "add yyyy"), ("date_format", true, ["yyyy"], "no date"),
    ("date_format", "2026-11-22", ["DD"], "dd"), ("date_add", "2026-11-22", ["soon"], "amount"),
    ("date_add", "2026-11-22", ["999999999999 days"], "beyond"),
    ("date_add", "2026-11-22T10:00", ["999999999999 h"], "beyond"),
    ("date_difference", "2026-11-22", ["x"], "argument 1"),
    ("date_difference", "2026-11-22", ["2026-11-22", "moon"], "argument 2"),
    ("in_time_zone", "2026-11-22", ["Mars/Olympus"], "no time zone"),
    ("date_format", "2026-11-22", ["yyyy", "../etc"], "argument 2 is no time zone"),
  ] as [(String, JSONValue, [JSONValue], String)])
  func `what is no date gives nothing and says why`(
    name: String, value: JSONValue, arguments: [JSONValue], part: String
  ) throws {
    guard case .nothing(let reason) = try apply(name, value, arguments) else {
      Issue.record("\(name) of \(value.json) gave a value")
      return
    }
    #expect(reason.contains(part), "\(reason)")
  }
}
