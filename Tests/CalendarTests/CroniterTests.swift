// SPDX-License-Identifier: Apache-2.0
// 2,000 lines against croniter.
import Calendar
import Testing

@Suite struct CroniterTests {
  /// Why croniter answers otherwise.
  enum Reason: Sendable {
    /// It fires a time of the day twice where the clocks show it twice; once is right (cron(8)).
    case firesTwiceInFold
    /// It makes up for an hour of `*/n` that the clocks are put forward over; such a line follows
    /// the clock (cron(8): "wildcard jobs").
    case makesUpInGap
  }

  /// A line, its zone and start, and the two due times that are right.
  struct Difference: Sendable {
    let line: String
    let zone: String
    let start: String
    let first: String
    let second: String
    let reason: Reason
  }

  static let differences: [Difference] = [
    Difference(
      line: "30 1 * * *", zone: "Australia/Lord_Howe", start: "2028-04-02T00:02:51+11:00",
      first: "2028-04-02T01:30:00+11:00", second: "2028-04-03T01:30:00+10:30",
      reason: .firesTwiceInFold),
    Difference(
      line: "3 0-4/2 * * *", zone: "Africa/Casablanca", start: "2022-03-27T01:53:38+01:00",
      first: "2022-03-27T02:03:00+01:00", second: "2022-03-27T04:03:00Z",
      reason: .firesTwiceInFold),
    Difference(
      line: "25 2-4 * * *", zone: "Europe/Berlin", start: "2025-10-25T23:30:31+02:00",
      first: "2025-10-26T02:25:00+02:00", second: "2025-10-26T03:25:00+01:00",
      reason: .firesTwiceInFold),
    Difference(
      line: "55 2 * * *", zone: "Africa/Casablanca", start: "2033-11-20T00:57:51+01:00",
      first: "2033-11-20T02:55:00+01:00", second: "2033-11-21T02:55:00Z",
      reason: .firesTwiceInFold),
    Difference(
      line: "57 2,3 * * *", zone: "Africa/Casablanca", start: "2029-12-30T01:17:50+01:00",
      first: "2029-12-30T02:57:00+01:00", second: "2029-12-30T03:57:00Z",
      reason: .firesTwiceInFold),
    Difference(
      line: "54 1 * * *", zone: "Australia/Lord_Howe", start: "2028-04-01T22:57:34+11:00",
      first: "2028-04-02T01:54:00+11:00", second: "2028-04-03T01:54:00+10:30",
      reason: .firesTwiceInFold),
    Difference(
      line: "43 2,3 * * *", zone: "Africa/Casablanca", start: "2022-03-26T23:19:00+01:00",
      first: "2022-03-27T02:43:00+01:00", second: "2022-03-27T03:43:00Z",
      reason: .firesTwiceInFold),
    Difference(
      line: "12 2,3 * * *", zone: "Africa/Casablanca", start: "2029-01-14T00:35:10+01:00",
      first: "2029-01-14T02:12:00+01:00", second: "2029-01-14T03:12:00Z",
      reason: .firesTwiceInFold),
    Difference(
      line: "34 1 * * *", zone: "America/New_York", start: "2029-11-03T22:32:20-04:00",
      first: "2029-11-04T01:34:00-04:00", second: "2029-11-05T01:34:00-05:00",
      reason: .firesTwiceInFold),
    Difference(
      line: "38 1-3 * * *", zone: "America/New_York", start: "2028-11-05T00:51:02-04:00",
      first: "2028-11-05T01:38:00-04:00", second: "2028-11-05T02:38:00-05:00",
      reason: .firesTwiceInFold),
    Difference(
      line: "17 */2 * * *", zone: "Europe/Berlin", start: "2036-03-30T00:51:54+01:00",
      first: "2036-03-30T04:17:00+02:00", second: "2036-03-30T06:17:00+02:00",
      reason: .makesUpInGap),
    Difference(
      line: "16 2-4 * * *", zone: "Africa/Casablanca", start: "2031-12-13T23:09:25+01:00",
      first: "2031-12-14T02:16:00+01:00", second: "2031-12-14T03:16:00Z",
      reason: .firesTwiceInFold),
    Difference(
      line: "5 1-3 * * *", zone: "Europe/Berlin", start: "2029-10-28T01:07:10+02:00",
      first: "2029-10-28T02:05:00+02:00", second: "2029-10-28T03:05:00+01:00",
      reason: .firesTwiceInFold),
    Difference(
      line: "5 */2 * * *", zone: "Australia/Lord_Howe", start: "2034-09-30T22:44:51+10:30",
      first: "2034-10-01T00:05:00+10:30", second: "2034-10-01T04:05:00+11:00",
      reason: .makesUpInGap),
  ]

  @Test func `two due times of 2,000 lines are croniter's, but for those that are listed`() throws {
    var zones: [String: Zone] = [:]
    var open = Self.differences
    var count = 0
    for row in try ZoneFixture.reference("cron.py") {
      let parts = row.split(separator: "\t").map(String.init)
      let zone = try zones[parts[1]] ?? ZoneFixture.zone(parts[1])
      zones[parts[1]] = zone
      let cron = try Cron.parse(parts[0])
      let start = try #require(Int64(parts[2])) * 1_000
      let first = try #require(cron.next(after: start, zone: zone), "\(row)")
      let second = try #require(cron.next(after: first, zone: zone), "\(row)")
      count += 1
      if [first, second].map({ "\($0 / 1_000)" }) == Array(parts[3...]) { continue }
      let shown = [start, first, second].map { Moment(milliseconds: $0).iso(in: zone) }
      let index = open.firstIndex {
        $0.line == parts[0] && $0.zone == parts[1] && [$0.start, $0.first, $0.second] == shown
      }
      if let index {
        open.remove(at: index)
      } else {
        Issue.record("\(parts[0]) in \(parts[1]) after \(shown): croniter says \(parts[3...])")
      }
    }
    #expect(count == 2_000)
    #expect(open.isEmpty, "listed, and not found: \(open.map(\.line))")
  }
}
