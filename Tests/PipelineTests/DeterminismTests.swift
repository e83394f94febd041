// SPDX-License-Identifier: Apache-2.0
// The same run and the same answers give the same journal, with a restart at any place.

import Pipeline
import Testing
import Values

@Suite struct DeterminismTests {
  /// A small generator of our own, so that a failing seed reproduces.
  struct Dice {
    var state: UInt64

    mutating func roll(_ sides: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(sides))
    }
  }

  /// A connector with filters that jump, conditions and actions that use what was saved.
  static func steps(_ dice: inout Dice) -> String {
    let count = 2 + dice.roll(5)
    let steps = (0..<count).map { index -> String in
      let components = (0...dice.roll(4)).map { inner in
        component("c\(index)_\(inner)", index: index, count: count, &dice)
      }
      let isEnabled = dice.roll(8) > 0
      return """
        {"id": "s\(index)", "enabled": \(isEnabled), "components": [
          \(components.joined(separator: ",\n"))]}
        """
    }
    return "[" + steps.joined(separator: ",\n") + "]"
  }

  static func component(_ id: String, index: Int, count: Int, _ dice: inout Dice) -> String {
    let condition =
      #"{"left": "{{event.n}}", "type": "number", "op": "at_least", "right": \#(dice.roll(6))}"#
    if dice.roll(3) == 0 {
      var branch = ["\"next_step\"", "\"stop\""][dice.roll(10) == 0 ? 1 : 0]
      if index + 1 < count, dice.roll(2) == 0 {
        branch = "{\"goto\": \"s\(index + 1 + dice.roll(count - index - 1))\"}"
      }
      return #"{"filter": {"id": "\#(id)", "all": [\#(condition)]}, "else": \#(branch)}"#
    }
    let extra = dice.roll(2) == 0 ? ", \"if\": \(condition)" : ""
    let fallback = dice.roll(4) == 0 ? "stop" : "continue"
    let uses = [
      #""use": "shop.ask", "with": {"question": "{{action.c0_0.status}} {{v_c0_0.id}}"}"#,
      #""use": "shop.order", "with": {"item": "{{v_c0_0.id}}", "count": 1}"#,
      #""use": "people.find", "with": {"number": "1"}"#,
    ]
    return """
      {"action": {"id": "\(id)", \(uses[dice.roll(3)]), "save": "v_\(id)",
        "on_unknown": "continue", "fallback": "\(fallback)"\(extra)}}
      """
  }

  /// The answer to a call follows from its component and the seed alone.
  static func outcome(_ plan: CallPlan, seed: UInt64) -> ActionOutcome {
    var dice = Dice(state: seed)
    for byte in plan.component.rawValue.utf8 { dice.state = dice.state &* 31 &+ UInt64(byte) }
    let failure = ActionFailure(.failed, code: "no", message: "no", detail: ["x": 1])
    switch dice.roll(6) {
    case 0: return .failed(failure)
    case 1: return .timeout(failure)
    case 2: return .unknown(failure)
    default: return .succeeded(["id": .text("r\(plan.component)"), "contact_id": "c9"])
    }
  }

  /// Runs to the end.
  static func advance(
    _ run: inout RunProgress, seed: UInt64, _ policies: (ActionID) -> PolicyInputs
  ) -> (journal: [JournalEntry], end: RunEnd) {
    var journal: [JournalEntry] = []
    while true {
      let advance = run.next(now: Fixtures.now, policies: policies)
      journal += advance.journal
      switch advance.decision {
      case .finish(let end): return (journal, end)
      case .wait, .children, .checkpoint: preconditionFailure("nothing here waits")
      case .call(let plan):
        let outcome = outcome(plan, seed: seed)
        journal.append(run.apply(outcome, for: plan, now: Fixtures.now).entry)
      }
    }
  }

  @Test(arguments: 1...60)
  func `a run continues the same after a restart at any entry`(seed: UInt64) throws {
    var dice = Dice(state: seed)
    let steps = Self.steps(&dice)
    let event: JSONValue = ["n": .integer(Int64(dice.roll(8)))]
    let fresh = try Fixtures.progress(steps: steps, event: event)
    var straight = fresh
    let policies = try Fixtures.policies()
    let whole = Self.advance(&straight, seed: seed, policies)
    var again = fresh
    #expect(Self.advance(&again, seed: seed, policies).journal == whole.journal)
    let actions = try Fixtures.context().actions

    for cut in 0...whole.journal.count {
      let stored = whole.journal.prefix(cut).map(\.value)
      let texts = stored.map(\.json)
      var restored = fresh
      let entries = try texts.map { try #require(JournalEntry(value: JSONValue(parsing: $0))) }
      try restored.restore(journal: entries) { actions[$0]?.setsContact }
      let rest = Self.advance(&restored, seed: seed, policies)
      #expect(rest.end == whole.end, "cut at \(cut)")
      #expect(rest.journal == Array(whole.journal.dropFirst(cut)), "cut at \(cut)")
      #expect(restored.saved == straight.saved)
      #expect(restored.actions == straight.actions)
      #expect(restored.steps == straight.steps)
      #expect(restored.contact == straight.contact)
      #expect(restored.position == straight.position)
    }
  }

  @Test func `a journal of another connector is refused`() throws {
    var run = try Fixtures.progress(
      steps: #"[{"id": "s", "components": [{"action": {"id": "a", "use": "shop.ask"}}]}]"#,
      event: [:])
    let entry = JournalEntry(step: "s", component: "b", kind: .action, status: .succeeded)
    let error = #expect(throws: PipelineError.self) { try run.restore(journal: [entry]) }
    #expect(error?.code == "journal_mismatch")
  }

  @Test func `a journal line that is none of ours is nothing`() {
    for value: JSONValue in [.null, 5, [], [:], ["step": "s"], ["step": 1, "component": 2]] {
      #expect(JournalEntry(value: value) == nil)
    }
  }
}
