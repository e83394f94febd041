// SPDX-License-Identifier: Apache-2.0
import Pipeline
import Testing
import Values

/// whatsapp.broadcast: who gets it, and what the runs that send are told.
@Suite struct BroadcastTests {
  private let plugin: PluginUnderTest
  private let world = ScriptedWorld.acme()

  init() throws {
    plugin = try PluginUnderTest("whatsapp")
    world.runs.connectors["system.broadcast"] = true
    world.collections["segment"] = [
      "11": [
        "name": "Leads", "filter": ["all": [["field": "tags", "op": "contains", "right": "lead"]]],
      ]
    ]
  }

  private func contacts(_ count: Int, _ more: JSONObject = ["tags": ["lead"]]) {
    var contacts: [String: JSONObject] = [:]
    for index in 0..<count {
      var contact: JSONObject = [
        "channel": "101", "number": .text("1650\(1_000_000 + index)"), "name": "C \(index)",
      ]
      for (name, value) in more { contact[name] = value }
      contacts["\(2_000 + index)"] = contact
    }
    world.collections["contact"] = contacts
  }

  private func broadcast(_ changes: JSONObject = [:]) throws -> Outcome {
    var parameters: JSONObject = [
      "channel": "wa_main", "segment": "leads", "text": "Hello {{recipient.name}}",
    ]
    for (name, value) in changes { parameters[name] = value.isNull ? nil : value }
    return try plugin.run("whatsapp.broadcast", .object(parameters), in: world)
  }

  private var events: [JSONValue] {
    world.runs.asked.compactMap { $0.value["event"] }
  }

  @Test func `a segment by name becomes runs of a thousand contacts each`() throws {
    contacts(2_050)
    let outcome = try broadcast()
    #expect(outcome.value?["audience"] == 2_050, "\(outcome)")
    #expect(outcome.value?["runs"]?.asList?.count == 3)
    #expect(events.map { $0["contacts"]?.asList?.count } == [1_000, 1_000, 50])
    let first = try #require(events.first)
    #expect(first["text"] == "Hello {{recipient.name}}" && first["channel"] == "101")
    #expect(first["purpose"] == "marketing" && first["contacts"]?[0] == "2000")
    let record = try #require(world.collections["broadcast"]?.values.first)
    #expect(record["audience"] == 2_050 && record["segment"] == nil || record["name"] != nil)
    #expect(outcome.value?["broadcast"] == first["broadcast"])
  }

  @Test func `who must not be written to is left out, and counted by the reason`() throws {
    contacts(5)
    world.collections["blacklist"] = ["1": ["channel": "101", "number": "16501000000"]]
    world.collections["optout_entry"] = [
      "1": ["channel": "101", "number": "16501000001", "list": "801"],
      "2": ["channel": "101", "number": "16501000002", "list": "802"],
    ]
    let plain = try broadcast()
    #expect(plain.value?["audience"] == 3)
    #expect(
      plain.value?["excluded"] == [
        "blacklisted": 1, "opted_out": 1, "no_session": 0, "duplicates": 0,
      ])
    #expect(try broadcast(["optout_lists": "newsletter"]).value?["audience"] == 2)
    #expect(try broadcast(["purpose": "transactional"]).value?["audience"] == 4)
  }

  @Test func `free text goes only to those who wrote within 24 hours`() throws {
    contacts(3)
    world.collections["channel"]?["101"]?["inbound"] = true
    world.collections["conversation"] = [
      "1": [
        "channel": "101", "number": "16501000001", "last_inbound_at": "2999-01-01T00:00:00Z",
      ],
      "2": [
        "channel": "101", "number": "16501000002", "last_inbound_at": "2020-01-01T00:00:00Z",
      ],
    ]
    let text = try broadcast()
    #expect(text.value?["audience"] == 1 && text.value?["excluded"]?["no_session"] == 2)
    #expect(events.last?["contacts"] == ["2001"])
    let template: JSONValue = [
      "name": "order_ready", "language": "en_US", "values": ["{{recipient.name}}", "12"],
    ]
    #expect(try broadcast(["text": .null, "template": template]).value?["audience"] == 3)
  }

  @Test func `only living contacts of the channel, and of the filter`() throws {
    contacts(3)
    world.collections["contact"]?["2000"]?["deleted_at"] = "2026-01-01T00:00:00Z"
    world.collections["contact"]?["2001"]?["channel"] = "104"
    #expect(try broadcast().value?["audience"] == 1)
    world.collections["contact"]?["2002"]?["tags"] = []
    #expect(try broadcast().value?["audience"] == 0)
    #expect(try broadcast(["segment": .null, "all": true]).value?["audience"] == 1)
    let filter: JSONValue = ["any": [["field": "name", "op": "is", "right": "c 2"]]]
    #expect(try broadcast(["segment": filter]).value?["audience"] == 1)
  }

  @Test func `an empty audience is no run and no error`() throws {
    contacts(0)
    let outcome = try broadcast()
    #expect(outcome.value?["audience"] == 0 && outcome.value?["runs"] == [])
  }

  @Test(arguments: [
    (["segment": .null], "empty_segment"), (["segment": ["all": []]], "empty_segment"),
    (["segment": [:]], "empty_segment"), (["segment": "nobody"], "segment_not_found"),
    (["all": true], "several_audiences"), (["text": .null], "no_content"),
    (["channel": "ops_mail"], "wrong_channel_kind"), (["channel": "wa_off"], "channel_disabled"),
    (["text": "Hi {{recipient.name | sha256}}"], "bad_recipient_text"),
    (["text": "Hi {{recipient.name"], "bad_recipient_text"),
    (["template": ["name": "order_ready", "language": "en_US"]], "several_contents"),
  ] as [(JSONObject, String)])
  func `what cannot be broadcast starts no run`(_ changes: JSONObject, _ code: String) throws {
    contacts(3)
    #expect(try broadcast(changes).code == code)
    #expect(events.isEmpty && world.collections["broadcast"] == nil)
  }

  // MARK: the runs that send

  @Test func `each contact's values are put into the message, and data stays data`() throws {
    world.collections["contact"]?["401"]?["name"] = "{{recipient.number}}"
    world.http = { _, body in
      let text = (try? JSONValue(parsing: body))?["text"]?["body"]
      #expect(text == "Hello {{recipient.number}}, 3 {{braces}}, none, BO@X")
      return .json(
        200, ["messages": [["id": "wamid.1"]], "contacts": [["wa_id": "16505551234"]]])
    }
    world.collections["contact"]?["401"]?["email"] = "bo@x"
    let outcome = try plugin.run(
      "whatsapp.send_message",
      [
        "channel": "wa_main", "recipient": "401", "broadcast": "77",
        "text": .text(
          "Hello {{recipient.name}}, {{recipient.attributes.Score}} {{\"{{\"}}braces}}, "
            + "{{recipient.shoe | default: \"none\"}}, {{recipient.email | upper}}"),
      ], in: world)
    #expect(outcome.value?["accepted"] == 1, "\(outcome)")
    #expect(world.puts.first { $0.collection == "message" }?.fields["broadcast"] == "77")
  }

  @Test func `a broadcast's messages keep the channel's pace, others do not`() throws {
    let action = try #require(plugin.manifest.actions.first { $0.id == "whatsapp.send_message" })
    #expect(action.pace == PaceRule(channel: "channel", when: "broadcast"))
    let kinds = Dictionary(
      plugin.manifest.channels.map { ($0.kind, $0.broadcast) }, uniquingKeysWith: { a, _ in a })
    #expect(kinds["whatsapp_cloud"] == RatePolicy(calls: 600, per: .seconds(60)))
    #expect(kinds["whatsapp_gateway"] == RatePolicy(calls: 1, per: .seconds(45)))
  }
}
