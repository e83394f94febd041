// SPDX-License-Identifier: Apache-2.0
// What a run does next, and what an outcome does to it.

import Pipeline
import Testing
import Values

@Suite struct RunTests {
  /// The call a run wants, or a failed expectation.
  private func call(
    _ run: inout RunProgress, _ policies: (ActionID) -> PolicyInputs
  ) throws -> CallPlan {
    let advance = run.next(now: Fixtures.now, policies: policies)
    guard case .call(let plan) = advance.decision else {
      throw PipelineError(code: "no_call", message: "\(advance)")
    }
    return plan
  }

  private func end(
    _ run: inout RunProgress, _ policies: (ActionID) -> PolicyInputs
  ) throws -> RunEnd {
    let advance = run.next(now: Fixtures.now, policies: policies)
    guard case .finish(let end) = advance.decision else {
      throw PipelineError(code: "no_end", message: "\(advance)")
    }
    return end
  }

  @Test func `a run renders, calls, saves and ends`() throws {
    let policies = try Fixtures.policies()
    var run = try Fixtures.progress(
      steps: """
        [{"id": "one", "components": [
           {"action": {"id": "a", "use": "shop.order", "save": "order", "timeout": "5 s",
             "with": {"item": "{{event.item}}", "count": "{{event.n}}", "method": "look",
                      "fields": {"who": "{{contact.name}} of {{project.constants.brand}}"}}}},
           {"action": {"id": "b", "use": "shop.ask",
             "with": {"question":
               "{{order.id}} {{action.a.status}} {{step.one.status}} {{run.id}}"}}}]}]
        """, event: ["item": "tea", "n": "3"])
    let first = try call(&run, policies)
    #expect(first.parameters["count"] == 3)
    #expect(first.parameters["fields"]?["who"] == "Ana of Acme")
    #expect(first.timeout == .seconds(5))
    #expect(first.effect == .pure)
    #expect(first.fallback == .stop)
    #expect(first.save == "order")
    #expect(
      run.next(now: Fixtures.now, policies: policies).decision == .call(first),
      "asking again changes nothing")
    let (entry, continuation) = run.apply(
      .succeeded(["id": "o9", "price": 2.5]), for: first, now: Fixtures.now)
    #expect(continuation == .goOn)
    #expect(entry.status == .succeeded)
    #expect(run.saved["order"]?["id"] == "o9")
    let second = try call(&run, policies)
    #expect(second.parameters["question"] == "o9 succeeded running 7")
    #expect(second.fallback == .continue, "the manifest's default")
    _ = run.apply(.succeeded([:]), for: second, now: Fixtures.now)
    #expect(try end(&run, policies) == RunEnd(.succeeded))
    #expect(run.steps == ["one": .passed])
  }

  static let branches = """
    [{"id": "one", "components": [
       {"filter": {"all": [
         {"left": "{{event.n}}", "type": "number", "op": "at_least", "right": 1}]},
        "else": ELSE},
       {"action": {"id": "a", "use": "shop.ask"}}]},
     {"id": "two", "components": [{"action": {"id": "b", "use": "shop.ask"}}]},
     {"id": "three", "components": [{"action": {"id": "c", "use": "shop.ask"}}]}]
    """

  @Test(arguments: [
    (#""next_step""#, 1, "a"), (#""next_step""#, 0, "b"), (#"{"goto": "three"}"#, 0, "c"),
  ])
  func `a filter decides where a run goes on`(branch: String, n: Int64, next: String) throws {
    let policies = try Fixtures.policies()
    let parts = Self.branches.split(separator: "ELSE").map(String.init)
    let steps = parts.joined(separator: branch)
    var run = try Fixtures.progress(steps: steps, event: ["n": .integer(n)])
    let advance = run.next(now: Fixtures.now, policies: policies)
    guard case .call(let plan) = advance.decision else {
      Issue.record("\(advance)")
      return
    }
    #expect(plan.component.rawValue == next)
    #expect(advance.journal.count == 1)
    #expect(advance.journal[0].component == "one.1")
    #expect(advance.journal[0].input?[0]?["left"] == .integer(n))
    #expect(advance.journal[0].input?[0]?["passed"] == .boolean(n == 1))
    #expect(run.steps["one"] == (n == 1 ? .running : .filtered))
    #expect(run.steps["two"] == (next == "c" ? .skipped : next == "b" ? .running : nil))
  }

  @Test func `a filter with else stop stops the run`() throws {
    let parts = Self.branches.split(separator: "ELSE").map(String.init)
    var run = try Fixtures.progress(steps: parts.joined(separator: "\"stop\""), event: [:])
    let end = try end(&run, try Fixtures.policies())
    #expect(end.state == .stopped)
    #expect(end.reason == "the filter one.1 of step one did not hold")
    #expect(run.steps["one"] == .stopped)
  }

  static func oneThenAnother(_ extra: String) -> String {
    """
    [{"id": "one", "components": [
       {"action": {"id": "a", "use": "shop.order", "save": "order",
                   "with": {"item": "x", "count": 1}\(extra)}},
       {"action": {"id": "b", "use": "shop.order", "with": {"item": "{{order.id}}", "count": 1}}}]}]
    """
  }

  @Test func `a failure stops the run, or takes the fallback`() throws {
    let policies = try Fixtures.policies()
    let failure = ActionFailure(.denied, code: "no_credit", message: "no credit left")
    var run = try Fixtures.progress(steps: Self.oneThenAnother(""), event: [:])
    var plan = try call(&run, policies)
    let (entry, continuation) = run.apply(
      .failed(failure), for: plan, attempts: 3, now: Fixtures.now)
    let expected = RunEnd(.failed, reason: "a (shop.order) failed: no credit left")
    #expect(continuation == .finish(expected))
    #expect(entry.taken == .stop)
    #expect(try end(&run, policies) == expected)
    #expect(run.actions["a"]?.attempts == 3)

    run = try Fixtures.progress(
      steps: Self.oneThenAnother(#", "fallback": "continue""#), event: [:])
    plan = try call(&run, policies)
    #expect(run.apply(.timeout(failure), for: plan, now: Fixtures.now).continuation == .goOn)
    #expect(run.actions["a"]?.taken == .continue)
    #expect(run.actions["a"]?.status == .timeout)
    let next = run.next(now: Fixtures.now, policies: policies)
    #expect(
      next.decision
        == .finish(
          RunEnd(
            .failed,
            reason: "b (shop.order) failed: item is empty: order.id is empty because a took too "
              + "long (no credit left)")))
    #expect(next.journal.first?.error?.class == .invalidInput)
    #expect(next.journal.first?.attempts == 0)
  }

  @Test func `an unknown outcome is a failure unless it may continue`() throws {
    let policies = try Fixtures.policies()
    let failure = ActionFailure(.unknownOutcome, code: "left", message: "no answer came")
    var run = try Fixtures.progress(steps: Self.oneThenAnother(""), event: [:])
    var plan = try call(&run, policies)
    #expect(
      run.apply(ActionOutcome(failure: failure), for: plan, now: Fixtures.now).entry.taken == .stop)
    #expect(run.end?.state == .failed)

    run = try Fixtures.progress(
      steps: Self.oneThenAnother(#", "on_unknown": "continue""#), event: [:])
    plan = try call(&run, policies)
    #expect(run.apply(.unknown(failure), for: plan, now: Fixtures.now).continuation == .goOn)
    #expect(run.actions["a"]?.status == .unknown)
    #expect(run.actions["a"]?.taken == .continue)
  }

  @Test func `a condition that does not hold skips its action`() throws {
    let policies = try Fixtures.policies()
    let condition =
      #", "if": {"left": "{{event.go}}", "type": "boolean", "op": "is", "right": true}"#
    var run = try Fixtures.progress(steps: Self.oneThenAnother(condition), event: ["go": false])
    let advance = run.next(now: Fixtures.now, policies: policies)
    #expect(advance.journal.first?.status == .skipped)
    #expect(run.actions["a"] == ActionState(status: .skipped, attempts: 0))
    #expect(
      run.end?.reason
        == "b (shop.order) failed: item is empty: order.id is empty because a was skipped")
  }

  @Test func `an action that nobody provides fails without a call`() throws {
    var run = try Fixtures.progress(steps: Self.oneThenAnother(""), event: [:])
    let refusal = ActionFailure(.denied, code: "not_enabled", message: "shop is not enabled")
    let end = try end(&run) { _ in PolicyInputs(manifest: nil, refusal: refusal) }
    #expect(end == RunEnd(.failed, reason: "a (shop.order) failed: shop is not enabled"))
    run = try Fixtures.progress(steps: Self.oneThenAnother(""), event: [:])
    #expect(try self.end(&run) { _ in PolicyInputs(manifest: nil) }.state == .failed)
    #expect(run.actions["a"]?.error?.code == "unknown_action")
  }

  @Test func `parameters that do not fit fail the action, by name`() throws {
    var run = try Fixtures.progress(
      steps: """
        [{"id": "one", "components": [{"action": {"id": "a", "use": "shop.order",
          "with": {"item": "x", "count": "{{event.n}}"}}}]}]
        """, event: ["n": "many"])
    let end = try end(&run, try Fixtures.policies())
    #expect(end.reason.contains("count must be an integer"), "\(end.reason)")
  }

  @Test func `a disabled step is passed over`() throws {
    var run = try Fixtures.progress(
      steps: """
        [{"id": "one", "enabled": false,
          "components": [{"action": {"id": "a", "use": "shop.ask"}}]},
         {"id": "two", "components": [{"action": {"id": "b", "use": "shop.ask"}}]}]
        """, event: [:])
    let plan = try call(&run, try Fixtures.policies())
    #expect(plan.component == "b")
    #expect(run.steps["one"] == .skipped)
  }

  @Test func `an action may set the contact`() throws {
    var run = try Fixtures.progress(
      steps: """
        [{"id": "one", "components": [
           {"action": {"id": "a", "use": "people.find", "with": {"number": "1"}}},
           {"action": {"id": "b", "use": "shop.ask", "with": {"question": "{{contact.id}}"}}}]}]
        """, event: [:])
    let policies = try Fixtures.policies()
    let plan = try call(&run, policies)
    #expect(plan.setsContact == "contact_id")
    _ = run.apply(.succeeded(["contact_id": "c2"]), for: plan, now: Fixtures.now)
    #expect(run.contact == ["id": "c2"])
    #expect(try call(&run, policies).parameters["question"] == "c2")
  }

  @Test func `what a contact mapping and a dedupe key give is plain`() throws {
    let connector = try Fixtures.connector(
      steps: #"[{"id": "s", "components": [{"action": {"id": "a", "use": "shop.ask"}}]}]"#,
      more: #""contact": {"channel": "wa", "number": "{{event.phone}}"},"#)
    var scope = RenderScope { $0 == "event" ? ["phone": " 491701234567 "] : nil }
    let contact = try #require(try connector.contact?.render(in: &scope))
    #expect(contact.number == "491701234567")
    #expect(contact.channel == "wa")
    var dedupe = WebhookDedupe()
    #expect(try dedupe.key(of: ["id": 5]) == nil)
    dedupe.by = try Template(parsing: "{{event.id}}")
    #expect(try dedupe.key(of: ["id": 5]) == "5")
    #expect(try dedupe.key(of: [:]) == nil)
  }
}
