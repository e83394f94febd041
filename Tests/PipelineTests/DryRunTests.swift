// SPDX-License-Identifier: Apache-2.0
// A connector run to its end without touching anything.

import Calendar
import Pipeline
import Schema
import Testing
import Values

@Suite struct DryRunTests {
  private static let steps = """
    [{"id": "one", "components": [
       {"filter": {"all": [
         {"left": "{{event.n}}", "type": "number", "op": "at_least", "right": 1}]}},
       {"delay": {"id": "d", "amount": "3 d"}},
       {"wait_for_message": {"id": "w", "save": "reply", "within": "1 h"}},
       {"action": {"id": "o", "use": "shop.order", "save": "order",
         "with": {"item": "{{reply.text}}", "count": "{{event.n}}"}}}]},
     {"id": "each", "for_each": {"in": "{{event.list}}"}, "components": [
       {"delay": {"id": "e", "amount": "1 h"}},
       {"action": {"id": "a", "use": "shop.ask", "save": "v", "with": {"question": "{{item}}"}}}]},
     {"id": "end", "components": [
       {"action": {"id": "s", "use": "control.stop",
         "with": {"reason": "{{order.id}} {{v[1].made}}"}}}]},
     {"id": "never", "components": [{"action": {"id": "x", "use": "shop.ask"}}]}]
    """

  private func policies() throws -> (ActionID) -> PolicyInputs {
    let policies = try Fixtures.policies()
    return { id in
      var inputs = policies(id)
      if id == "shop.order" {
        inputs.manifest?.examples = [
          ["with": ["item": "yes", "count": 1], "error": ["code": "no"]],
          ["with": ["item": "other", "count": 2], "result": ["id": "far"]],
          ["title": "Two", "with": ["item": "yes", "count": 2], "result": ["id": "near"]],
        ]
      }
      return inputs
    }
  }

  @Test func `everything is evaluated and nothing is called`() throws {
    let run = try Fixtures.progress(steps: Self.steps, event: ["n": 2, "list": ["p", "q"]])
    var asked: [ComponentID] = []
    var dry = DryRun(run, messages: [["text": "yes"]], policies: try policies()) { plan in
      asked.append(plan.component)
      return plan.effect == .pure ? .succeeded(["made": plan.parameters["question"] ?? .null]) : nil
    }
    let report = dry.finish()
    #expect(report.end == RunEnd(.stopped, reason: "near q"))
    #expect(asked == ["o", "a", "a", "s"])
    #expect(report.waited == .seconds(3 * 86_400 + 3_600), "elements wait side by side")
    #expect(!report.journal.contains { !$0.isDry })
    #expect(report.journal.first?.value["dry_run"] == true)
    let order = try #require(report.journal.first { $0.component == "o" })
    #expect(order.notes == ["not called: this is the result of its example \"Two\""])
    #expect(report.journal.filter { $0.component == "a" }.map(\.element) == [0, 1])
  }

  @Test func `without a message the time of the wait passes`() throws {
    let run = try Fixtures.progress(steps: Self.steps, event: ["n": 2, "list": []])
    var dry = DryRun(run, policies: try policies())
    let report = dry.finish()
    #expect(report.journal.contains { $0.kind == .message && $0.status == .timeout })
    #expect(report.waited == .seconds(3 * 86_400 + 3_600))
  }

  @Test func `an action without an example answers as its schema wants it`() throws {
    let schema = try JSONSchema(
      parsing: [
        "type": "object", "required": ["id"],
        "properties": [
          "id": ["type": "string"], "n": ["type": "integer", "minimum": 5],
          "kind": ["type": "string", "enum": ["b", "a"]],
          "mails": ["type": "array", "items": ["type": "string", "format": "email"]],
          "at": ["type": "string", "format": "date-time"], "ok": ["type": "boolean"],
          "price": ["type": "number"], "inner": ["type": "object"],
        ],
      ])
    var manifest = ActionManifest(id: "a.b", sideEffect: .pure, parameters: schema)
    manifest.result = schema
    let sample = SampleAnswer(manifest, parameters: [:])
    #expect(schema.validate(sample.result).isEmpty)
    #expect(sample.result["kind"] == "b")
    #expect(sample.result["n"] == 5)
    manifest.result = nil
    #expect(SampleAnswer(manifest, parameters: [:]).result == [:])
  }
}
