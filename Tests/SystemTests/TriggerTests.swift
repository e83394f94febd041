// SPDX-License-Identifier: Apache-2.0
// Runs that something else than a webhook starts.
import TestKit
import Testing
import Values

@Suite struct TriggerTests {
  @Test func `each trigger takes its events and leaves the others`() throws {
    let world = try Scenario(
      channels: [
        Scenario.phone, ["name": "inbox", "kind": "email", "credential": "mail_account"],
      ])
    let cases: [(kind: String, trigger: JSONValue, taken: [JSONValue], left: [JSONValue])] = [
      (
        "message_status", ["channels": ["phone"], "statuses": ["delivered"]],
        [["channel": "phone", "status": "delivered"]],
        [["channel": "phone", "status": "read"], ["channel": "inbox", "status": "delivered"]]
      ),
      (
        "record", ["module": "Leads", "on": ["create", "update"], "watch": ["Status"]],
        [
          ["module": "Leads", "change": "create", "after": ["Status": "New"]],
          [
            "module": "Leads", "change": "update", "before": ["Status": "New"],
            "after": ["Status": "Called"],
          ],
        ],
        [
          ["module": "Leads", "change": "delete", "before": ["Status": "New"]],
          ["module": "Deals", "change": "create", "after": ["Status": "New"]],
          [
            "module": "Leads", "change": "update", "before": ["Status": "New", "Other": 1],
            "after": ["Status": "New", "Other": 2],
          ],
        ]
      ),
      ("reminder", [:], [["title": "call", "due_at": "2030-01-01T10:00:00Z"]], []),
      (
        "macro_button", ["module": "Leads", "buttons": ["Send offer"]],
        [["module": "Leads", "button": "Send offer"]], [["module": "Leads", "button": "Other"]]
      ),
      (
        "email", ["channel": "inbox"], [["channel": "inbox", "subject": "hello"]],
        [["channel": "other", "subject": "hello"]]
      ),
    ]
    for expected in cases {
      try world.apply(
        Document.connector(
          expected.kind, ["trigger": .object([expected.kind: expected.trigger])],
          steps: Document.step("a", Document.row(expected.kind))))
    }
    for expected in cases {
      for event in expected.taken {
        let raised = try world.raise(expected.kind, event)
        #expect(raised["runs"]?[0]?["connector"]?.asText == expected.kind, "\(event): \(raised)")
        let view = try world.keeper.waitForEnd(of: world.started(by: raised))
        #expect(view.state == "succeeded", "\(view)")
      }
      for event in expected.left {
        let raised = try world.raise(expected.kind, event)
        #expect(raised["runs"] == [] && raised["note"] != nil, "\(event): \(raised)")
      }
    }
    try world.host.stop()
  }

  @Test func `of several that take a message the highest priority wins, then the longest keyword`()
    throws
  {
    let world = try Scenario()
    let triggers: [(name: String, trigger: JSONObject)] = [
      ("anything", ["match": "any"]),
      ("hi", ["match": "contains", "keywords": ["hi"], "priority": 5]),
      ("longer", ["match": "contains", "keywords": ["hi there"], "priority": 5]),
      ("exact", ["match": "exact", "keywords": ["STOP now"], "priority": 9]),
    ]
    for (name, members) in triggers {
      var trigger: JSONObject = ["channels": ["phone"]]
      for member in members { trigger[member.name] = member.value }
      try world.apply(
        Document.connector(
          name, ["trigger": ["message": .object(trigger)]],
          steps: Document.step("a", Document.row("{{event.text}}"))))
    }
    for (text, taker) in [
      ("yo", "anything"), ("Oh HI!", "hi"), ("hi there you", "longer"), (" stop NOW ", "exact"),
      ("stop now please", "anything"),
    ] {
      let raised = try world.raise("message", message(text, from: "+1555000\(text.count)"))
      #expect(raised["runs"]?.asList?.count == 1, "one of them alone: \(raised)")
      #expect(raised["runs"]?[0]?["connector"]?.asText == taker, "\(text): \(raised)")
    }
    try world.host.stop()
  }

  @Test func `more than five automatic replies to one contact within a minute are stopped`() throws {
    let world = try Scenario()
    try world.apply(
      Document.connector(
        "echo", ["trigger": ["message": ["channels": ["phone"], "match": "any"]]],
        steps: Document.step("a", Document.row("{{event.text}}"))))
    for count in 1...5 {
      let raised = try world.raise("message", message("\(count)"))
      #expect(raised["runs"]?.asList?.count == 1, "\(count): \(raised)")
    }
    let sixth = try world.raise("message", message("6"))
    #expect(sixth["runs"] == [], "\(sixth)")
    #expect(sixth["note"]?.asText?.contains("loop guard") == true, "\(sixth)")
    let other = try world.raise("message", message("7", from: "+15550002222"))
    #expect(other["runs"]?.asList?.count == 1, "another contact is not concerned: \(other)")
    try world.host.stop()
  }

  @Test func `a message wakes the run that waits for its contact and starts no other`() throws {
    let world = try Scenario()
    try world.apply(
      Document.connector(
        "any", ["trigger": ["message": ["channels": ["phone"], "match": "any"]]],
        steps: Document.step("a", Document.row("started by {{event.text}}"))))
    try world.apply(
      Document.connector(
        "chat", ["contact": Document.contact],
        steps: Document.step(
          "ask",
          ["wait_for_message": ["id": "answer", "save": "answer", "within": "1 h"]],
          Document.row("answered {{answer.text}}")),
        Document.step("late", Document.row("went on", id: "other"))))
    let run = try world.post("chat", ["phone": "+1 (555) 000-1111"])
    _ = try world.wait(for: run, standsAt: "message")

    let stranger = try world.raise("message", message("red", from: "+15550002222"))
    #expect(stranger["woken"] == nil && stranger["runs"]?.asList?.count == 1, "\(stranger)")
    let raised = try world.raise("message", message("blue"))

    #expect(raised["woken"]?.asText == String(run) && raised["runs"] == [], "\(raised)")
    let view = try world.keeper.waitForEnd(of: run)
    #expect(view.state == "succeeded", "\(view)")
    let keys = try world.keeper.keys().sorted()
    #expect(keys == ["answered blue", "started by red", "went on"], "\(keys)")
    let next = try world.raise("message", message("green"))
    #expect(next["runs"]?.asList?.count == 1, "nobody waits any more: \(next)")
    try world.host.stop()
  }

  @Test func `a wait for a message that does not come takes its else`() throws {
    let world = try Scenario()
    for (instead, keys) in [
      ("next_step", ["late", "end"]), ("stop", []), (["goto": "end"], ["end"]),
    ] as [(JSONValue, [String])] {
      try world.apply(
        Document.connector(
          "chat", ["contact": Document.contact],
          steps: Document.step(
            "ask",
            [
              "wait_for_message": ["id": "answer", "save": "answer", "within": "1 s"],
              "else": instead,
            ], Document.row("answered")),
          Document.step("late", Document.row("late", id: "second")),
          Document.step("end", Document.row("end", id: "third"))))
      let before = try world.keeper.keys().count
      let view = try world.finish("chat", ["phone": "+15550001111"])
      #expect(view.state == (keys.isEmpty ? "stopped" : "succeeded"), "\(view)")
      #expect(try Array(world.keeper.keys().dropFirst(before)) == keys, "\(instead)")
    }
    try world.host.stop()
  }

  @Test func `a schedule starts a run at its minute`() throws {
    let world = try Scenario()
    try world.apply(
      Document.connector(
        "minutely", ["trigger": ["schedule": ["cron": "* * * * *"]]],
        steps: Document.step("a", Document.row("{{event.missed}} {{event.due_at}}"))))
    let run = try poll(within: .seconds(90), for: "the next minute") {
      try world.keeper.runs().first
    }
    #expect(try world.keeper.waitForEnd(of: run.id).state == "succeeded")
    let key = try #require(try world.keeper.keys().first)
    #expect(key.hasPrefix("0 ") && key.contains(":00"), "\(key)")
    try world.host.stop()
  }

  private func message(_ text: String, from number: String = "+15550001111") -> JSONValue {
    [
      "channel": "phone", "number": .text(number), "text": .text(text),
      "message_id": .text("id \(text)"),
    ]
  }
}
