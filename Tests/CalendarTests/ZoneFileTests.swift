// SPDX-License-Identifier: Apache-2.0
// Zone files that are damaged, and yearly rules that are none.
import Calendar
import Testing

@Suite struct ZoneFileTests {
  @Test func `a zone file that is cut anywhere is refused or a zone`() throws {
    for name in ["Europe/Berlin", "Africa/Casablanca", "Etc/GMT+12"] {
      let bytes = try ZoneFixture.bytes(name)
      for count in 0..<bytes.count { try look(at: Array(bytes.prefix(count))) }
      // Only a whole file has its yearly rule.
      #expect(throws: CalendarError.self) { try ZoneRules(tzif: Array(bytes.dropLast())) }
    }
  }

  @Test func `a zone file with wrong bytes is refused or a zone`() throws {
    var numbers = SeededNumbers()
    let bytes = try ZoneFixture.bytes("Europe/Berlin")
    for _ in 0..<3_000 {
      var damaged = bytes
      for _ in 0..<Int.random(in: 1...4, using: &numbers) {
        let at = Int.random(in: 0..<damaged.count, using: &numbers)
        damaged[at] = UInt8.random(in: 0...255, using: &numbers)
      }
      try look(at: damaged)
    }
  }

  @Test func `bytes that are no zone file are refused with a code`() throws {
    let header = Array("TZif2".utf8) + [UInt8](repeating: 0, count: 15)
    let huge = [UInt8](repeating: 0xff, count: 24)
    for bytes in [[], Array("TZif".utf8), Array("hello, world".utf8), header + huge, header] {
      let error = #expect(throws: CalendarError.self) { try ZoneRules(tzif: bytes) }
      #expect(error?.code == .badZoneFile)
    }
    let tooLarge = try ZoneFixture.bytes("Europe/Berlin")
      + [UInt8](repeating: 10, count: ZoneRules.fileBytes)
    #expect(throws: CalendarError.self) { try ZoneRules(tzif: tooLarge) }
  }

  @Test func `a zone that counts leap seconds is refused`() throws {
    let bytes = try ZoneFixture.bytes("right/Europe/Berlin")
    let error = #expect(throws: CalendarError.self) { try ZoneRules(tzif: bytes) }
    #expect(error?.code == .leapSeconds)
  }

  @Test func `zones of every continent are read`() throws {
    let names = ["Africa/Cairo", "America/Argentina/Ushuaia", "Asia/Kathmandu", "Europe/Lisbon"]
    for name in names { _ = try ZoneRules(tzif: ZoneFixture.bytes(name)) }
  }

  @Test(arguments: [
    ("CET-1CEST,M3.5.0,M10.5.0/3", "2026-07-01T12:00Z", 7_200),
    ("CET-1CEST,M3.5.0,M10.5.0/3", "2026-12-01T12:00Z", 3_600),
    ("<-03>3", "2026-07-01T12:00Z", -10_800), ("IST-5:30", "2026-07-01T12:00Z", 19_800),
    ("EST5EDT,M3.2.0,M11.1.0", "2026-03-08T06:59:59Z", -18_000),
    ("EST5EDT,M3.2.0,M11.1.0", "2026-03-08T07:00:00Z", -14_400),
    // Daylight time all year, as RFC 8536 §3.3.1 writes it.
    ("XXX3EDT4,0/0,J365/23", "2026-01-01T00:00Z", -14_400),
    // Hours beyond a day and before midnight.
    ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T00:59:59Z", -7_200),
    ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T01:00:00Z", -3_600),
    ("AAA0BBB,J60,J61", "2024-03-01T02:00:00Z", 3_600),
    ("AAA0BBB,60,61", "2024-03-01T02:00:00Z", 3_600),
  ] as [(String, String, Int64)])
  func `a yearly rule gives its offsets`(rule: String, at: String, offset: Int64) throws {
    let zone = Zone(name: "x", rules: try #require(ZoneRules(posix: rule)))
    #expect(zone.offset(at: try ZoneFixture.moment(at)) == offset)
  }

  @Test(arguments: [
    "", "CE-1", "CET", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0",
    "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,J0,J365", "CET-1CEST,366,1",
    "CET-1CEST,M3.5.0/168,M10.5.0", "CET-26", "<CET-1", "CET-1CEST,M3.5.0,M10.5.0/3x", "CET-1:60",
  ])
  func `a text that is no yearly rule is refused`(rule: String) {
    #expect(ZoneRules(posix: rule) == nil)
  }

  /// Whatever the bytes are: an error, or a zone of which everything can be asked.
  private func look(at bytes: [UInt8]) throws {
    let rules: ZoneRules
    do throws(CalendarError) {
      rules = try ZoneRules(tzif: bytes)
    } catch {
      return
    }
    let zone = Zone(name: "damaged", rules: rules)
    for at in [Int64.min, -4_000_000_000_000, 0, 1_800_000_000_000, 9_000_000_000_000, .max] {
      let period = zone.period(at: at / 1_000)
      #expect(period.start.map { $0 <= at / 1_000 } ?? true)
      #expect(period.end.map { $0 > at / 1_000 } ?? true)
      _ = zone.instants(local: at)
      _ = zone.abbreviation(at: at)
    }
  }
}
