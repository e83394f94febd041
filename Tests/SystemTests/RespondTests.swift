// SPDX-License-Identifier: Apache-2.0
// The mapped contact, and what the caller of a webhook is answered.
import TestKit
import Testing
import Values

@Suite struct RespondTests {
  @Test func `the answer is mapped from contact, event and values of the step named in after`()
    throws
  {
    let world = try Scenario()
    try world.apply(
      Document.connector(
        "mapped",
        [
          "contact": Document.contact,
          "respond": [
            "after": "first", "wait": "20 s", "status": 201,
            "headers": ["X-Kind": "{{form.kind}}"],
            "body": ["contact": "{{contact.id}}", "upper": "{{form.upper}}", "n": "{{form.n}}"],
          ],
        ],
        steps: Document.step(
          "first",
          [
            "format": [
              "id": "form", "save": "form",
              "values": [
                "upper": "{{event.name | upper}}", "n": "{{event.n}}", "kind": "k-{{contact.name}}",
              ],
            ]
          ], Document.row("{{form.upper}} {{contact.number}} {{contact.name}}"))))

    let answer = try send(world, "mapped", ["phone": "+91 98123 45678", "name": "ana", "n": 7])

    #expect(answer.status == 201 && answer.headers["x-kind"] == "k-ana", "\(answer)")
    let body = try JSONValue(parsing: answer.body)
    #expect(body["upper"] == "ANA" && body["n"] == 7, "a template of one attribute keeps its type")
    #expect(body["contact"]?.asText?.isEmpty == false, "\(body)")
    #expect(try world.keeper.keys() == ["ANA 919812345678 ana"])

    let unusable = try send(world, "mapped", ["phone": "nobody", "name": "bob"])
    #expect(unusable.status == 201, "if_unusable continues by default: \(unusable)")
    #expect(try JSONValue(parsing: unusable.body)["contact"] == nil)
    try world.host.stop()
  }

  @Test func `without after the answer comes at once, and a late or failed step gets the receipt`()
    throws
  {
    let world = try Scenario()
    try world.apply(
      Document.connector(
        "plain", ["respond": ["status": 200, "body": "hello {{event.name}}"]],
        steps: Document.step("a", Document.delay("wait", ["amount": "1 h"]), Document.row("x"))))
    let plain = try send(world, "plain", ["name": "ana"])
    #expect(plain.status == 200 && plain.body == "hello ana", "\(plain)")

    try world.apply(
      Document.connector(
        "late",
        ["respond": ["after": "a", "wait": "1 s", "status": 200, "body": "{{made.row}}"]],
        steps: Document.step(
          "a", Document.delay("wait", ["amount": "2 s"]),
          Document.action(
            "row", "data_storage.create_row",
            with: ["storage": "Seen", "fields": ["Key": "late"]], ["save": "made"]))))
    let late = try send(world, "late", [:])
    #expect(late.status == 202, "\(late)")
    let run = try #require(try JSONValue(parsing: late.body)["run"]?.asText.flatMap { Int64($0) })
    #expect(try world.keeper.waitForEnd(of: run).state == "succeeded", "the run goes on")
    #expect(try world.keeper.keys() == ["late"])

    try world.apply(
      Document.connector(
        "failing", ["respond": ["after": "a", "wait": "20 s", "status": 200, "body": "done"]],
        steps: Document.step(
          "a",
          Document.action(
            "row", "data_storage.create_row",
            with: ["storage": "Missing", "fields": ["Key": "x"]]))))
    #expect(try send(world, "failing", [:]).status == 202)
    try world.host.stop()
  }

  @Test func `a contact is made once, and an empty value does not overwrite what is known`() throws {
    let world = try Scenario()
    try world.apply(
      Document.connector(
        "contact", ["contact": Document.contact],
        steps: Document.step("a", Document.row("{{contact.id}} {{contact.name}}"))))
    for event in [
      ["phone": "+15550001111", "name": "ana"], ["phone": "+15550001111", "name": ""],
      ["phone": "+15550001111", "name": "eva"],
    ] as [JSONValue] {
      #expect(try world.finish("contact", event).state == "succeeded")
    }
    let keys = try world.keeper.keys()
    let id = keys.first?.split(separator: " ").first.map(String.init) ?? ""
    #expect(keys == ["\(id) ana", "\(id) ana", "\(id) eva"], "\(keys)")
    try world.host.stop()
  }

  private func send(
    _ world: Scenario, _ connector: String, _ event: JSONValue
  ) throws -> WebAnswer {
    try WebRequest(world.url(of: connector), body: event.json).send()
  }
}
