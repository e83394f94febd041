// SPDX-License-Identifier: Apache-2.0
// A `for_each` whose elements run inside the run.

import Calendar
import Pipeline
import Testing
import Values

@Suite struct LoopTests {
  private static let failure = ActionFailure(.failed, code: "no", message: "no luck")

  private static func loop(_ components: String, more: String = "") -> String {
    Fixtures.step(
      components, id: "each", more: #""for_each": {"in": "{{event.list}}", "as": "topic"\#(more)},"#
    )
  }

  private func walk(
    _ components: String, _ list: JSONValue, more: String = "", after: String = ""
  ) throws -> RunWalk {
    let steps = "[" + Self.loop(components, more: more) + (after.isEmpty ? "" : ", \(after)") + "]"
    return RunWalk(
      try Fixtures.progress(steps: steps, event: ["list": list, "go": 1]),
      try Fixtures.policies())
  }

  @Test(
    arguments: [
      (["a", "b", "c"], 3), ("one", 1), (7, 1), (["k": 1], 1), (.null, 0), ("", 0), ([], 0),
      ([:], 0),
    ] as [(JSONValue, Int)])
  func `a single value is one element and nothing is none`(list: JSONValue, count: Int) throws {
    var walk = try walk(Fixtures.ask("a"), list)
    #expect(try walk.finish().state == .succeeded)
    #expect(walk.calls.count == count)
    #expect(walk.journal.last?.output?["count"] == .integer(Int64(count)))
  }

  @Test func `elements run in order and see their words`() throws {
    var walk = try walk(
      Fixtures.ask("a", "{{topic}} {{index}} {{count}} {{first}} {{last}} {{action.b.status}}")
        + ","
        + Fixtures.ask("b", "{{action.a.status}}"), ["x", "y"])
    try walk.finish()
    #expect(
      walk.calls.map { $0.parameters["question"]?.asText } == [
        "x 0 2 true false ", "succeeded", "y 1 2 false true ", "succeeded",
      ])
    #expect(walk.journal.map(\.element) == [nil, 0, 0, 1, 1, nil])
    #expect(Set(walk.calls.map(\.place)).count == 4)
    #expect(walk.run.scope.value(of: "topic") == nil, "outside of the loop the word is free")
  }

  @Test func `what is saved becomes a list, null where an element failed or was filtered`() throws {
    let filter =
      #"{"filter": {"all": [{"left": "{{topic}}", "type": "text", "op": "is_not", "right": "f"}]}}"#
    var walk = try walk(
      Fixtures.ask("a", "{{topic}}", more: #", "save": "v", "fallback": "stop""#) + "," + filter,
      ["p", "f", "x", "q"], after: Fixtures.step(Fixtures.ask("z", "{{v[3].id}} {{action.a.ok}}")))
    walk.answer = { plan in
      let asked = plan.parameters["question"]?.asText ?? ""
      return asked == "x" ? .failed(Self.failure) : .succeeded(["id": .text(asked)])
    }
    #expect(try walk.finish().state == .succeeded)
    #expect(walk.run.saved["v"] == [["id": "p"], .null, .null, ["id": "q"]])
    #expect(walk.calls.last?.parameters["question"] == "q true")
    #expect(walk.run.actions["a"]?.status == .succeeded, "the last element's")
    #expect(walk.run.steps["each"] == .passed)
    let end = try #require(walk.journal.last { $0.kind == .loop })
    #expect(end.output == ["count": 4, "passed": 2, "filtered": 1, "failed": 1])
  }

  @Test func `an element does not see what the one before it saved`() throws {
    let second =
      #"{"left": "{{index}}", "type": "number", "op": "equals", "right": 0}"#
    var walk = try walk(
      Fixtures.ask("a", more: #", "save": "v", "if": \#(second)"#) + ","
        + Fixtures.ask("b", "{{v.id | default: \"none\"}}".replacing("\"", with: "\\\"")),
      [1, 2])
    walk.answer = { _ in .succeeded(["id": "kept"]) }
    try walk.finish()
    #expect(walk.calls.map { $0.parameters["question"] } == [nil, "kept", "none"])
  }

  @Test func `on_element_failed stop ends the run at that element`() throws {
    var walk = try walk(
      Fixtures.ask("a", "{{topic}}", more: #", "fallback": "stop""#), ["p", "x", "q"],
      more: #", "on_element_failed": "stop""#)
    walk.answer = { $0.parameters["question"] == "x" ? .failed(Self.failure) : .succeeded([:]) }
    let end = try walk.finish()
    #expect(end == RunEnd(.failed, reason: "element 1 of each: a (shop.ask) failed: no luck"))
    #expect(walk.run.position == Position(step: 0, component: 0, element: 1))
    #expect(walk.calls.count == 2)
  }

  @Test(arguments: [#"{"goto": "later"}"#, #""stop""#])
  func `a fallback's goto or stop ends the element, not the run`(act: String) throws {
    let rules = act == "\"stop\"" ? act : #"[{"do": \#(act)}]"#
    let step = Self.loop(
      Fixtures.ask("a", "{{topic}}", more: #", "fallback": \#(rules)"#) + "," + Fixtures.ask("b"))
    let later = Fixtures.step(Fixtures.ask("z"), id: "later")
    var walk = RunWalk(
      try Fixtures.progress(steps: "[\(step), \(later)]", event: ["list": ["x", "y"]]),
      try Fixtures.policies())
    walk.answer = { $0.component == "a" ? .failed(Self.failure) : .succeeded([:]) }
    #expect(try walk.finish().state == .succeeded)
    #expect(walk.calls.map(\.component) == ["a", "a", "z"])
  }

  @Test func `an action that stops the run ends the loop and the run`() throws {
    var walk = try walk(Fixtures.ask("a"), [1, 2, 3], after: Fixtures.step(Fixtures.ask("z")))
    walk.stops = { $0.place == "0-0-1" ? "that is enough" : nil }
    #expect(try walk.finish() == RunEnd(.stopped, reason: "that is enough"))
    #expect(walk.calls.count == 2)
    #expect(walk.run.steps["each"] == .stopped)
  }

  @Test func `a list over max fails with a message that names max`() throws {
    var walk = try walk(Fixtures.ask("a"), .list(Array(repeating: 1, count: 10_001)))
    let end = try walk.finish()
    #expect(end.state == .failed)
    #expect(
      end.reason == "for_each of each has 10001 elements, at most 10000 are run: shorten the list "
        + "or raise \"max\"")
    #expect(walk.calls.isEmpty)
    walk = try self.walk(Fixtures.ask("a"), [1, 2, 3], more: #", "max": 2"#)
    #expect(try walk.finish().reason.contains("3 elements, at most 2 are run"))
  }

  @Test func `a long loop without calls asks for its journal to be stored`() throws {
    let filter =
      #"{"filter": {"all": [{"left": "{{topic}}", "type": "number", "op": "equals", "right": 1}]}}"#
    var run = try Fixtures.progress(
      steps: "[\(Self.loop(filter))]", event: ["list": .list(Array(repeating: 1, count: 600))])
    let policies = try Fixtures.policies()
    var journal: [JournalEntry] = []
    var checkpoints = 0
    while run.end == nil {
      let advance = run.next(now: Fixtures.now, policies: policies)
      #expect(advance.journal.count <= RunLimits.turn)
      journal += advance.journal
      if advance.decision == .checkpoint { checkpoints += 1 }
    }
    #expect(journal.count == 602)
    #expect(checkpoints == 2)
  }

  @Test func `a run copied at each element of a long loop keeps them all`() throws {
    var walk = try walk(
      Fixtures.ask("a", "{{index}}", more: #", "save": "v""#),
      .list(Array(repeating: 1, count: 1_000)))
    walk.answer = { .succeeded(["id": $0.parameters["question"] ?? .null]) }
    var copies: [RunProgress] = []
    let answer = walk.answer
    while true {
      let advance = walk.run.next(now: Fixtures.now, policies: walk.policies)
      guard case .call(let plan) = advance.decision else { break }
      copies.append(walk.run)
      _ = walk.run.apply(answer(plan), for: plan, now: Fixtures.now)
    }
    let list = try #require(walk.run.saved["v"]?.asList)
    #expect(list.enumerated().allSatisfy { $1["id"] == .text("\($0)") })
    #expect(list.count == 1_000)
    var early = copies[500]
    guard case .call(let plan) = early.next(now: Fixtures.now, policies: walk.policies).decision
    else { return }
    #expect(plan.parameters["question"] == "500", "a copy is not changed by what came later")
  }
}

extension RenderScope {
  /// What one path gives.
  func value(of path: String) -> JSONValue? {
    var scope = self
    guard let template = try? Template(parsing: "{{\(path)}}") else { return nil }
    return try? scope.render(template)
  }
}
