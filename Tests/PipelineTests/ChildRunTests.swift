// SPDX-License-Identifier: Apache-2.0
// A `for_each` whose elements may wait, and so are runs of their own.

import Calendar
import Pipeline
import Testing
import Values

@Suite struct ChildRunTests {
  private static func steps(_ wait: String, failed: String = "continue") -> String {
    let loop = """
      "for_each": {"in": "{{event.list}}", "wait": "\(wait)", "on_element_failed": "\(failed)"},
      """
    let filter =
      #"{"filter": {"all": [{"left": "{{item}}", "type": "text", "op": "is_not", "right": "f"}]}}"#
    let inside = [
      #"{"delay": {"id": "d", "amount": "1 h"}}"#, Fixtures.ask("a", more: #", "save": "v""#),
      filter,
      Fixtures.ask("b", "{{before.id}} {{item}} {{index}} {{count}} {{first}} {{last}} {{v.id}}"),
    ]
    return "["
      + [
        Fixtures.step(Fixtures.ask("x", more: #", "save": "before""#), id: "zero"),
        Fixtures.step(inside.joined(separator: ","), id: "each", more: loop),
        Fixtures.step(Fixtures.ask("z", "{{v[1].id}}"), id: "after"),
      ].joined(separator: ",") + "]"
  }

  private func parent(_ wait: String, failed: String = "continue") throws -> RunWalk {
    var walk = RunWalk(
      try Fixtures.progress(
        steps: Self.steps(wait, failed: failed), event: ["list": ["p", "f", "q"]]),
      try Fixtures.policies())
    walk.answer = { .succeeded(["id": .text("r\($0.component)")]) }
    return walk
  }

  /// The plan of the elements' runs of such a run.
  private func plan() throws -> ChildrenPlan {
    var walk = try parent("all")
    guard case .call(let call) = walk.run.next(now: Fixtures.now, policies: walk.policies).decision
    else { throw PipelineError(code: "no_call", message: "") }
    _ = walk.run.apply(walk.answer(call), for: call, now: Fixtures.now)
    let advance = walk.run.next(now: Fixtures.now, policies: walk.policies)
    guard case .children(let plan) = advance.decision else {
      throw PipelineError(code: "no_children", message: "\(advance)")
    }
    return plan
  }

  private func child(_ element: Int) throws -> RunWalk {
    let plan = try plan()
    // As the store gives it back.
    let scope = try JSONValue(parsing: plan.scope.json)
    var walk = RunWalk(
      try Fixtures.progress(
        steps: Self.steps("all"), event: ["list": ["p", "f", "q"]],
        child: ChildScope(
          parent: RunID(7), step: plan.step, element: element, count: plan.items.count,
          item: plan.items[element], scope: scope)), try Fixtures.policies())
    walk.answer = { .succeeded(["id": .text("r\($0.component)")]) }
    return walk
  }

  @Test func `a delay inside makes a run of each element`() throws {
    let plan = try plan()
    #expect(plan.items == ["p", "f", "q"])
    #expect(plan.waits)
    #expect(plan.entry.status == .waiting)
    #expect(plan.scope["saved"]?["before"]?["id"] == "rx")
    #expect(plan.scope["actions"]?["x"]?["status"] == "succeeded")
  }

  @Test func `the run of an element runs its step alone and gives what it saved`() throws {
    var walk = try child(2)
    let end = try walk.finish()
    #expect(walk.calls.map(\.component) == ["a", "b"])
    #expect(walk.calls.last?.parameters["question"] == "rx q 2 3 false true ra")
    #expect(end == RunEnd(.succeeded, saved: ["v": ["id": "ra"]]))
    walk = try child(1)
    #expect(try walk.finish() == RunEnd(.succeeded, saved: [:]), "it was filtered")
    walk = try child(0)
    walk.answer = { _ in .failed(ActionFailure(.denied, code: "no", message: "no")) }
    walk.run.contact = nil
    #expect(try walk.finish().state == .succeeded, "the manifest's fallback is continue")
  }

  @Test func `an element's delay from the event counts from when that came in`() throws {
    let steps = Self.steps("all").replacing(
      #""amount": "1 h""#, with: #""amount": "1 h", "from": "event""#)
    let plan = try plan()
    let later = Moment(milliseconds: Fixtures.now.milliseconds + 60_000)
    var run = RunProgress(
      runID: RunID(8), project: "acme", connector: try Fixtures.connector(steps: steps),
      connectorVersion: 3, startedAt: later, event: [:],
      child: ChildScope(
        parent: RunID(7), step: plan.step, element: 0, count: 3, item: "p", scope: plan.scope))
    guard
      case .wait(let wait) = run.next(now: later, policies: try Fixtures.policies()).decision
    else {
      Issue.record("there is no delay")
      return
    }
    #expect(wait.due?.iso == "2026-11-22T11:00:00Z")
  }

  @Test func `the parent waits for all and gathers lists`() throws {
    var walk = try parent("all")
    walk.children = { _ in
      [
        ChildOutcome(element: 2, status: "succeeded", saved: ["v": ["id": "q2"]]),
        ChildOutcome(element: 0, status: "failed", saved: ["v": "left over"]),
        ChildOutcome(element: 1, status: "succeeded", saved: ["v": ["id": "f1"]]),
      ]
    }
    #expect(try walk.finish().state == .succeeded)
    #expect(walk.run.saved["v"] == [.null, ["id": "f1"], ["id": "q2"]])
    #expect(walk.calls.last?.parameters["question"] == "f1")
    let gathered = try #require(walk.journal.last { $0.kind == .children })
    #expect(gathered.output?["succeeded"] == 2)
    #expect(gathered.output?["failed"] == 1)
  }

  @Test func `with wait none the parent goes on at once`() throws {
    var walk = try parent("none")
    walk.children = { _ in
      Issue.record("it does not wait")
      return []
    }
    #expect(try walk.finish().state == .succeeded)
    #expect(walk.calls.map(\.component) == ["x", "z"])
    #expect(walk.run.steps["each"] == .passed)
  }

  @Test(arguments: [
    ("failed", "stop", RunEndState.failed), ("cancelled", "stop", .failed),
    ("failed", "continue", .succeeded), ("stopped", "continue", .stopped),
  ])
  func `an element's end may end the parent`(
    status: String, failed: String, state: RunEndState
  ) throws {
    var walk = try parent("all", failed: failed)
    walk.children = { _ in [ChildOutcome(element: 1, status: status)] }
    #expect(try walk.finish().state == state)
  }
}
