// SPDX-License-Identifier: Apache-2.0
import Pipeline
import Testing
import Values

/// whatsapp.receive on webhooks of bridges to WhatsApp Web.
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

  @Test func `a group's message is kept with who wrote it`() throws {
    _ = try receive(
      Self.waha(
        "message",
        [
          "id": "m1", "from": "1203@g.us", "participant": "4915112345678@c.us", "body": "hi",
        ]))
    let kept = world.collections["message"]?.values.first
    #expect(kept?["group"] == "1203@g.us" && kept?["number"] == "4915112345678")
    #expect(world.raised.isEmpty && world.collections["conversation"] == nil)
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

  @Test(arguments: [
    .null, [:], ["event": 1], ["event": "message"], ["event": "x", "payload": []],
  ] as [JSONValue])
  func `what no bridge sends is refused`(_ body: JSONValue) throws {
    #expect(try receive(body).code == "not_a_webhook")
  }
}
