// SPDX-License-Identifier: Apache-2.0
// Delays: when they are over, what they are cancelled by, and what being late means.

import Calendar
import Pipeline
import Testing
import Values

@Suite struct DelayTests {
  private static func steps(_ delay: String) -> String {
    let parts = [#"{"delay": {"id": "d", \#(delay)}}"#, Fixtures.ask("a")]
    return "[" + Fixtures.step(parts.joined(separator: ","))
      + "," + Fixtures.step(Fixtures.ask("b"), id: "two") + "]"
  }

  private static let event: JSONValue = [
    "day": "2026-11-25", "at": "2026-11-25T09:00:00Z", "past": "2026-11-01T00:00:00Z",
    "unix": 1_795_600_000, "days": 3, "ids": ["x", "", "y", "x"], "word": "soon",
    "empty": " ", "null": .null, "negative": "-1 h", "huge": 99_999_999_999_999_999,
  ]

  private func advance(
    _ delay: String, more: String = ""
  ) throws -> (run: RunProgress, advance: Advance) {
    var run = try Fixtures.progress(steps: Self.steps(delay), event: Self.event, more: more)
    let advance = run.next(now: Fixtures.now, policies: try Fixtures.policies())
    return (run, advance)
  }

  @Test(arguments: [
    (#""amount": "90 s""#, "2026-11-22T10:01:30Z"),
    (#""amount": "{{event.days}} d""#, "2026-11-25T10:00:00Z"),
    (#""amount": "2 h", "from": "event""#, "2026-11-22T12:00:00Z"),
    (#""amount": "1 d", "before": "{{event.at}}""#, "2026-11-24T09:00:00Z"),
    (#""amount": "30 min", "after": "{{event.at}}""#, "2026-11-25T09:30:00Z"),
    (#""on": "{{event.at}}""#, "2026-11-25T09:00:00Z"),
    (#""on": "{{event.unix}}""#, "2026-11-25T09:46:40Z"),
    // A date without a time is 00:00 in the connector's zone.
    (#""on": "{{event.day}}""#, "2026-11-24T18:30:00Z"),
  ])
  func `a delay is over at its time`(delay: String, due: String) throws {
    let (_, advance) = try advance(delay, more: #""time_zone": "+05:30","#)
    guard case .wait(let plan) = advance.decision else {
      Issue.record("\(advance)")
      return
    }
    #expect(plan.due?.iso == due)
    #expect(plan.kind == .delay)
    #expect(plan.entry.status == .waiting)
    #expect(plan.entry.dueAt == plan.due)
  }

  @Test(arguments: [
    // Counted forwards it runs at once, whatever the rule.
    (#""amount": "0 s""#, "skip_step", "a"),
    (#""amount": "1 h", "after": "{{event.past}}""#, "fail", "a"),
    (#""on": "{{event.past}}""#, "skip_step", "b"),
    (#""on": "{{event.past}}""#, "run_now", "a"),
    (#""on": "{{event.past}}""#, "fail", ""),
    (#""amount": "10 d", "before": "{{event.at}}""#, "skip_step", "b"),
    (#""on": "2026-11-22T10:00:00Z""#, "fail", "a"),
  ])
  func `a time that has passed goes by its rule`(
    delay: String, rule: String, next: String
  ) throws {
    let (run, advance) = try advance(#"\#(delay), "past_due": "\#(rule)""#)
    switch advance.decision {
    case .call(let plan): #expect(plan.component.rawValue == next)
    case .finish(let end):
      #expect(next.isEmpty)
      #expect(end.state == .failed)
      #expect(end.reason == "d failed: its time had passed when it was reached")
    default: Issue.record("\(advance)")
    }
    let status: JournalStatus = next == "a" ? .passed : next == "b" ? .pastDue : .failed
    #expect(advance.journal.first?.status == status)
    #expect(run.steps["one"] == (next == "a" ? .running : next == "b" ? .filtered : .failed))
  }

  @Test(arguments: [
    (#""on": "{{event.word}}""#, "on: \"soon\" is not a date"),
    (#""on": "{{event.gone}}""#, "on is empty"),
    (#""amount": "1 h", "before": "{{event.ids}}""#, "is not a date"),
    (#""amount": "{{event.word}}""#, "\"soon\" is not a duration"),
    (#""amount": "{{event.negative}}""#, "\"-1 h\" is not a duration"),
    (#""on": "{{event.huge}}""#, "is not a date"),
    (
      #""amount": "1 h", "identifier": "{{event.word}}\#(String(repeating: "x", count: 200))""#,
      "has 204 characters"
    ),
    (#""amount": "1 h", "identifier": ["1", "2", "3", "4", "{{event.ids}}"]"#, "6 identifiers"),
  ])
  func `what cannot be read fails the delay and is no past due`(
    delay: String, message: String
  ) throws {
    let (_, advance) = try advance(#"\#(delay), "past_due": "run_now""#)
    guard case .finish(let end) = advance.decision else {
      Issue.record("\(advance)")
      return
    }
    #expect(end.state == .failed)
    #expect(end.reason.contains(message), "\(end.reason)")
    #expect(advance.journal.first?.error?.class == .invalidInput)
  }

  @Test func `identifiers are rendered, and empty ones drop out with a note`() throws {
    let (_, advance) = try advance(
      #""amount": "1 h", "identifier": ["lead:{{event.days}}", "{{event.gone}}", "{{event.ids}}"]"#)
    guard case .wait(let plan) = advance.decision else {
      Issue.record("\(advance)")
      return
    }
    #expect(plan.identifiers == ["lead:3", "x", "y"])
    #expect(plan.entry.notes.count { $0.contains("left out") } == 2)
    #expect(plan.entry.notes.contains("event.gone is empty"))
  }

  @Test(arguments: [
    (#""c:{{event.gone}}""#, []), (#""c:{{event.empty}}""#, []), (#""c:{{event.null}}:{{event.days}}""#, []),
    (#""{{event.gone}}""#, []), (#"["c:{{event.gone}}", "all"]"#, ["all"]),
    (#""c:{{event.gone | default: \"none\"}}""#, ["c:none"]), (#""c:{{event.days}}""#, ["c:3"]),
    (#""c:{{event.gone | default: \"\"}}""#, ["c:"]),
  ] as [(String, [String])])
  func `an identifier of which a part is empty is none, unless a default says otherwise`(
    identifier: String, wanted: [String]
  ) throws {
    let (_, advance) = try advance(#""amount": "1 h", "identifier": \#(identifier)"#)
    guard case .wait(let plan) = advance.decision else {
      Issue.record("\(advance)")
      return
    }
    #expect(plan.identifiers == wanted)
    let isNoted = plan.entry.notes.contains { $0.contains("is empty: it is left out") }
    #expect(isNoted == !wanted.contains { $0.hasPrefix("c:") })
  }

  @Test func `a pair to cancel by loses an identifier of which a part is empty`() throws {
    let cancel = """
      {"action": {"id": "c", "use": "control.cancel_delay", "with": {"delays": [
        {"connector": "back", "identifier": "c:{{event.gone}}"},
        {"identifier": "c:{{event.days}}"}]}}}
      """
    var run = try Fixtures.progress(steps: "[\(Fixtures.step(cancel))]", event: Self.event)
    let decision = run.next(now: Fixtures.now, policies: try Fixtures.policies()).decision
    guard case .call(let plan) = decision else {
      Issue.record("\(decision)")
      return
    }
    #expect(plan.parameters == ["delays": [["connector": "back"], ["identifier": "c:3"]]])
    #expect(plan.notes.contains { $0.hasPrefix("a part of delays[0].identifier") }, "\(plan.notes)")
  }

  @Test(arguments: [
    (0, "skip_step", "a", JournalStatus.passed), (7_200, "skip_step", "a", .passed),
    (7_201, "skip_step", "b", .pastDue), (7_201, "run_now", "a", .passed),
    (7_201, "fail", "", .failed),
  ])
  func `a wake-up later than expires_after takes past_due`(
    late: Int, rule: String, next: String, status: JournalStatus
  ) throws {
    let delay = #""amount": "1 h", "past_due": "\#(rule)", "expires_after": "2 h""#
    var walk = RunWalk(
      try Fixtures.progress(steps: Self.steps(delay)), try Fixtures.policies())
    walk.wake = { (.seconds(late), .due(at: $0.due ?? Fixtures.now)) }
    try walk.finish()
    #expect(walk.journal.map(\.status).prefix(2) == [.waiting, status])
    #expect(walk.calls.first?.component.rawValue ?? "" == next)
  }

  @Test func `without expires_after a late wake-up is in time`() throws {
    var walk = RunWalk(
      try Fixtures.progress(steps: Self.steps(#""amount": "1 h", "past_due": "fail""#)),
      try Fixtures.policies())
    walk.wake = { (.seconds(900_000), .due(at: $0.due ?? Fixtures.now)) }
    #expect(try walk.finish().state == .succeeded)
  }

  @Test(arguments: [(Wake.resumed, JournalStatus.resumed), (.moved, .passed)])
  func `a delay that a person ended lets the run go on`(wake: Wake, status: JournalStatus) throws {
    let delay = #""amount": "1 h", "past_due": "fail", "expires_after": "1 s""#
    var walk = RunWalk(
      try Fixtures.progress(steps: Self.steps(delay)), try Fixtures.policies())
    walk.wake = { _ in (.seconds(90_000), wake) }
    #expect(try walk.finish().state == .succeeded)
    #expect(walk.journal[1].status == status)
  }

  @Test func `a wake that is not for the wait changes nothing`() throws {
    var (run, advance) = try advance(#""amount": "1 h""#)
    guard case .wait(let plan) = advance.decision else {
      Issue.record("\(advance)")
      return
    }
    #expect(run.wake(.resumed, now: Fixtures.now).journal.isEmpty, "it is not parked yet")
    run.park(plan)
    #expect(run.wake(.message([:]), now: Fixtures.now).journal.isEmpty)
    #expect(run.wake(.children([]), now: Fixtures.now).journal.isEmpty)
    #expect(run.isWaiting)
    let policies = try Fixtures.policies()
    #expect(run.next(now: Fixtures.now, policies: policies).decision == .wait(plan))
    #expect(run.wake(.resumed, now: Fixtures.now).journal.count == 1)
    #expect(run.wake(.resumed, now: Fixtures.now).journal.isEmpty, "once")
  }

  @Test func `a parked run can be cancelled`() throws {
    var (run, advance) = try advance(#""amount": "1 h""#)
    guard case .wait(let plan) = advance.decision else {
      Issue.record("\(advance)")
      return
    }
    let fresh = run
    run.park(plan)
    let entry = run.cancel(reason: "the lead moved on")
    #expect(run.end == RunEnd(.cancelled, reason: "the lead moved on"))
    #expect(entry.kind == .cancel && entry.component == "d")
    var restored = fresh
    try restored.restore(journal: [plan.entry, entry])
    #expect(restored.end == run.end)
  }
}
