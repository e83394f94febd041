// SPDX-License-Identifier: Apache-2.0
// What is owed after a time in which nothing ran.
import Calendar
import Testing

@Suite struct MisfireTests {
  private func due(
    _ misfire: Misfire, _ from: String, _ to: String, limit: Int = 100, line: String = "0 * * * *"
  ) throws -> (fired: [String], missed: Int, through: String) {
    let due = try Cron.parse(line).due(
      after: ZoneFixture.moment(from), through: ZoneFixture.moment(to), zone: .utc,
      misfire: misfire, limit: limit)
    func time(_ at: Int64) -> String {
      String(Moment(milliseconds: at).iso.dropFirst(11).dropLast(4))
    }
    return (due.fired.map(time), due.missed, time(due.through))
  }

  @Test func `once fires the latest and counts the others`() throws {
    let found = try due(.once, "2026-11-22T10:00Z", "2026-11-22T14:20Z")
    #expect(found == (["14:00"], 3, "14:00"))
  }

  @Test func `all fires each, in portions`() throws {
    let first = try due(.all, "2026-11-22T10:00Z", "2026-11-22T14:20Z", limit: 3)
    #expect(first == (["11:00", "12:00", "13:00"], 0, "13:00"))
    let rest = try due(.all, "2026-11-22T13:00Z", "2026-11-22T14:20Z", limit: 3)
    #expect(rest == (["14:00"], 0, "14:00"))
  }

  @Test func `skip fires only what is on time`() throws {
    let late = try due(.skip, "2026-11-22T10:00Z", "2026-11-22T14:20Z")
    #expect(late == ([], 4, "14:00"))
    let onTime = try due(.skip, "2026-11-22T10:00Z", "2026-11-22T14:00:30Z")
    #expect(onTime == (["14:00"], 3, "14:00"))
  }

  @Test func `nothing is owed before the next time, nor when the clock was put back`() throws {
    for misfire in Misfire.allCases {
      let early = try due(misfire, "2026-11-22T10:00Z", "2026-11-22T10:59Z")
      #expect(early == ([], 0, "10:00"))
      let back = try due(misfire, "2026-11-22T10:00Z", "2026-11-22T07:30Z")
      #expect(back == ([], 0, "10:00"))
    }
  }

  @Test func `years without the host are bounded`() throws {
    let found = try due(.once, "2016-11-22T10:00Z", "2026-11-22T14:20Z", line: "* * * * *")
    #expect(found == (["14:20"], Cron.maxCounted, "14:20"))
    let all = try due(.all, "2016-11-22T10:00Z", "2026-11-22T14:20Z", line: "* * * * *")
    #expect(all.fired.count == 100)
  }
}
