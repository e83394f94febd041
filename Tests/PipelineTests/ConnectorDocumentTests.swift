// SPDX-License-Identifier: Apache-2.0
// What a connector's document means once it is read.

import Pipeline
import TestKit
import Testing
import Values

@Suite struct ConnectorDocumentTests {
  private func connector(
    _ steps: String, top: String = "", trigger: String = #"{"webhook": {}}"#
  ) throws -> Connector {
    let source = """
      {"format": 1, "project": "acme", "name": "test", "trigger": \(trigger), \(top)
       "steps": \(steps)}
      """
    let parsed = Connector.parse(try JSONDocument(source: Array(source.utf8)))
    return try #require(parsed.connector, "\(parsed.findings.map { $0.text(in: "c") })")
  }

  private func component(_ text: String) throws -> Component {
    let steps = try connector(#"[{"id": "s", "components": [\#(text)]}]"#).steps
    return try #require(steps.first?.components.first)
  }

  private func trigger(_ text: String) throws -> Trigger {
    try connector(
      #"[{"id": "s", "components": [{"action": {"id": "a", "use": "shop.ask"}}]}]"#, trigger: text
    ).trigger
  }

  @Test func `what a document leaves out has the default of the specification`() throws {
    guard case .delay(let delay) = try component(#"{"delay": {"amount": "1 d"}}"#),
      case .waitForMessage(let wait) = try component(#"{"wait_for_message": {}}"#),
      case .action(let action) = try component(
        #"{"action": {"id": "a", "use": "shop.ask", "alert": {"to": ["a@b.example"]}}}"#)
    else { throw PipelineError(code: "test", message: "another kind was read") }
    #expect(delay.id == "s.1" && delay.pastDue == .skipStep && delay.expiresAfter == nil)
    #expect(delay.basis == .amount(.literal("1 d"), from: .lastStep))
    #expect(wait.timeout == .seconds(86_400) && wait.otherwise == .nextStep)
    #expect(action.onUnknown == .fail && action.onLimit == nil && action.fallback == nil)
    #expect(action.alert?.every == .seconds(3_600))
    let policy = PolicyResolution(component: action, project: nil, manifest: nil)
    #expect(policy.retry.resolved == ResolvedRetry(attempts: 3, budget: .seconds(120)))
    #expect(policy.onLimit == PolicyValue(.wait, .host))
    let loop = try connector(
      """
      [{"id": "s", "for_each": {"in": "{{event.x}}"}, "components": [{"delay": {"amount": "1 d"}}]}]
      """
    ).steps[0]
    #expect(loop.forEach?.name == "item" && loop.forEach?.most == 10_000)
    #expect(loop.forEach?.waits == true && loop.forEach?.stopsOnFailure == false)
    #expect(loop.needsChildRuns)
  }

  @Test func `the contact mapping runs before the first step`() throws {
    let steps = #"[{"id": "s", "components": [{"action": {"id": "a", "use": "shop.ask"}}]}]"#
    #expect(try connector(steps).prelude == nil)
    for (text, fallback) in [("fail", Fallback.stop), ("continue", nil)] {
      let mapped = try connector(
        steps,
        top: """
          "contact": {"channel": "wa", "number": "{{event.n}}", "fields": {"name": "x"},
            "attributes": {"City": "y"}, "overwrite_empty": true, "if_unusable": "\(text)"},
          """)
      let step = try #require(mapped.step(at: Position.preludeStep))
      guard case .action(let action)? = step.components.first else { continue }
      #expect(step.id == "contact" && action.id == "map_contact")
      #expect(action.use == "crm.map_contact")
      var scope = RenderScope { $0 == "event" ? ["n": "+49 1"] : nil }
      #expect(
        try action.with.render(in: &scope) == [
          "number": "+49 1", "channel": "wa", "fields": ["name": "x", "City": "y"],
          "overwrite_empty": true,
        ])
      if let fallback { #expect(action.fallback == fallback) }
      let bad = ActionFailure(.invalidInput, code: "bad_number", message: "")
      #expect(action.fallback?.act(on: bad) == (text == "fail" ? .stop : .continue))
      let gone = ActionFailure(.notFound, code: "channel_not_found", message: "")
      #expect(action.fallback?.act(on: gone) == .stop, "a mistake in the document is never hidden")
    }
  }

  @Test(arguments: [
    (ErrorClass.denied, "opted_out", nil, FallbackAct.stop),
    (.failed, "session_closed", nil, .goto("b")),
    (.failed, "x", "131026", .goto("b")),
    (.unavailable, "x", nil, .continue), (.timeout, "timeout", nil, .continue),
    (.conflict, "x", nil, .stop),
  ])
  func `the first rule that matches decides, and none means stop`(
    kind: ErrorClass, code: String, provider: String?, act: FallbackAct
  ) throws {
    let fallback = Fallback.rules([
      FallbackRule(classes: [.denied], act: .stop),
      FallbackRule(codes: ["session_closed", "131026"], act: .goto("b")),
      FallbackRule(classes: [.unavailable, .timeout], codes: ["y"], act: .continue),
    ])
    let failure = ActionFailure(kind, code: code, message: "", providerCode: provider)
    #expect(fallback.act(on: failure) == act)
    #expect(Fallback.rules([FallbackRule(act: .continue)]).act(on: failure) == .continue)
    #expect(Fallback.stop.act(on: failure) == .stop)
  }

  @Test(arguments: [
    (#"{"message": {"channels": ["wa"]}}"#, #"{"channel": "wa", "text": "x"}"#, true),
    (#"{"message": {"channels": ["wa"]}}"#, #"{"channel": "other", "text": "x"}"#, false),
    (
      #"{"message": {"channels": ["wa"], "keywords": ["Stop"]}}"#,
      #"{"channel": "WA", "text": " stop "}"#, true
    ),
    (
      #"{"message": {"channels": ["wa"], "keywords": ["stop"]}}"#,
      #"{"channel": "wa", "text": "stop it"}"#, false
    ),
    (
      #"{"message": {"channels": ["wa"], "keywords": ["stop"], "match": "starts_with"}}"#,
      #"{"channel": "wa", "text": "stop it"}"#, true
    ),
    (
      #"{"message": {"channels": ["wa"], "keywords": ["it"], "match": "contains"}}"#,
      #"{"channel": "wa", "text": "stop it"}"#, true
    ),
    (
      #"{"message": {"channels": ["wa"], "language": "en"}}"#,
      #"{"channel": "wa", "language": "en_US"}"#, true
    ),
    (
      #"{"message": {"channels": ["wa"], "language": "en"}}"#,
      #"{"channel": "wa", "language": "enx"}"#, false
    ),
    (
      #"{"message_status": {"channels": ["wa"], "statuses": ["read"]}}"#,
      #"{"channel": "wa", "status": "read"}"#, true
    ),
    (
      #"{"message_status": {"channels": ["wa"], "statuses": ["read"]}}"#,
      #"{"channel": "wa", "status": "sent"}"#, false
    ),
    (#"{"record": {"module": "Leads"}}"#, #"{"module": "leads", "change": "delete"}"#, true),
    (#"{"record": {"module": "Leads"}}"#, #"{"module": "Orders", "change": "create"}"#, false),
    (
      #"{"record": {"module": "Leads", "on": ["create"]}}"#,
      #"{"module": "Leads", "change": "update"}"#, false
    ),
    (
      #"{"record": {"module": "Leads", "watch": ["Status"]}}"#,
      #"{"module": "leads", "change": "update", "before": {"status": 2}, "after": {"Status": 1}}"#,
      true
    ),
    (
      #"{"record": {"module": "Leads", "watch": ["Status"]}}"#,
      #"{"module": "Leads", "change": "update", "before": {"Status": ""}, "after": {"x": 2}}"#,
      false
    ),
    (
      #"{"record": {"module": "Leads", "watch": ["Status"]}}"#,
      #"{"module": "Leads", "change": "create", "after": {}}"#, true
    ),
    (
      #"{"macro_button": {"module": "Leads", "buttons": ["Send offer"]}}"#,
      #"{"button": "send offer"}"#, true
    ),
    (
      #"{"macro_button": {"module": "Leads", "buttons": ["Send offer"]}}"#, #"{"button": "Call"}"#,
      false
    ),
    (#"{"email": {"channel": "ops"}}"#, #"{"channel": "ops", "from": "a@b.example"}"#, true),
    (#"{"email": {"channel": "ops"}}"#, #"{"channel": "other"}"#, false),
    (#"{"connector": {"accepts": {"type": "object", "required": ["id"]}}}"#, #"{"id": 1}"#, true),
    (#"{"connector": {"accepts": {"type": "object", "required": ["id"]}}}"#, #"{"idd": 1}"#, false),
    (#"{"connector": {"module": "Leads"}}"#, #"{"module": "Orders"}"#, false),
  ])
  func `a trigger takes the events it names`(
    document: String, event: String, isAccepted: Bool
  ) throws {
    #expect(try trigger(document).accepts(JSONValue(parsing: event)) == isAccepted)
  }

  @Test func `the highest priority wins, then the longest keyword`() throws {
    func match(_ document: String) throws -> MessageMatch? {
      guard case .message(let message) = try trigger(document) else { return nil }
      return message.match("I want to stop now")
    }
    let short = try #require(
      try match(#"{"message": {"channels": ["wa"], "keywords": ["stop"], "match": "contains"}}"#))
    let long = try #require(
      try match(
        #"{"message": {"channels": ["wa"], "keywords": ["to", "stop now"], "match": "contains"}}"#))
    let any = try #require(try match(#"{"message": {"channels": ["wa"], "priority": 1}}"#))
    #expect(long.keyword == "stop now")
    #expect([any, short, long].max() == any && short < long)
  }

  @Test func `the worst case sums timeouts, retries and waits on the longest way`()
    throws
  {
    let context = try Fixtures.context()
    func worst(_ steps: String) throws -> WorstCase { try connector(steps).worstCase(in: context) }
    let ask = """
      {"action": {"id": "a", "use": "shop.ask", "timeout": "10 s", "retry": {"attempts": 3}}}
      """
    #expect(try worst("[{\"id\": \"s\", \"components\": [\(ask)]}]").duration == .seconds(33))
    let stubborn = ask.replacing("\"attempts\": 3", with: "\"attempts\": 99, \"budget\": \"1 min\"")
    #expect(try worst("[{\"id\": \"s\", \"components\": [\(stubborn)]}]").duration == .seconds(70))
    let loop = "[{\"id\": \"s\", \"for_each\": {\"in\": [1, 2, 3]}, \"components\": [\(ask)]}]"
    #expect(try worst(loop).duration == .seconds(99))
    let waits = """
      [{"id": "s", "components": [{"delay": {"amount": "2 d"}},
         {"wait_for_message": {"within": "1 h"}}]},
       {"id": "t", "enabled": false, "components": [{"delay": {"amount": "9 d"}}]}]
      """
    let known = try worst(waits)
    #expect(known.duration == .seconds(2 * 86_400 + 3_600) && !known.isOpen)
    let open = #"[{"id": "s", "components": [{"delay": {"on": "{{event.at}}"}}]}]"#
    #expect(try worst(open).isOpen)
  }

  @Test func `a policy is stored as it is written, and reads back the same`() throws {
    let text = """
      {"format": 1, "name": "acme", "plugins": {"http": {"policy": {"timeout": "5 s",
        "retry": {"attempts": 2}, "rate": {"calls": 10, "per": "1 min", "on_limit": "fail"},
        "concurrency": 3, "breaker": {"opens_after": 2}, "when_disabled": "wait",
        "fallback": [{"do": {"action": {"use": "email.send"}}}]}}}}
      """
    let parsed = ProjectDocument.parse(try JSONDocument(source: Array(text.utf8)))
    let policy = try #require(parsed.project?.plugin("http")?.policy)
    let again = PluginPolicy(value: try JSONValue(parsing: policy.value.json))
    #expect(again == policy)
    let resolved = PolicyResolution(component: nil, project: policy, manifest: nil)
    #expect(resolved.retry.attempts == PolicyValue(2, .project))
    #expect(resolved.retry.budget == PolicyValue(.seconds(120), .host))
    #expect(resolved.onLimit == PolicyValue(.fail, .project))
    #expect(resolved.breaker.value.maxBackOff == .seconds(600))
    #expect(policy.fallback?.actions.first?.id == "fallback.1")
  }
}
