// SPDX-License-Identifier: Apache-2.0
import Pipeline
import Schema
import Testing
import Values

/// spec/actions.md: a serial key on a contact; the reference's default is the run's contact (§1.2).
@Suite struct SerialKeyPartTests {
  private func parts(
    with: String, contact: JSONValue? = ["id": "c1", "name": "Ana"],
    rules: [SerialKeyRule] = ["contact", "counter", "key"]
  ) throws -> [SerialKeyPart] {
    var action = try #require(try Fixtures.context().actions["shop.ask"])
    action.parameters = try JSONSchema(parsing: [
      "type": "object",
      "properties": [
        "contact": ["type": ["string", "object"], "x-ref": "contact"],
        "counter": ["type": "string", "x-ref": "counter"], "key": ["type": "string"],
        "memory": ["type": "boolean"],
      ],
    ])
    action.serialKey = rules
    let step =
      #"{"id": "s", "components": [{"action": {"id": "a", "use": "shop.ask", "with": \#(with)}}]}"#
    var run = try Fixtures.progress(steps: "[\(step)]")
    run.contact = contact
    let advance = run.next(now: Fixtures.now) { [action] _ in
      PolicyInputs(manifest: action, project: nil)
    }
    guard case .call(let plan) = advance.decision else { throw NoCall() }
    return plan.serialKeys
  }

  private struct NoCall: Error {}

  @Test func `a contact that is not given is the run's, other parts are left out`() throws {
    #expect(
      try parts(with: "{}") == [SerialKeyPart(parameter: "contact", reference: "contact", value: "c1")])
    #expect(try parts(with: "{}", contact: nil).isEmpty)
  }

  @Test func `what is given counts, with the kind of thing it names`() throws {
    #expect(
      try parts(with: #"{"contact": {"id": "7"}, "counter": "Visits", "key": "a", "more": 1}"#) == [
        SerialKeyPart(parameter: "contact", reference: "contact", value: ["id": "7"]),
        SerialKeyPart(parameter: "counter", reference: "counter", value: "Visits"),
        SerialKeyPart(parameter: "key", reference: nil, value: "a"),
      ])
    #expect(try parts(with: #"{"contact": "", "key": ""}"#).map(\.value) == ["c1"])
  }

  @Test func `a rule may stand back, and may take the run's contact for what is not given`() throws {
    var rule = SerialKeyRule("key")
    rule.defaultsToContact = true
    rule.when = ["memory": true]
    #expect(try parts(with: #"{"key": "a"}"#, rules: [rule]).isEmpty)
    #expect(try parts(with: #"{"key": "a", "memory": false}"#, rules: [rule]).isEmpty)
    #expect(try parts(with: #"{"key": "a", "memory": true}"#, rules: [rule]).map(\.value) == ["a"])
    #expect(
      try parts(with: #"{"memory": true}"#, rules: [rule]) == [
        SerialKeyPart(parameter: "key", reference: nil, value: "c1")
      ])
    #expect(try parts(with: #"{"memory": true}"#, contact: nil, rules: [rule]).isEmpty)
  }
}
