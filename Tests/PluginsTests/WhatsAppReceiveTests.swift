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

  @Test func `what is said in a group is kept, and answers nobody`() throws {
    let said: JSONObject = ["type": "text", "text": ["body": "hi"], "group_id": "g-1"]
    let message = Self.message("wamid.1", said, from: "4930123456")
    let outcome = try receive(Self.webhook(["messages": [message]]))
    #expect(outcome.error == nil && world.raised.isEmpty, "\(outcome)")
    #expect(world.collections["message"]?.values.first?["group"] == "g-1")
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
    #expect(world.settled.isEmpty, "its fate was known")
  }

  @Test(arguments: [("sent", false), ("delivered", true), ("read", true), ("failed", true)])
  func `a message that is waited for until it is delivered tells when it is`(
    state: String, tells: Bool
  ) throws {
    sent()
    world.collections["message"]?["1"]?["awaited"] = "delivered"
    _ = try receive(Self.webhook(["statuses": [Self.status(state)]]))
    #expect(world.settled.map { $0["key"] } == (tells ? ["i-7-s-a"] : []))
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
  }

  /// As `call.key` begins here, which is `run-7-welcome-1`.
  private static let key = "run-9-s-a"

  private func unknown(_ numbers: String...) {
    world.collections["message"] = Dictionary(
      uniqueKeysWithValues: numbers.enumerated().map { index, number in
        (
          "\(index + 1)",
          [
            "channel": "101", "number": .text(number), "direction": "out", "status": "unknown",
            "key": .text(Self.key),
          ]
        )
      })
  }

  @Test func `a message of unknown fate is found by what travelled with it`() throws {
    // WhatsApp may know another number than the one that was written to.
    unknown("5511987654321")
    let data: JSONObject = [
      "biz_opaque_callback_data": .text("\(Self.key):5511987654321"),
      "recipient_id": "551187654321",
    ]
    _ = try receive(Self.webhook(["statuses": [Self.status("delivered", data)]]))
    let record = try #require(world.collections["message"]?["1"])
    #expect(record["status"] == "delivered" && record["provider_id"] == "wamid.out")
    #expect(world.settled.map { $0["key"] } == [.text(Self.key)])
    #expect(world.settled.first?["news"]?["state"] == "succeeded")
  }

  @Test(arguments: [("delivered", "succeeded"), ("failed", "failed")])
  func `an attempt at several is settled when the last of them is heard of`(
    second: String, state: String
  ) throws {
    unknown("15550001111", "15550002222")
    func tell(_ status: String, _ number: String) throws {
      let data: JSONObject = [
        "id": .text("wamid.\(number)"), "recipient_id": .text(number),
        "biz_opaque_callback_data": .text("\(Self.key):\(number)"),
      ]
      _ = try receive(Self.webhook(["statuses": [Self.status(status, data)]]))
    }
    try tell("delivered", "15550001111")
    #expect(world.settled.isEmpty, "of the other nobody knows yet")
    try tell(second, "15550002222")
    #expect(world.settled.map { $0["news"]?["state"] } == [.text(state)])
  }

  @Test func `one of several that left no record settles nothing`() throws {
    let data: JSONObject = ["biz_opaque_callback_data": .text("\(Self.key):16505551234/2")]
    let old: JSONObject = ["timestamp": "1700000000"]
    var status = Self.status("delivered", data).asObject ?? [:]
    for (name, value) in old { status[name] = value }
    let outcome = try receive(Self.webhook(["statuses": [.object(status)]]))
    #expect(outcome.value?["statuses"] == 1 && world.settled.isEmpty, "\(outcome)")
    var alone = status
    alone["biz_opaque_callback_data"] = .text("\(Self.key):16505551234")
    alone["id"] = "wamid.alone"
    _ = try receive(Self.webhook(["statuses": [.object(alone)]]))
    #expect(world.settled.map { $0["key"] } == [.text(Self.key)])
  }

  @Test func `news that overtake the call are read again, those of another tool are not`() throws {
    let early: JSONObject = [
      "biz_opaque_callback_data": .text("\(Self.key):16505551234"),
      "timestamp": .text("4102444800"),
    ]
    let soon = try receive(Self.webhook(["statuses": [Self.status("sent", early)]]))
    #expect(soon.code == "message_not_recorded_yet" && soon.errorClass == .rateLimited, "\(soon)")
    #expect(soon.retryAfter == 3_000)
    for data in ["order:4700", "theirs", "other-9-s-a:16505551234"] {
      let theirs: JSONObject = [
        "biz_opaque_callback_data": .text(data), "timestamp": "4102444800",
      ]
      #expect(try receive(Self.webhook(["statuses": [Self.status("sent", theirs)]])).error == nil)
    }
    #expect(world.settled.isEmpty)
  }

  @Test(arguments: [
    ["id": .text(String(repeating: "x", count: 151))], ["id": "wamid e\u{301}"],
    ["from": "12"], ["from": .text(String(repeating: "1", count: 500))],
  ] as [JSONObject])
  func `an odd message costs its neighbours nothing`(_ odd: JSONObject) throws {
    var message = Self.text("wamid.odd", "odd").asObject ?? [:]
    for (name, value) in odd { message[name] = value }
    let outcome = try receive(
      Self.webhook(["messages": [.object(message), Self.text("wamid.1", "good")]]))
    #expect(outcome.value?["messages"] == 1, "\(outcome)")
    #expect(world.raised.map { $0["event"]?["text"] } == ["good"])
  }

  @Test func `times, names and errors out of all bounds are cut`() throws {
    for time in ["-9223372036854775808", "9223372036854775807"] {
      var message = Self.text("wamid.\(time)", "good").asObject ?? [:]
      message["timestamp"] = .text(time)
      let outcome = try receive(
        Self.webhook([
          "contacts": [
            [
              "profile": ["name": .text(String(repeating: "n", count: 70_000))],
              "wa_id": "16505551234",
            ]
          ],
          "messages": [.object(message)],
        ]))
      #expect(outcome.value?["messages"] == 1, "\(outcome)")
    }
    #expect(world.raised.last?["event"]?["name"]?.asText?.count == 500)
    sent()
    _ = try receive(
      Self.webhook([
        "statuses": [
          Self.status(
            "failed",
            ["errors": [["code": 1, "title": .text(String(repeating: "e", count: 70_000))]]])
        ]
      ]))
    #expect(world.collections["message"]?["1"]?["error"]?.asText?.count ?? 0 < 600)
  }

  @Test func `a blacklisted number is not heard through a group either`() throws {
    world.collections["blacklist"] = ["1": ["channel": "101", "number": "4930123456"]]
    let said: JSONObject = ["type": "text", "text": ["body": "hi"], "group_id": "g-1"]
    let message = Self.message("wamid.1", said, from: "4930123456")
    #expect(try receive(Self.webhook(["messages": [message]])).value?["blocked"] == 1)
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
