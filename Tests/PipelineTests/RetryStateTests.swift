// SPDX-License-Identifier: Apache-2.0
// Attempts in the journal, and runs that a person has go on.

import Calendar
import Pipeline
import Testing
import Values

@Suite struct RetryStateTests {
  private static let failure = ActionFailure(.failed, code: "no", message: "no luck")

  private static let order =
    """
    {"action": {"id": "o", "use": "shop.order", "with": {"item": "x", "count": 1}, "save": "order"}}
    """
  private static let last = Fixtures.ask("z", "{{order.id}}", more: #", "fallback": "stop""#)
  private static let steps = "[" + Fixtures.step(order + "," + last) + "]"

  private func walk(_ steps: String = steps, event: JSONValue = [:]) throws -> RunWalk {
    var walk = RunWalk(try Fixtures.progress(steps: steps, event: event), try Fixtures.policies())
    walk.answer = { $0.component == "z" ? .failed(Self.failure) : .succeeded(["id": "o1"]) }
    return walk
  }

  @Test func `an attempt that another follows is in the journal and comes back`() throws {
    let fresh = try Fixtures.progress(steps: Self.steps)
    var run = fresh
    let policies = try Fixtures.policies()
    guard case .call(let first) = run.next(now: Fixtures.now, policies: policies).decision else {
      return
    }
    #expect(first.earlier == nil)
    let retryAt = Moment(milliseconds: Fixtures.now.milliseconds + 2_000)
    let entry = run.attempted(
      .failed(Self.failure), for: first, attempt: 2, retryAt: retryAt, spentMS: 700)
    #expect(entry.kind == .attempt && entry.status == .failed && entry.error == Self.failure)

    var restored = fresh
    try restored.restore(journal: [try #require(JournalEntry(value: entry.value))])
    guard case .call(let second) = restored.next(now: Fixtures.now, policies: policies).decision
    else { return }
    #expect(second.earlier?.count == 2)
    #expect(second.earlier?.retryAt == retryAt)
    #expect(second.earlier?.spentMS == 700)
    #expect(second.place == first.place, "the idempotency key is that of the action")
    _ = restored.apply(.succeeded(["id": "1"]), for: second, attempts: 3, now: Fixtures.now)
    #expect(restored.actions["o"]?.attempts == 3)
    guard case .call(let next) = restored.next(now: Fixtures.now, policies: policies).decision
    else { return }
    #expect(next.earlier == nil, "the next action begins anew")
  }

  @Test func `a failed run goes on at the component it failed at`() throws {
    var walk = try walk()
    #expect(try walk.finish().state == .failed)
    let entry = try walk.run.reopen(from: .component)
    #expect(entry.kind == .retry && entry.component == "z")
    walk.answer = { _ in .succeeded([:]) }
    #expect(try walk.finish().state == .succeeded)
    #expect(walk.calls.map(\.component) == ["o", "z", "z"])
    #expect(walk.calls[2].parameters["question"] == "o1", "what was saved is still there")
    #expect(walk.calls.map(\.place) == ["0-0", "0-1", "0-1-r1"])
  }

  @Test func `or at the beginning of its step, as if that had not run`() throws {
    var walk = try walk()
    try walk.finish()
    _ = try walk.run.reopen(from: .step)
    #expect(walk.run.saved["order"] == nil)
    #expect(walk.run.actions.isEmpty)
    try walk.finish()
    #expect(walk.calls.map(\.place) == ["0-0", "0-1", "0-0-r1", "0-1-r1"])
    _ = try walk.run.reopen(from: .component)
    try walk.finish()
    #expect(walk.calls.last?.place == "0-1-r2")
  }

  @Test func `a dry run of a retry lists what would be done twice`() throws {
    var walk = try walk()
    try walk.finish()
    let fromStep = walk.run.repeats(from: .step, in: walk.journal, policies: walk.policies)
    #expect(fromStep.map(\.component) == ["o"], "asking is pure")
    #expect(fromStep.first?.action == "shop.order")
    #expect(fromStep.first?.effect == .atMostOnce)
    #expect(fromStep.first?.status == .succeeded)
    #expect(
      walk.run.repeats(from: .component, in: walk.journal, policies: walk.policies).isEmpty)

    walk = try self.walk()
    walk.answer = { _ in .unknown(ActionFailure(.unknownOutcome, code: "left", message: "left")) }
    try walk.finish()
    let unknown = walk.run.repeats(from: .component, in: walk.journal, policies: walk.policies)
    #expect(unknown.map(\.status) == [.unknown])
  }

  private static func loop(_ more: String = "") -> String {
    let filter =
      #"{"filter": {"all": [{"left": "{{item}}", "type": "text", "op": "is_not", "right": "f"}]}}"#
    let inside = [
      Self.order.replacing(#""item": "x""#, with: #""item": "{{item}}""#),
      Fixtures.ask("z", "{{item}}", more: #", "save": "v", "fallback": "stop""#), filter,
    ]
    return "["
      + Fixtures.step(
        inside.joined(separator: ","), id: "each",
        more: #""for_each": {"in": "{{event.list}}"\#(more)},"#)
      + "," + Fixtures.step(Fixtures.ask("after", "{{v[2].id}}"), id: "two") + "]"
  }

  @Test func `only the failed elements of a loop are run again`() throws {
    var walk = try walk(Self.loop(), event: ["list": ["p", "x", "y", "f"]])
    let fresh = walk.run
    walk.answer = { plan in
      let asked = plan.parameters["question"]?.asText ?? ""
      return asked == "x" || asked == "y" ? .failed(Self.failure) : .succeeded(["id": .text(asked)])
    }
    #expect(try walk.finish().state == .succeeded)
    #expect(walk.run.saved["v"] == [["id": "p"], .null, .null, .null])
    let before = walk.calls.count
    let repeated = walk.run.repeats(
      from: .failedElements("each"), in: walk.journal, policies: walk.policies)
    #expect(repeated.map(\.component) == ["o"])
    #expect(repeated.map(\.times) == [2])

    walk.journal.append(try walk.run.reopen(from: .failedElements("each")))
    walk.answer = { .succeeded(["id": $0.parameters["question"] ?? .null]) }
    #expect(try walk.finish().state == .succeeded)
    #expect(
      walk.calls.dropFirst(before).map(\.place) == ["0-0-1-r1", "0-1-1-r1", "0-0-2-r1", "0-1-2-r1"])
    #expect(walk.run.saved["v"] == [["id": "p"], ["id": "x"], ["id": "y"], .null])
    #expect(throws: PipelineError.self) { try walk.run.reopen(from: .failedElements("each")) }

    var restored = fresh
    try restored.restore(journal: walk.journal)
    #expect(restored.saved == walk.run.saved)
    #expect(restored.retries == 1)
  }

  @Test func `a loop that stopped goes on at its element`() throws {
    var walk = try walk(
      Self.loop(#", "on_element_failed": "stop""#), event: ["list": ["p", "x", "q"]])
    walk.answer = { $0.parameters["question"] == "x" ? .failed(Self.failure) : .succeeded([:]) }
    #expect(try walk.finish().state == .failed)
    let before = walk.calls.count
    _ = try walk.run.reopen(from: .failedElements("each"))
    walk.answer = { _ in .succeeded(["id": "new"]) }
    #expect(try walk.finish().state == .succeeded)
    #expect(
      walk.calls.dropFirst(before).map(\.place) == ["0-1-1-r1", "0-0-2-r1", "0-1-2-r1", "1-0-r1"])
    #expect(walk.run.saved["v"]?[0] == [:], "the first element's is kept")
  }

  private static let newer =
    "[" + Fixtures.step(Fixtures.ask("new"), id: "zero") + ","
    + Fixtures.step(
      Fixtures.ask("kept", more: #", "save": "order""#) + "," + Self.last) + "]"

  @Test func `a run goes on, on another version, by ids and names`() throws {
    var walk = try walk()
    let fresh = walk.run
    try walk.finish()
    let newer = try Fixtures.connector(steps: Self.newer)
    let entry = try walk.run.reopen(from: .component, on: newer, version: 4)
    #expect(walk.run.position == Position(step: 1, component: 1))
    walk.answer = { _ in .succeeded([:]) }
    let before = walk.journal.count
    walk.journal.append(entry)
    #expect(try walk.finish().state == .succeeded)
    #expect(walk.calls.map(\.component) == ["o", "z", "z"])
    #expect(walk.calls.last?.parameters["question"] == "o1")

    // After a crash the row says version 4: the journal is read on that one.
    var restored = RunProgress(
      runID: fresh.runID, project: fresh.project, connector: newer, connectorVersion: 4,
      startedAt: fresh.startedAt, event: fresh.event, contact: fresh.contact)
    let stored = try walk.journal.prefix(before + 1).map {
      try #require(JournalEntry(value: $0.value))
    }
    try restored.restore(journal: stored)
    #expect(restored.position == Position(step: 1, component: 1))
    #expect(restored.saved == ["order": ["id": "o1"]])
    #expect(restored.retries == 1)
  }

  @Test func `names and components that are gone are said to be`() throws {
    var walk = try walk()
    try walk.finish()
    let other = try Fixtures.connector(steps: "[" + Fixtures.step(Fixtures.ask("b")) + "]")
    let error = #expect(throws: PipelineError.self) {
      try walk.run.reopen(from: .component, on: other, version: 4)
    }
    #expect(error?.message == "\"z\" is not in version 4 of test: retry from the step")
    _ = try walk.run.reopen(from: .step, on: other, version: 4)
    #expect(walk.run.saved.isEmpty, "nothing saves \"order\" there")
    try walk.finish()
    #expect(walk.calls.last?.component == "b")
    let none = try Fixtures.connector(steps: "[" + Fixtures.step(Fixtures.ask("c"), id: "no") + "]")
    #expect(throws: PipelineError.self) {
      try walk.run.reopen(from: .step, on: none, version: 5)
    }
  }
}
