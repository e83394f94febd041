// SPDX-License-Identifier: Apache-2.0
// What a schedule makes up for when nobody served while it was due.
import Glibc
import TestKit
import Testing
import Values

@Suite struct ScheduleMisfireTests {
  private let keeper = Operator()

  init() throws { try keeper.apply(project: Document.project()) }

  /// Three firsts of January pass while the host is down: to it, a due time two years old.
  @Test(arguments: [
    ("once", [0], 2), (nil, [0], 2), ("all", [2, 1, 0], 0), ("skip", [], 3),
  ] as [(misfire: String?, fires: [Int], missed: Int)])
  func `due times that passed while nobody served are made up for as misfire says`(
    misfire: String?, fires: [Int], missed: Int
  ) throws {
    try keeper.apply(connector: connector(misfire))
    let first = try ServedHost(keeper)
    try poll(for: "the due time") {
      try keeper.sql("SELECT count(*) FROM schedule") == "1" ? () : nil
    }
    try first.stop()
    let year = try thisYear()
    _ = try keeper.sql(
      "UPDATE schedule SET due_at = strftime('%s', '\(year - 2)-01-01') * 1000")

    let second = try ServedHost(keeper)
    try poll(within: .seconds(60), for: "the next due time and the end of what was owed") {
      let due = try keeper.sql(
        "SELECT due_at = strftime('%s', '\(year + 1)-01-01') * 1000 FROM schedule")
      let runs = try keeper.runs()
      return due == "1" && runs.count >= fires.count && runs.allSatisfy(\.isFinished) ? () : nil
    }

    let keys = try keeper.keys()
    #expect(keys == fires.map { "\(year - $0)-01-01T00:00:00Z \(missed)" }, "\(keys)")
    try second.stop()
  }

  private func thisYear() throws -> Int {
    try #require(Int(try keeper.sql("SELECT strftime('%Y', 'now')")))
  }

  private func connector(_ misfire: String?) throws -> JSONValue {
    var schedule: JSONObject = ["cron": "0 0 1 1 *"]
    schedule["misfire"] = misfire.map { .text($0) }
    return Document.connector(
      "yearly", ["trigger": ["schedule": .object(schedule)], "options": ["concurrency": 1]],
      steps: Document.step("a", Document.row("{{event.due_at}} {{event.missed}}")))
  }
}
