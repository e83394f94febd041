// SPDX-License-Identifier: Apache-2.0
// Parameters with attributes of each recipient, and what a call says of itself.

import Calendar
import Pipeline
import Schema
import Testing
import Values

@Suite struct DeferredParameterTests {
  private func parameters(_ with: String, _ event: JSONValue) throws -> JSONValue {
    let schema = try JSONSchema(
      parsing: [
        "type": "object",
        "properties": [
          "text": ["type": "string", "x-deferred": true], "plain": ["type": "string"],
          "parts": ["type": "array", "x-deferred": true, "items": ["type": "string"]],
        ],
      ])
    let manifest = ActionManifest(id: "shop.ask", sideEffect: .pure, parameters: schema)
    var run = try Fixtures.progress(
      steps:
        #"[{"id": "s", "components": [{"action": {"id": "a", "use": "shop.ask", "with": \#(with)}}]}]"#,
      event: event)
    let advance = run.next(now: Fixtures.now) { _ in PolicyInputs(manifest: manifest) }
    guard case .call(let plan) = advance.decision else {
      throw PipelineError(code: "no_call", message: "\(advance)")
    }
    return plan.parameters
  }

  /// As the action renders it for one recipient.
  private func twice(_ text: JSONValue?) throws -> JSONValue? {
    var scope = RenderScope { $0 == "recipient" ? ["name": "Ben", "n": 3] : nil }
    return try scope.render(Template(parsing: try #require(text?.asText)))
  }

  @Test(arguments: [
    ("Dear {{recipient.name}}, {{event.what}}", "Dear Ben, tea"),
    ("{{recipient.name | upper}}", "BEN"),
    ("{{recipient.gone | default: event.what}}", "tea"),
    ("{{event.gone | default: recipient.name}}!", "Ben!"),
    ("{{event.what | upper}} {{recipient.n | add: event.two}}", "TEA 5"),
    ("no recipient, {{event.what}}", "no recipient, tea"),
    // What a run puts in is data.
    ("{{event.trick}} {{recipient.name}}", "{{recipient.name}} Ben"),
    ("{{event.trick}}", "{{recipient.name}}"),
    ("{{event.open}}{{event.rest}} {{recipient.n}}", "{{recipient.name}} 3"),
    ("{{recipient.gone | default: event.trick}}", "{{recipient.name}}"),
    (#"{{\"{{\"}}recipient.name}} {{recipient.n}}"#, "{{recipient.name}} 3"),
  ])
  func `attributes of the recipient stay in place, and data is not evaluated again`(
    template: String, rendered: String
  ) throws {
    let event: JSONValue = [
      "what": "tea", "two": 2, "trick": "{{recipient.name}}", "open": "{",
      "rest": "{recipient.name}}",
    ]
    let parameters = try parameters(
      #"{"text": "\#(template)", "parts": ["\#(template)"]}"#, event)
    #expect(try twice(parameters["text"]) == .text(rendered))
    #expect(try twice(parameters["parts"]?[0]) == .text(rendered))
  }

  @Test func `in any other parameter there is no recipient`() throws {
    let parameters = try parameters(#"{"plain": "{{recipient.name}} {{event.x}}"}"#, ["x": "{{"])
    #expect(parameters["plain"] == " {{")
  }
}

@Suite struct CallPlanTests {
  @Test func `a plan says which gates its call passes`() throws {
    var manifest = try #require(try Fixtures.context().actions["shop.order"])
    manifest.serialKey = ["item", "method", "to"]
    manifest.rate = RatePolicy(calls: 3, per: .seconds(60))
    let inputs = PolicyInputs(manifest: manifest, project: PluginPolicy())
    var run = try Fixtures.progress(
      steps: """
        [{"id": "s", "components": [{"action": {"id": "a", "use": "shop.order",
          "with": {"item": "{{event.x}}", "count": 1, "method": "", "credential": "shop_key",
                   "to": ["a@b.example"]},
          "retry": {"attempts": 5, "budget": "1 min"}, "on_limit": "fail",
          "alert": {"to": ["ops@acme.example"], "channel": "ops"}}}]}]
        """, event: ["x": "tea"])
    guard case .call(let plan) = run.next(now: Fixtures.now, policies: { _ in inputs }).decision
    else {
      Issue.record("there is no call")
      return
    }
    #expect(
      plan.serialKeys == [
        SerialKeyPart(parameter: "item", value: "tea"),
        SerialKeyPart(parameter: "to", value: ["a@b.example"]),
      ])
    #expect(plan.credential == "shop_key")
    #expect(plan.retry.attempts == 5)
    #expect(plan.retry.budget == .seconds(60))
    #expect(plan.retry.firstWait == .seconds(1))
    #expect(plan.rate == RatePolicy(calls: 3, per: .seconds(60)))
    #expect(plan.onLimit == .fail)
    #expect(plan.alert?.to == ["ops@acme.example"])
    #expect(plan.breaker.opensAfter == 5)
    #expect(plan.refusal == nil)
  }

  @Test func `roots of the run are there`() throws {
    let run = RunProgress(
      runID: RunID(9), project: "acme",
      connector: try Fixtures.connector(steps: "[" + Fixtures.step(Fixtures.ask("a")) + "]"),
      connectorVersion: 2, startedAt: Fixtures.now, event: [:], hops: 4,
      enteredAs: EnteredAs(connector: "drip", subject: "contact:1"),
      connectorURLs: { ["drip": "https://hooks.example/d"] })
    #expect(run.scope.value(of: "run.hops") == 4)
    #expect(run.scope.value(of: "run.started_at") == "2026-11-22T10:00:00Z")
    #expect(run.scope.value(of: "run.entered_as.subject") == "contact:1")
    #expect(run.scope.value(of: "connector_url.drip") == "https://hooks.example/d")
    #expect(run.scope.value(of: "item") == nil)
  }
}
