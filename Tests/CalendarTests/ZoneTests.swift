// SPDX-License-Identifier: Apache-2.0
// Offsets of zones, and the moments of local times.
import Calendar
import Testing

@Suite struct ZoneTests {
  @Test func `offsets and local times of 1900 to 2100 are those of Python`() throws {
    var zones: [String: Zone] = [:]
    var counts = ["offset": 0, "one": 0, "gap": 0, "fold": 0]
    for line in try ZoneFixture.reference("zones.py") {
      let parts = line.split(separator: " ").map(String.init)
      let zone = try zones[parts[1]] ?? ZoneFixture.zone(parts[1])
      zones[parts[1]] = zone
      let second = try #require(Int64(parts[2]))
      let found: String
      if parts[0] == "offset" {
        counts["offset", default: 0] += 1
        found = "\(zone.offset(at: second * 1_000)) \(zone.abbreviation(at: second * 1_000))"
        #expect(found == parts[3...].joined(separator: " "), "\(line)")
        continue
      }
      counts[parts[3], default: 0] += 1
      switch zone.instants(local: second * 1_000) {
      case .one(let at): found = "one \(at / 1_000) \(at / 1_000)"
      // Python's second answer is the moment before the gap, which nothing here wants.
      case .gap(let moved): found = "gap \(moved / 1_000) \(parts[5])"
      case .fold(let first, let second): found = "fold \(first / 1_000) \(second / 1_000)"
      }
      #expect(found == parts[3...].joined(separator: " "), "\(line)")
    }
    #expect(counts.values.allSatisfy { $0 >= 400 }, "\(counts)")
  }

  @Test(arguments: [
    // Put forward: a time that is never shown moves forward by the length of the gap.
    ("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T03:30:00+02:00"),
    ("America/New_York", "2026-03-08T02:00", "2026-03-08T03:00:00-04:00"),
    ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-04T02:45:00+11:00"),
    ("Africa/Casablanca", "2026-03-22T02:30", "2026-03-22T03:30:00+01:00"),
    // A day that a whole country left out.
    ("Pacific/Apia", "2011-12-30T12:00", "2011-12-31T12:00:00+14:00"),
    // Put back: a time that is shown twice is the first.
    ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T02:30:00+02:00"),
    ("America/New_York", "2026-11-01T01:59:59.999", "2026-11-01T01:59:59.999-04:00"),
    ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-05T01:45:00+11:00"),
    ("Africa/Casablanca", "2026-02-15T02:00", "2026-02-15T02:00:00+01:00"),
    ("Africa/Casablanca", "2026-02-15T03:00", "2026-02-15T03:00:00Z"),
    // A date without a time is 00:00, or when the day begins there.
    ("America/Sao_Paulo", "2018-11-04", "2018-11-04T01:00:00-02:00"),
    ("Asia/Kolkata", "2026-11-22", "2026-11-22T00:00:00+05:30"),
    // After the table, by the yearly rule.
    ("Europe/Berlin", "2500-07-01T12:00", "2500-07-01T12:00:00+02:00"),
    ("Australia/Lord_Howe", "4000-01-01T12:00", "4000-01-01T12:00:00+11:00"),
    ("America/New_York", "9999-12-31T12:00", "9999-12-31T12:00:00-05:00"),
    ("Africa/Casablanca", "2300-06-01T12:00", "2300-06-01T12:00:00+01:00"),
  ])
  func `a time in a document is one moment`(
    name: String, local: String, expected: String
  ) throws {
    let zone = try ZoneFixture.zone(name)
    #expect(Moment(text: local, zone: zone)?.iso(in: zone) == expected)
  }

  @Test func `a year of changes is walked by its periods`() throws {
    let zone = try ZoneFixture.zone("Europe/Dublin")
    let start = try ZoneFixture.moment("2060-01-01") / 1_000
    let winter = zone.period(at: start)
    let summer = zone.period(at: try #require(winter.end))
    #expect(winter.abbreviation == "GMT" && winter.isDaylight, "Ireland calls its winter so")
    #expect(summer.abbreviation == "IST" && !summer.isDaylight)
    #expect(summer.start == winter.end)
    #expect(summer.end == (try ZoneFixture.moment("2060-10-31T01:00Z")) / 1_000)
  }

  @Test(arguments: [
    ("UTC", 0), ("Z", 0), ("Etc/UTC", 0), ("+05:30", 19_800), ("-0300", -10_800), ("+05", 18_000),
    ("+5", nil), ("+19:00", nil), ("+05:60", nil), ("05:30", nil), ("+5:030", nil), ("", nil),
    ("+", nil), ("+05:3", nil), ("Europe/Berlin", nil), ("+ 5:3", nil),
  ] as [(String, Int64?)])
  func `an offset is a zone`(name: String, seconds: Int64?) {
    #expect(Zone(fixed: name)?.fixedOffset == seconds)
  }

  @Test func `moments at the ends of the numbers have an offset`() throws {
    let zone = try ZoneFixture.zone("Europe/Berlin")
    for at in [Int64.min, .min + 1, -Int64(Moment.limit), Int64(Moment.limit), .max - 1, .max] {
      #expect((3_000...7_200).contains(zone.offset(at: at)), "\(at)")
      _ = zone.instants(local: at)
      _ = Moment(milliseconds: at).iso(in: zone)
    }
  }
}
