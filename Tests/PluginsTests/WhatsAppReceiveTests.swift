// SPDX-License-Identifier: Apache-2.0
import Pipeline
import Testing
import Values

/// whatsapp.receive on webhooks of the Cloud API.
@Suite struct WhatsAppReceiveTests {
  private let plugin: PluginUnderTest
  private let world = ScriptedWorld.acme()

  init() throws { plugin = try PluginUnderTest("whatsapp") }

  /// A webhook with these values, a change each.
  static func webhook(_ values: JSONObject..., number: String = "106540352242922") -> JSONValue {
    let changes = values.map { value -> JSONValue in
      var value = value
      value["messaging_product"] = "whatsapp"
      value["metadata"] = ["display_phone_number": "15550783881", "phone_number_id": .text(number)]
      return ["field": "messages", "value": .object(value)]
    }
    return [
      "object": "whatsapp_business_account",
      "entry": .list(changes.map { ["id": "102290129340398", "changes": [$0]] }),
    ]
  }

  static func message(_ id: String, _ more: JSONObject, from: String = "16505551234") -> JSONValue {
    var message: JSONObject = [
      "from": .text(from), "id": .text(id), "timestamp": "1795987343",
    ]
    for (name, value) in more { message[name] = value }
    return .object(message)
  }

  static func text(_ id: String, _ text: String, from: String = "16505551234") -> JSONValue {
    message(id, ["type": "text", "text": ["body": .text(text)]], from: from)
  }

  private func receive(_ body: JSONValue) throws -> Outcome {
    try plugin.run("whatsapp.receive", ["channel": "101", "body": body], in: world)
  }

  private func event(of message: JSONValue) throws -> JSONValue {
    let outcome = try receive(Self.webhook(["messages": [message]]))
    #expect(outcome.error == nil, "\(outcome)")
    return world.raised.last?["event"] ?? .null
  }

  @Test func `a text becomes an event, a record and the end of a silence`() throws {
    let body = Self.webhook([
      "contacts": [["profile": ["name": "Bo B."], "wa_id": "16505551234"]],
      "messages": [Self.text("wamid.1", "Where is my order?")],
    ])
    let outcome = try receive(body)
    #expect(
      outcome.value == [
        "messages": 1, "repeated": 0, "blocked": 0, "statuses": 0, "elsewhere": 0,
      ])
    #expect(
      world.raised == [
        [
          "kind": "message", "key": "101 wamid.1",
          "event": [
            "channel": "wa_main", "number": "16505551234", "type": "text",
            "text": "Where is my order?", "media": [], "message_id": "wamid.1",
            "received_at": "2026-11-29T21:22:23Z", "first": true, "name": "Bo B.",
          ],
        ]
      ])
    let stored = try #require(world.collections["message"]?.values.first)
    #expect(stored["direction"] == "in" && stored["provider_id"] == "wamid.1")
    #expect(stored["contact"] == "401" && stored["body"] == "Where is my order?")
    #expect(world.collections["contact"]?["401"]?["last_interaction_at"] == "2026-11-29T21:22:23Z")
    let talk = try #require(world.collections["conversation"]?.values.first)
    #expect(talk["last_inbound_at"] == "2026-11-29T21:22:23Z" && talk["contact"] == "401")
  }

  @Test func `who is not known yet becomes a contact by the name WhatsApp has`() throws {
    _ = try receive(
      Self.webhook([
        "contacts": [["profile": ["name": "Cy"], "wa_id": "4915112345678"]],
        "messages": [Self.text("wamid.1", "Hallo", from: "4915112345678")],
      ]))
    let made = world.collections["contact"]?.values.first { $0["number"] == "4915112345678" }
    #expect(made?["name"] == "Cy" && made?["channel"] == "101")
  }

  @Test func `every entry, change and item counts, and only one of them is the first`() throws {
    let outcome = try receive(
      Self.webhook(
        ["messages": [Self.text("wamid.1", "one"), Self.text("wamid.2", "two")]],
        ["messages": [Self.text("wamid.3", "three"), Self.text("wamid.1", "one")]]))
    #expect(outcome.value?["messages"] == 3)
    #expect(world.raised.map { $0["event"]?["text"] } == ["one", "two", "three"])
    #expect(world.raised.map { $0["event"]?["first"] } == [true, false, false])
    #expect(world.collections["conversation"]?.count == 1)
  }

  @Test func `a message that came before starts nothing again`() throws {
    let body = Self.webhook(["messages": [Self.text("wamid.1", "one")]])
    _ = try receive(body)
    let again = try receive(body)
    #expect(again.value?["repeated"] == 1 && again.value?["messages"] == 0)
    #expect(world.raised.count == 1 && world.collections["message"]?.count == 1)
  }

  @Test func `an older message does not set the clock back`() throws {
    _ = try receive(Self.webhook(["messages": [Self.text("wamid.2", "new")]]))
    var old = Self.text("wamid.1", "old").asObject ?? [:]
    old["timestamp"] = "1795900000"
    _ = try receive(Self.webhook(["messages": [.object(old)]]))
    #expect(
      world.collections["conversation"]?.values.first?["last_inbound_at"]
        == "2026-11-29T21:22:23Z")
  }

  @Test func `a blacklisted number is heard by nobody, and kept`() throws {
    world.collections["blacklist"] = ["1": ["channel": "101", "number": "16505551234"]]
    let outcome = try receive(Self.webhook(["messages": [Self.text("wamid.1", "hey")]]))
    #expect(outcome.value?["blocked"] == 1 && world.raised.isEmpty)
    #expect(world.collections["message"]?.count == 1)
  }

  // MARK: what a message may be

  @Test func `a tap names the run and the action that sent the button`() throws {
    let tap: JSONObject = [
      "type": "interactive", "context": ["from": "1555", "id": "wamid.sent"],
      "interactive": [
        "type": "button_reply", "button_reply": ["id": "jf1:7:ask:yes:1", "title": "Yes"],
      ],
    ]
    let event = try event(of: Self.message("wamid.1", tap))
    #expect(
      event["button"] == [
        "id": "yes:1", "title": "Yes", "message_id": "wamid.sent", "run": "7", "action": "ask",
      ])
    #expect(event["text"] == "Yes" && event["in_reply_to"] == "wamid.sent")
  }

  @Test func `a row of a list and a template's button are read, whoever sent them`() throws {
    let row = try event(
      of: Self.message(
        "wamid.1",
        [
          "type": "interactive",
          "interactive": [
            "type": "list_reply",
            "list_reply": ["id": "r1", "title": "Rake", "description": "wood"],
          ],
        ]))
    #expect(row["list_item"] == ["id": "r1", "title": "Rake", "description": "wood"])
    let button = try event(
      of: Self.message(
        "wamid.2",
        [
          "type": "button", "button": ["payload": "STOP", "text": "Stop"],
          "context": ["id": "wamid.t"],
        ]))
    #expect(button["button"] == ["id": "STOP", "title": "Stop", "message_id": "wamid.t"])
  }

  @Test(arguments: ["image", "video", "audio", "document", "sticker"])
  func `media come with what is needed to fetch them`(kind: String) throws {
    let event = try event(
      of: Self.message(
        "wamid.1",
        [
          "type": .text(kind),
          kind: [
            "id": "m1", "mime_type": "x/y", "sha256": "abc", "caption": "Look",
            "filename": "a.pdf",
          ],
        ]))
    #expect(
      event["media"] == [
        [
          "kind": .text(kind), "id": "m1", "type": "x/y", "filename": "a.pdf",
          "caption": "Look", "sha256": "abc",
        ]
      ])
    #expect(event["text"] == "Look")
  }

  @Test func `places, cards and orders come whole; reactions and the system answer nobody`() throws {
    let place: JSONValue = ["latitude": 52.5, "longitude": 13.4, "name": "Gate"]
    let event = try event(of: Self.message("wamid.1", ["type": "location", "location": place]))
    #expect(event["location"] == place && event["text"] == "Gate")
    let before = world.raised.count
    for (index, type) in ["reaction", "system"].enumerated() {
      _ = try receive(
        Self.webhook([
          "messages": [Self.message("wamid.n\(index)", ["type": .text(type), type: ["x": 1]])]
        ]))
    }
    #expect(world.raised.count == before)
    let odd = try self.event(of: Self.message("wamid.9", ["type": "unsupported"]))
    #expect(odd["type"] == "unsupported" && odd["text"] == "")
  }

  @Test func `a group's messages are no conversation with their writers`() throws {
    let event = try event(
      of: Self.message(
        "wamid.1", ["type": "text", "text": ["body": "hi"], "group_id": "g-1"], from: "4930123456"))
    #expect(event["group"] == "g-1" && event["first"] == false)
    #expect(world.collections["conversation"] == nil)
    #expect(world.collections["contact"]?.count == 1)
  }

  // MARK: news of what was sent

  private static func status(_ state: String, _ more: JSONObject = [:]) -> JSONValue {
    var status: JSONObject = [
      "id": "wamid.out", "status": .text(state), "timestamp": "1795987343",
      "recipient_id": "16505551234",
    ]
    for (name, value) in more { status[name] = value }
    return .object(status)
  }

  private func sent(_ status: String = "accepted") {
    world.collections["message"] = [
      "1": [
        "channel": "101", "number": "16505551234", "direction": "out", "status": .text(status),
        "provider_id": "wamid.out", "key": "i-7-s-a", "run": "7", "action": "welcome",
      ]
    ]
  }

  private func recorded() -> JSONValue? { world.collections["message"]?["1"]?["status"] }

  @Test func `a status is kept with the message, told and settles its attempt`() throws {
    sent()
    _ = try receive(Self.webhook(["statuses": [Self.status("delivered")]]))
    #expect(recorded() == "delivered")
    #expect(
      world.raised == [
        [
          "kind": "message_status", "key": "101 wamid.out delivered 16505551234",
          "event": [
            "channel": "wa_main", "message_id": "wamid.out", "status": "delivered",
            "number": "16505551234", "at": "2026-11-29T21:22:23Z", "run": "7",
            "action": "welcome",
          ],
        ]
      ])
    #expect(world.settled.map { $0["key"] } == ["i-7-s-a"])
    #expect(world.settled.first?["news"]?["state"] == "succeeded")
  }

  @Test func `statuses come in any order, and the furthest stays`() throws {
    sent()
    for state in ["read", "delivered", "sent"] {
      _ = try receive(Self.webhook(["statuses": [Self.status(state)]]))
    }
    #expect(recorded() == "read")
    sent()
    _ = try receive(
      Self.webhook(["statuses": [Self.status("sent"), Self.status("delivered"), Self.status("read")]]))
    #expect(recorded() == "read")
  }

  @Test func `a failure says why`() throws {
    sent()
    _ = try receive(
      Self.webhook([
        "statuses": [
          Self.status(
            "failed",
            [
              "errors": [
                [
                  "code": 131047, "title": "Re-engagement message",
                  "error_data": ["details": "more than 24 hours have passed"],
                ]
              ]
            ])
        ]
      ]))
    #expect(recorded() == "failed")
    #expect(
      world.collections["message"]?["1"]?["error"] == "131047 more than 24 hours have passed")
    #expect(
      world.raised.last?["event"]?["error"] == [
        "message": "more than 24 hours have passed", "code": "131047",
      ])
    #expect(world.settled.last?["news"]?["state"] == "failed")
    #expect(world.settled.last?["news"]?["code"] == "131047")
  }

  @Test func `a message of unknown fate is found by what travelled with it`() throws {
    let data: JSONObject = ["biz_opaque_callback_data": "i-9-s-a:16505551234"]
    let outcome = try receive(Self.webhook(["statuses": [Self.status("sent", data)]]))
    #expect(outcome.value?["statuses"] == 1)
    #expect(world.settled.map { $0["key"] } == ["i-9-s-a"])
    #expect(world.settled.first?["news"]?["target"] == "16505551234")
  }

  @Test func `what others sent through the number is told, and settles nothing`() throws {
    _ = try receive(
      Self.webhook(["statuses": [Self.status("read", ["biz_opaque_callback_data": "theirs"])]]))
    #expect(world.settled.isEmpty && world.raised.count == 1)
  }

  // MARK: whose it is, and what is none

  @Test func `one URL serves all numbers of an app`() throws {
    world.collections["channel"]?["105"] = [
      "name": "wa_second", "kind": "whatsapp_cloud", "credential": "wa_second",
    ]
    world.credentials["wa_second"] = [
      "name": "wa_second", "kind": "whatsapp_cloud", "phone_number_id": "222",
    ]
    _ = try receive(
      Self.webhook(["messages": [Self.text("wamid.1", "second")]], number: "222"))
    #expect(world.raised.last?["event"]?["channel"] == "wa_second")
    let stray = try receive(
      Self.webhook(["messages": [Self.text("wamid.2", "stray")]], number: "333"))
    #expect(stray.value?["elsewhere"] == 1 && world.raised.count == 1)
    #expect(world.logs.contains { $0.contains("333") })
  }

  @Test(arguments: [
    .null, "text", [:], ["object": "page", "entry": []],
    ["object": "whatsapp_business_account"],
  ] as [JSONValue])
  func `what Meta does not send is refused`(_ body: JSONValue) throws {
    #expect(try receive(body).code == "not_a_webhook")
  }

  @Test(arguments: [
    [:], ["field": "messages"], ["field": "messages", "value": []],
    ["field": "messages", "value": ["messages": "x", "statuses": [7, .null, [:]]]],
    ["field": "messages", "value": ["messages": [["id": "x"], ["id": "", "from": "1"]]]],
    ["field": "messages", "value": ["messages": [["id": "x", "from": "not digits"]]]],
    ["field": "account_alerts", "value": ["alert": "x"]],
  ] as [JSONValue])
  func `an item that cannot be read is passed over, and said`(_ change: JSONValue) throws {
    let outcome = try receive([
      "object": "whatsapp_business_account", "entry": [["changes": [change]], "odd", .null],
    ])
    #expect(outcome.error == nil && world.raised.isEmpty, "\(outcome)")
  }
}

/// The same from bridges to WhatsApp Web.
@Suite struct GatewayReceiveTests {
  private let plugin: PluginUnderTest
  private let world = ScriptedWorld.acme()

  init() throws {
    plugin = try PluginUnderTest("whatsapp")
    world.credentials["wa_web"] = [
      "name": "wa_web", "kind": "whatsapp_gateway", "adapter": "waha", "session": "default",
      "base_url": "http://127.0.0.1:3000",
    ]
  }

  private func receive(_ body: JSONValue) throws -> Outcome {
    try plugin.run("whatsapp.receive", ["channel": "104", "body": body], in: world)
  }

  private static func waha(_ event: String, _ payload: JSONValue) -> JSONValue {
    [
      "event": .text(event), "session": "default", "engine": "NOWEB", "timestamp": 1_795_987_343_000,
      "payload": payload,
    ]
  }

  private static func gowa(_ event: String, _ payload: JSONValue) -> JSONValue {
    [
      "event": .text(event), "device_id": "default", "timestamp": "2026-11-29T21:22:23Z",
      "payload": payload,
    ]
  }

  @Test(arguments: [
    waha(
      "message",
      [
        "id": "false_4915112345678@c.us_AA", "timestamp": 1_795_987_343, "fromMe": false,
        "from": "4915112345678@c.us", "body": "hi", "hasMedia": false,
        "replyTo": ["id": "true_x"], "_data": ["notifyName": "Cy"],
      ]),
    gowa(
      "message",
      [
        "id": "false_4915112345678@c.us_AA", "chat_id": "4915112345678@s.whatsapp.net",
        "from": "4915112345678:3@s.whatsapp.net", "from_name": "Cy", "body": "hi",
        "timestamp": "2026-11-29T21:22:23Z", "is_from_me": false, "replied_to_id": "true_x",
      ]),
  ])
  func `a text is the same event, whichever bridge brings it`(_ body: JSONValue) throws {
    let outcome = try receive(body)
    #expect(outcome.value?["messages"] == 1, "\(outcome)")
    #expect(
      world.raised.first?["event"] == [
        "channel": "wa_web", "number": "4915112345678", "type": "text", "text": "hi",
        "media": [], "message_id": "false_4915112345678@c.us_AA",
        "received_at": "2026-11-29T21:22:23Z", "first": true, "name": "Cy",
        "in_reply_to": "true_x",
      ])
    #expect(try receive(body).value?["repeated"] == 1)
  }

  @Test func `media have a link, a kind and a name`() throws {
    _ = try receive(
      Self.waha(
        "message",
        [
          "id": ["_serialized": "m1"], "from": "4915112345678@c.us", "hasMedia": true, "body": "",
          "media": [
            "url": "http://127.0.0.1:3000/f.pdf", "mimetype": "application/pdf",
            "filename": "f.pdf",
          ],
        ]))
    #expect(
      world.raised.last?["event"]?["media"] == [
        [
          "kind": "document", "type": "application/pdf", "url": "http://127.0.0.1:3000/f.pdf",
          "filename": "f.pdf",
        ]
      ])
    _ = try receive(
      Self.gowa(
        "message",
        [
          "id": "m2", "chat_id": "x", "from": "4915112345678@s.whatsapp.net",
          "image": ["media_path": "statics/m.jpe", "mime_type": "image/jpeg", "caption": "Look"],
        ]))
    #expect(world.raised.last?["event"]?["text"] == "Look")
    #expect(world.raised.last?["event"]?["type"] == "image")
  }

  @Test func `a group's message says who wrote it, and its group`() throws {
    _ = try receive(
      Self.waha(
        "message",
        [
          "id": "m1", "from": "1203@g.us", "participant": "4915112345678@c.us", "body": "hi",
        ]))
    #expect(world.raised.last?["event"]?["group"] == "1203@g.us")
    #expect(world.raised.last?["event"]?["number"] == "4915112345678")
    #expect(world.collections["conversation"] == nil)
  }

  @Test func `acknowledgements are statuses of what was sent`() throws {
    world.collections["message"] = [
      "1": [
        "channel": "104", "number": "4915112345678", "direction": "out", "status": "accepted",
        "provider_id": "m9", "key": "i-7-s-a",
      ]
    ]
    func status() -> JSONValue? { world.collections["message"]?["1"]?["status"] }
    _ = try receive(
      Self.waha(
        "message.ack", ["id": "m9", "fromMe": true, "to": "4915112345678@c.us", "ack": 2]))
    #expect(status() == "delivered")
    _ = try receive(
      Self.gowa(
        "message.ack",
        [
          "ids": ["m9"], "chat_id": "4915112345678@s.whatsapp.net",
          "from": "4915112345678@s.whatsapp.net", "receipt_type": "read",
        ]))
    #expect(status() == "read")
    #expect(world.raised.map { $0["event"]?["status"] } == ["delivered", "read"])
    _ = try receive(
      Self.waha("message.ack", ["id": "m9", "fromMe": true, "to": "4915112345678@c.us", "ack": 0]))
    #expect(world.raised.count == 2)
  }

  @Test func `what is one's own, of another session or of a hidden id starts nothing`() throws {
    _ = try receive(
      Self.waha("message.any", ["id": "m1", "fromMe": true, "from": "4915112345678@c.us"]))
    _ = try receive(Self.waha("message", ["id": "m2", "from": "2515@lid", "body": "x"]))
    _ = try receive(Self.waha("session.status", ["status": "FAILED"]))
    _ = try receive(Self.waha("call.received", [:]))
    var other = Self.waha("message", ["id": "m3", "from": "4915112345678@c.us"]).asObject ?? [:]
    other["session"] = "second"
    #expect(try receive(.object(other)).value?["elsewhere"] == 1)
    #expect(world.raised.isEmpty && world.collections["message"] == nil)
    #expect(world.logs.contains { $0.contains("FAILED") })
  }

  @Test(arguments: [.null, [:], ["event": 1], ["event": "message"], ["event": "x", "payload": []]] as [JSONValue])
  func `what no bridge sends is refused`(_ body: JSONValue) throws {
    #expect(try receive(body).code == "not_a_webhook")
  }
}
