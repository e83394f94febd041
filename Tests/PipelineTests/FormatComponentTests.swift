// SPDX-License-Identifier: Apache-2.0
// Components that only compute or wait for words: formats, messages, responses, the prelude.

import Calendar
import Pipeline
import Testing
import Values

@Suite struct FormatComponentTests {
  @Test func `a format saves an object, without what rendered to nothing`() throws {
    let format = #"""
      {"format": {"id": "clean", "save": "form", "values": {
        "name": "{{event.name | trim}}", "gone": "{{event.gone}}", "n": "{{event.n}}",
        "list": ["{{event.n}}", "{{event.gone}}"], "braces": "{{\"{{1}}\"}}"}}}
      """#
    var walk = RunWalk(
      try Fixtures.progress(
        steps: "[" + Fixtures.step(format + "," + Fixtures.ask("a", "{{form.name}}")) + "]",
        event: ["name": " Ana ", "n": 5]), try Fixtures.policies())
    #expect(try walk.finish().state == .succeeded)
    #expect(
      walk.run.saved["form"]
        == ["name": "Ana", "n": 5, "list": [5], "braces": "{{1}}"])
    #expect(walk.journal[0].output == walk.run.saved["form"])
    #expect(walk.journal[0].notes.contains("gone is empty"))
    #expect(walk.calls[0].parameters["question"] == "Ana")
  }
}

@Suite struct MessageWaitTests {
  private static func steps(_ otherwise: String) -> String {
    let wait = #"""
      {"wait_for_message": {"id": "w", "save": "reply", "within": "1 h"}, "else": \#(otherwise)}
      """#
    return "[" + Fixtures.step(wait + "," + Fixtures.ask("a", "{{reply.text}}")) + ","
      + Fixtures.step(Fixtures.ask("b"), id: "two") + ","
      + Fixtures.step(Fixtures.ask("c"), id: "three") + "]"
  }

  @Test func `a run waits for its contact to write`() throws {
    var walk = RunWalk(
      try Fixtures.progress(steps: Self.steps("\"stop\"")), try Fixtures.policies())
    walk.wake = { plan in
      #expect(plan.kind == .message)
      #expect(plan.messageContact == "c1")
      #expect(plan.due?.iso == "2026-11-22T11:00:00Z")
      return (.zero, .message(["text": "yes"]))
    }
    #expect(try walk.finish().state == .succeeded)
    #expect(walk.calls[0].parameters["question"] == "yes")
  }

  @Test(arguments: [
    (#""next_step""#, ["b", "c"]), (#"{"goto": "three"}"#, ["c"]), (#""stop""#, []),
  ])
  func `when the time has passed it goes on as else says`(
    otherwise: String, calls: [ComponentID]
  ) throws {
    var walk = RunWalk(
      try Fixtures.progress(steps: Self.steps(otherwise)), try Fixtures.policies())
    let end = try walk.finish()
    #expect(end.state == (calls.isEmpty ? .stopped : .succeeded))
    #expect(walk.calls.map(\.component) == calls)
    #expect(walk.journal[1].status == .timeout)
  }

  @Test func `without a contact there is nobody to wait for`() throws {
    var walk = RunWalk(
      try Fixtures.progress(steps: Self.steps("\"stop\"")), try Fixtures.policies())
    walk.run.contact = nil
    let end = try walk.finish()
    #expect(end.state == .failed)
    #expect(end.reason.contains("there is no contact"))
  }
}

@Suite struct ResponseTests {
  private static let steps =
    "[" + Fixtures.step(Fixtures.ask("a", more: #", "save": "v""#)) + ","
    + Fixtures.step(Fixtures.ask("b"), id: "two") + "]"

  private func responses(_ respond: String) throws -> [(calls: Int, response: Response)] {
    var run = try Fixtures.progress(
      steps: Self.steps, event: ["n": 1, "bad": "x\r\nSet-Cookie: a"],
      more: #""respond": \#(respond),"#)
    let policies = try Fixtures.policies()
    var found: [(Int, Response)] = []
    for calls in 0...2 {
      let advance = run.next(now: Fixtures.now, policies: policies)
      if let response = advance.response { found.append((calls, response)) }
      if case .call(let plan) = advance.decision {
        _ = run.apply(.succeeded(["id": "r1"]), for: plan, now: Fixtures.now)
      }
    }
    return found
  }

  @Test func `a mapped response is given once its step is passed`() throws {
    let found = try responses(
      #"{"after": "one", "status": 201, "#
        + #""headers": {"X-Run": "{{run.id}}", "X-Bad": "{{event.bad}}"},"#
        + #""body": {"id": "{{v.id}}", "n": "{{event.n}}"}}"#)
    #expect(found.count == 1)
    #expect(found.first?.calls == 1)
    #expect(
      found.first?.response
        == Response(
          status: 201, headers: [ResponseHeader(name: "X-Run", value: "7")],
          body: ["id": "r1", "n": 1]))
  }

  @Test(arguments: [
    (#""else": "stop""#, "one"), (#""else": "stop""#, "two"), (#""else": {"goto": "three"}"#, "two"),
  ])
  func `a run that never passes the step gives no mapped response`(
    otherwise: String, after: String
  ) throws {
    let filter =
      #"{"filter": {"id": "f", "left": "{{event.n}}", "type": "number", "op": "equals", "#
      + #""right": 2}, \#(otherwise)}"#
    let steps = [
      Fixtures.step(filter + "," + Fixtures.ask("a", more: #", "save": "v""#)),
      Fixtures.step(Fixtures.ask("b"), id: "two"), Fixtures.step(Fixtures.ask("c"), id: "three"),
    ]
    for (n, isMapped) in [(1, false), (2, true)] as [(JSONValue, Bool)] {
      var run = try Fixtures.progress(
        steps: "[" + steps.joined(separator: ",") + "]", event: ["n": n],
        more: #""respond": {"after": "\#(after)", "body": {"id": "{{v.id}}"}},"#)
      var responses: [Response] = []
      for _ in 0...3 where run.end == nil {
        let advance = run.next(now: Fixtures.now, policies: try Fixtures.policies())
        if let response = advance.response { responses.append(response) }
        if case .call(let plan) = advance.decision {
          _ = run.apply(.succeeded(["id": "r1"]), for: plan, now: Fixtures.now)
        }
      }
      #expect(run.end != nil)
      #expect(responses.map(\.body) == (isMapped ? [["id": "r1"]] : []), "\(n)")
    }
  }

  @Test func `without a step it is given at once`() throws {
    let found = try responses(#"{"body": "{{event.n}} {{contact.name}} {{v.id}}"}"#)
    #expect(found.first?.calls == 0)
    #expect(found.first?.response == Response(status: 200, body: "1 Ana "))
  }
}

@Suite struct PreludeTests {
  private func walk(_ contact: String) throws -> RunWalk {
    var run = try Fixtures.progress(
      steps: "[" + Fixtures.step(Fixtures.ask("a", "{{contact.id}}")) + "]",
      event: ["phone": "491"],
      more: #""contact": \#(contact),"#)
    run.contact = nil
    var find = try #require(try Fixtures.context().actions["people.find"])
    find.id = "crm.map_contact"
    let policies = try Fixtures.policies()
    return RunWalk(run) { $0 == "crm.map_contact" ? PolicyInputs(manifest: find) : policies($0) }
  }

  @Test func `the contact is mapped before the first step`() throws {
    var walk = try walk(#"{"channel": "wa", "number": "{{event.phone}}", "fields": {"name": "x"}}"#)
    walk.answer = { _ in .succeeded(["contact_id": "c5"]) }
    #expect(walk.run.position == Position(step: -1, component: 0))
    #expect(try walk.finish().state == .succeeded)
    #expect(walk.calls[0].action == "crm.map_contact")
    #expect(walk.calls[0].place == "-1-0")
    #expect(walk.calls[0].parameters["number"] == "491")
    #expect(walk.calls[1].parameters["question"] == "c5")
  }

  @Test(arguments: [("continue", RunEndState.succeeded), ("fail", .failed)])
  func `a number that cannot be used goes by if_unusable`(
    rule: String, state: RunEndState
  ) throws {
    var walk = try walk(
      #"{"channel": "wa", "number": "{{event.phone}}", "if_unusable": "\#(rule)"}"#)
    walk.answer = { plan in
      plan.action == "crm.map_contact"
        ? .failed(ActionFailure(.invalidInput, code: "bad_number", message: "bad"))
        : .succeeded([:])
    }
    #expect(try walk.finish().state == state)
  }
}
