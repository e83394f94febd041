// SPDX-License-Identifier: Apache-2.0
// What happens instead of a failed action.

import Calendar
import Pipeline
import Testing
import Values

@Suite struct FallbackTests {
  private static func failure(
    _ class: ErrorClass, _ code: String = "x", provider: String? = nil
  ) -> ActionFailure {
    ActionFailure(`class`, code: code, message: "it broke", providerCode: provider)
  }

  /// An action with a fallback, one behind it, and one two steps on.
  private func walk(
    _ fallback: String, more: String = "", question: String = ""
  ) throws -> RunWalk {
    let first = Fixtures.ask(
      "a", "first", more: #", "save": "v", "fallback": \#(fallback)\#(more)"#)
    let steps = [
      Fixtures.step(first + "," + Fixtures.ask("next", question)),
      Fixtures.step(Fixtures.ask("between"), id: "two"),
      Fixtures.step(Fixtures.ask("far"), id: "three"),
    ]
    return RunWalk(
      try Fixtures.progress(steps: "[" + steps.joined(separator: ",") + "]"),
      try Fixtures.policies())
  }

  private static let rules = """
    [{"on": {"class": ["not_found"], "code": ["131026"]}, "do": "continue"},
     {"on": {"code": ["group_full"]}, "do": {"goto": "three"}},
     {"on": {"class": ["denied"]}, "do": "stop"},
     {"on": {"class": ["timeout", "unknown_outcome"]}, "do": "continue"}]
    """

  @Test(
    arguments: [
      (failure(.notFound), 0, ["a", "next", "between", "far"]),
      (failure(.failed, "131026"), 0, ["a", "next", "between", "far"]),
      (failure(.failed, "no_whatsapp", provider: "131026"), 0, ["a", "next", "between", "far"]),
      (failure(.conflict, "group_full"), 1, ["a", "far"]),
      (failure(.denied, "group_full"), 1, ["a", "far"]),
      (failure(.denied), 2, ["a"]),
      (failure(.timeout), 3, ["a", "next", "between", "far"]),
      (failure(.unknownOutcome), 3, ["a", "next", "between", "far"]),
      (failure(.bug), nil, ["a"]),
    ] as [(ActionFailure, Int?, [ComponentID])])
  func `rules are tried in order by class, our code or the provider's`(
    failure: ActionFailure, rule: Int?, calls: [ComponentID]
  ) throws {
    var walk = try walk(Self.rules)
    walk.answer = { $0.component == "a" ? ActionOutcome(failure: failure) : .succeeded([:]) }
    let end = try walk.finish()
    #expect(walk.calls.map(\.component) == calls)
    #expect(walk.journal[0].rule == rule)
    #expect(end.state == (calls.count == 1 ? .failed : .succeeded))
    #expect(
      walk.run.steps["two"] == (calls == ["a", "far"] ? .skipped : calls.count > 1 ? .passed : nil))
  }

  @Test(
    arguments: [
      (failure(.timeout, "slow"), true), (failure(.unavailable, "timeout"), true),
      (failure(.unavailable, "deadline"), true), (failure(.unknownOutcome, "timeout"), true),
      (failure(.unavailable, "connect_failed"), false),
      (failure(.unknownOutcome, "no_answer"), false), (failure(.failed, "timeout"), false),
    ])
  func `a rule on timeout matches whatever ended because its time was over`(
    failure: ActionFailure, matches: Bool
  ) throws {
    var walk = try walk(#"[{"on": {"class": ["timeout"]}, "do": "continue"}]"#)
    walk.answer = { $0.component == "a" ? ActionOutcome(failure: failure) : .succeeded([:]) }
    #expect(try walk.finish().state == (matches ? .succeeded : .failed))
    #expect(walk.run.actions["a"]?.status == ActionOutcome(failure: failure).status)
  }

  @Test func `what timed out and may have been sent matches rules on either class, after on_unknown`()
    throws
  {
    let failure = Self.failure(.unknownOutcome, "timeout")
    for word in ["timeout", "unknown_outcome"] {
      for (more, rule) in [("", 0), (#", "on_unknown": "continue""#, nil)] as [(String, Int?)] {
        var walk = try walk(
          #"[{"on": {"class": ["\#(word)"]}, "do": {"goto": "three"}}]"#, more: more)
        walk.answer = { $0.component == "a" ? .unknown(failure) : .succeeded([:]) }
        #expect(try walk.finish().state == .succeeded)
        #expect(walk.journal[0].rule == rule, "\(word) \(more)")
        #expect(walk.run.actions["a"]?.status == .unknown)
      }
    }
  }

  private static func sms(_ fallback: String, save: String = "v", inner: String = "") -> String {
    """
    [{"on": {"class": ["not_found"]}, "do": {"action": {"id": "sms", "use": "shop.order",
      "with": {"item": "{{error.code}}", "count": 1, "fields": {"was": "{{failed.with.question}}",
        "use": "{{failed.use}}", "class": "{{error.class}}"}},
      "save": "\(save)", "timeout": "5 s", "fallback": \(fallback)}}}]
    """
  }

  @Test func `another action takes the failed one's place and its saved name`() throws {
    var walk = try walk(Self.sms("\"stop\""), question: "{{v.id}} {{action.a.taken.action}}")
    walk.answer = { plan in
      plan.component == "a" ? .failed(Self.failure(.notFound, "gone")) : .succeeded(["id": "s1"])
    }
    #expect(try walk.finish().state == .succeeded)
    #expect(walk.calls.map(\.component) == ["a", "sms", "next", "between", "far"])
    let sms = walk.calls[1]
    #expect(sms.parameters["item"] == "gone")
    #expect(
      sms.parameters["fields"] == ["was": "first", "use": "shop.ask", "class": "not_found"])
    #expect(sms.timeout == .seconds(5))
    #expect(sms.path == [0])
    #expect(sms.place == "0-0-f0")
    #expect(walk.calls[2].parameters["question"] == "s1 sms")
    #expect(walk.run.actions["a"]?.status == .failed)
    #expect(walk.run.actions["a"]?.taken == .action("sms"))
    #expect(walk.run.actions["sms"]?.status == .succeeded)
    #expect(walk.journal[1].save == "v")
    #expect(walk.run.scope.value(of: "error") == nil, "it is a word of fallbacks alone")
  }

  @Test func `a fallback has its own fallback, and the last one decides`() throws {
    let mail =
      #"[{"do": {"action": {"id": "mail", "use": "people.find", "with": {"number": "1"}}}}]"#
    var walk = try walk(Self.sms(mail))
    walk.answer = { plan in
      switch plan.component {
      case "a": .failed(Self.failure(.notFound))
      case "sms": .timeout(Self.failure(.timeout))
      default: .failed(ActionFailure(.denied, code: "no", message: "no mail today"))
      }
    }
    #expect(
      try walk.finish() == RunEnd(.failed, reason: "mail (people.find) failed: no mail today"))
    #expect(walk.calls.map(\.path) == [[], [0], [0, 0]])
    #expect(walk.journal.map(\.taken) == [.action("sms"), .action("mail"), .stop])
    #expect(walk.run.actions["sms"]?.status == .timeout)
  }

  @Test func `an action that cannot be rendered takes its fallback too`() throws {
    let rules = #"[{"on": {"class": ["invalid_input"]}, "do": "continue"}]"#
    let order = #"""
      {"action": {"id": "o", "use": "shop.order", "with": {"item": "{{event.gone}}", "count": 1},
        "fallback": \#(rules)}}
      """#
    var walk = RunWalk(
      try Fixtures.progress(
        steps: "[" + Fixtures.step(order + "," + Fixtures.ask("a", "{{action.o.error.code}}")) + "]"
      ),
      try Fixtures.policies())
    #expect(try walk.finish().state == .succeeded)
    #expect(walk.calls.map { $0.parameters["question"] } == ["empty_parameter"])
  }

  /// The project's policy of the shop says what happens when one of its actions fails.
  private func policies(_ fallback: Fallback) throws -> (ActionID) -> PolicyInputs {
    let policies = try Fixtures.policies()
    return { id in
      var inputs = policies(id)
      if id.plugin == "shop" { inputs.project = PluginPolicy(fallback: fallback) }
      return inputs
    }
  }

  private static func rule(_ id: ComponentID, _ use: ActionID) -> Fallback {
    var action = ActionComponent(id: id, use: use, with: .literal(["number": "1"]))
    action.save = "found"
    return .rules([FallbackRule(act: .action(action))])
  }

  private static let plain =
    "[" + Fixtures.step(Fixtures.ask("a") + "," + Fixtures.ask("b", "{{found.id}}")) + "]"

  @Test func `the project's policy of a plugin may name an action`() throws {
    let policies = try policies(Self.rule("help", "people.find"))
    var walk = RunWalk(try Fixtures.progress(steps: Self.plain), policies)
    walk.answer = { $0.component == "a" ? .failed(Self.failure(.bug)) : .succeeded(["id": "h"]) }
    let fresh = walk.run
    #expect(try walk.finish().state == .succeeded)
    #expect(walk.calls.map(\.component) == ["a", "help", "b"])
    #expect(walk.calls.last?.parameters["question"] == "h")

    var restored = fresh
    try restored.restore(journal: Array(walk.journal.prefix(2)))
    #expect(restored.saved["found"]?["id"] == "h", "without the project's policy at hand")
    restored = fresh
    try restored.restore(journal: Array(walk.journal.prefix(1)))
    let changed = restored.next(now: Fixtures.now, policies: try Fixtures.policies())
    guard case .finish(let end) = changed.decision else {
      Issue.record("\(changed)")
      return
    }
    #expect(end.reason.contains("help is not in the project's policy any more"))
  }

  @Test func `a chain never comes back to an action`() throws {
    let policies = try policies(Self.rule("help", "shop.ask"))
    var walk = RunWalk(try Fixtures.progress(steps: Self.plain), policies)
    walk.answer = { _ in .failed(Self.failure(.failed)) }
    #expect(try walk.finish().state == .failed)
    #expect(walk.calls.map(\.component) == ["a", "help"])
    #expect(walk.journal.last?.notes.last?.contains("it is not called again") == true)
  }

  @Test func `fallbacks have a budget in all`() throws {
    let mail =
      #"[{"do": {"action": {"id": "mail", "use": "people.find", "with": {"number": "1"}}}}]"#
    for (late, calls) in [(0, 3), (601, 2)] {
      var run = try walk(Self.sms(mail)).run
      let policies = try Fixtures.policies()
      var now = Fixtures.now
      var made = 0
      while case .call(let plan) = run.next(now: now, policies: policies).decision {
        made += 1
        _ = run.apply(.failed(Self.failure(.notFound)), for: plan, now: now)
        now = Moment(milliseconds: now.milliseconds + Int64(late) * 1_000)
      }
      #expect(made == calls)
    }
  }

  @Test(
    arguments: [
      ("fail", ["a", "sms", "next", "between", "far"]),
      ("continue", ["a", "next", "between", "far"]),
    ] as [(String, [ComponentID])])
  func `on_unknown fail takes the fallback`(rule: String, calls: [ComponentID]) throws {
    let rules = Self.sms("\"stop\"").replacing("not_found", with: "unknown_outcome")
    var walk = try walk(rules, more: #", "on_unknown": "\#(rule)""#)
    walk.answer = { plan in
      plan.component == "a" ? .unknown(Self.failure(.unknownOutcome)) : .succeeded([:])
    }
    #expect(try walk.finish().state == .succeeded)
    #expect(walk.calls.map(\.component) == calls)
    #expect(walk.run.actions["a"]?.status == .unknown)
  }

  @Test func `a fallback whose condition does not hold is passed over`() throws {
    let rules = Self.sms("\"stop\"").replacing(
      "\"timeout\": \"5 s\"",
      with: #""if": {"left": "{{event.go}}", "type": "boolean", "op": "is", "right": true}"#)
    var walk = try walk(rules)
    walk.answer = { $0.component == "a" ? .failed(Self.failure(.notFound)) : .succeeded([:]) }
    #expect(try walk.finish().state == .succeeded)
    #expect(walk.calls.map(\.component) == ["a", "next", "between", "far"])
    #expect(walk.run.actions["sms"]?.status == .skipped)
  }

  @Test func `a disabled plugin's call waits where the policy says so`() throws {
    var project = PluginPolicy()
    let refusal = ActionFailure(.denied, code: "plugin_not_enabled", message: "shop is disabled")
    let manifest = try Fixtures.context().actions["shop.ask"]
    for waits in [WhenDisabled.wait, .fail] {
      project.whenDisabled = waits
      var run = try Fixtures.progress(steps: Self.plain)
      let policy = project
      let advance = run.next(now: Fixtures.now) { _ in
        PolicyInputs(manifest: manifest, project: policy, refusal: refusal)
      }
      if case .call(let plan) = advance.decision {
        #expect(waits == .wait)
        #expect(plan.refusal == refusal)
      } else {
        #expect(waits == .fail)
        #expect(advance.journal.first?.error == refusal)
      }
    }
  }
}
