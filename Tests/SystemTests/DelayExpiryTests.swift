// SPDX-License-Identifier: Apache-2.0
// Delays whose time came, and long passed, while nobody served.
import TestKit
import Testing
import Values

@Suite struct DelayExpiryTests {
  @Test func `a delay that woke later than expires_after takes past_due, an earlier one goes on`()
    throws
  {
    let world = try Scenario()
    let cases: [(name: String, rule: JSONValue?, minutesLate: Int, state: String, keys: [String])] =
      [
        ("default", nil, 30, "succeeded", ["next"]),
        ("skip", "skip_step", 30, "succeeded", ["next"]),
        ("run_now", "run_now", 30, "succeeded", ["next", "same"]),
        ("fail", "fail", 30, "failed", []),
        ("early", "fail", 5, "succeeded", ["next", "same"]),
      ]
    var runs: [String: Int64] = [:]
    for expected in cases {
      var delay: JSONObject = ["amount": "1 h", "expires_after": "10 min"]
      delay["past_due"] = expected.rule
      try world.apply(
        Document.connector(
          expected.name,
          steps: Document.step(
            "a", Document.delay("wait", delay), Document.row("\(expected.name) same")),
          Document.step("b", Document.row("\(expected.name) next", id: "other"))))
      runs[expected.name] = try world.post(expected.name)
    }
    for run in runs.values { try world.wait(for: run, toBe: "waiting") }
    try world.host.stop()
    // To a host, having been down is a due time that is long past.
    for expected in cases {
      _ = try world.keeper.sql(
        "UPDATE run SET due_at = (strftime('%s', 'now') - \(expected.minutesLate * 60)) * 1000 "
          + "WHERE id = \(runs[expected.name] ?? 0)")
    }

    try world.serveAgain()

    for expected in cases {
      let view = try world.keeper.waitForEnd(of: runs[expected.name] ?? 0)
      #expect(view.state == expected.state, "\(expected.name): \(view)")
      let saysWhy = "\(view)".contains("more than 10 min after")
      #expect(saysWhy == (expected.minutesLate > 10), "\(view)")
      let keys = try world.keeper.keys().filter { $0.hasPrefix(expected.name + " ") }
      #expect(keys.sorted() == expected.keys.map { "\(expected.name) \($0)" }, "\(view)")
    }
    try world.host.stop()
  }
}
