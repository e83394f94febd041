// SPDX-License-Identifier: Apache-2.0
// Messages that come in from WhatsApp, and what becomes of those that went out.
import Glibc
import TestKit
import Testing
import Values

@Suite(.serialized) struct WhatsAppInboundTests {
  typealias World = WhatsAppInboundWorld

  @Test func `Meta's question is answered with its own words, any other is not`() throws {
    let world = try World()
    func ask(_ token: String) throws -> WebAnswer {
      var request = WebRequest(
        try world.url() + "?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=\(token)")
      request.method = "GET"
      request.headers = [:]
      return try request.send()
    }
    let right = try ask("verify%20token%20of%20the%20test")
    #expect(right.status == 200 && right.body == "1158201444", "\(right)")
    #expect(try ask("guess").status == 403)
    let answer = try world.deliver(["messages": [World.text("wamid.1", "x")]], secret: "another one")
    #expect(answer.status == 401, "\(answer)")
    try world.host.stop()
  }

  @Test func `a customer's question is answered by the model, once, with what was said before`()
    throws
  {
    let model = try PythonServer("llmock_server")
    let world = try World(plugins: [
      "chatgpt": Document.plugin(hosts: ["127.0.0.1:\(model.port)"], credentials: ["ai"])
    ]) { keeper in
      try keeper.set(
        credential: "ai", kind: "openai",
        fields: ["base_url": model.url + "/v1", "model": "gpt-4o-mini"],
        secret: "key-of-the-test")
    }
    try world.keeper.apply(connector: try exampleConnector("chatgpt", "shop_question"))

    let question: JSONObject = ["messages": [World.text("wamid.1", "Do you sell rakes? ä 🌿")]]
    for _ in 1...3 { #expect(try world.deliver(question).status == 200) }
    _ = try world.sent(1)
    try world.deliver(["messages": [World.text("wamid.2", "And spades?")]])
    let sent = try world.sent(2)

    let runs = try world.keeper.runs().filter { $0.value["connector"] == "shop_question" }
    #expect(runs.count == 2 && sent.count == 2, "three deliveries of one message are one")
    let answered = try runs.map(\.id).sorted().map { try world.keeper.waitForEnd(of: $0) }
    for (view, message) in zip(answered, sent) {
      #expect(view.state == "succeeded", "\(view)")
      #expect(message["to"] == "15550002222")
      #expect(message["text"]?["body"] == view["ask"].output["text"], "\(message) \(view)")
    }
    let prompts = answered.map { $0["ask"].value["input"]?["prompt"] }
    #expect(prompts == ["Do you sell rakes? ä 🌿", "And spades?"])
    #expect(answered.map { $0["ask"].output["memory_turns"] } == [0, 1])
    try world.host.stop()
  }

  @Test func `a tap on a button names the run and the action that sent it`() throws {
    let world = try World()
    try world.keeper.apply(
      connector: Document.connector(
        "taps", ["trigger": ["message": ["channels": ["wa_main"], "match": "any"]]],
        steps: Document.step(
          "only",
          Document.row("{{event.button.run}} {{event.button.action}} {{event.button.id}}"))))
    let ask = try world.keeper.apply(
      connector: Document.connector(
        "asks",
        Document.action(
          "ask_size", "whatsapp.send_message",
          with: [
            "channel": "wa_main",
            "to": "15550002222",
            "interactive": [
              "kind": "buttons", "body": "Which size?",
              "buttons": [["id": "small", "title": "Small"], ["id": "large", "title": "Large"]],
            ],
          ])))
    // Within the 24 hours that a message of theirs opens.
    try world.deliver(["messages": [World.text("wamid.0", "hello")]])
    _ = try world.received(1)
    let run = try world.host.post([:], to: ask)
    let sent = try world.sent(1)
    let buttons = sent[0]["interactive"]?["action"]?["buttons"]
    let id = try #require(buttons?[1]?["reply"]?["id"]?.asText, "\(sent)")
    try world.deliver([
      "messages": [
        [
          "from": "15550002222", "id": "wamid.2", "timestamp": .text(World.now),
          "type": "interactive", "context": ["id": "wamid.out"],
          "interactive": [
            "type": "button_reply", "button_reply": ["id": .text(id), "title": "Large"],
          ],
        ]
      ]
    ])
    let keys = try poll(for: "the row of the tap") {
      let keys = try world.keeper.keys()
      return keys.count == 2 ? keys : nil
    }
    #expect(keys.last == "\(run) ask_size large", "\(keys)")
    try world.host.stop()
  }

  @Test func `free text waits for a message of theirs, which opens 24 hours`() throws {
    let world = try World()
    let url = try world.keeper.apply(
      connector: Document.connector(
        "writes",
        Document.action(
          "write", "whatsapp.send_message",
          with: ["channel": "wa_main", "to": "15550002222", "text": "Your rake is ready"])))
    let early = try world.keeper.waitForEnd(of: try world.host.post([:], to: url))
    #expect(early["write"].code == "session_closed", "\(early)")
    #expect(early["write"].message == "outside the 24-hour session: a template is needed")
    try world.deliver(["messages": [World.text("wamid.1", "is it ready?")]])
    _ = try world.received(1)
    let late = try world.keeper.waitForEnd(of: try world.host.post([:], to: url))
    #expect(late.state == "succeeded" && late["write"].output["accepted"] == 1, "\(late)")
    #expect(try world.sent(1).count == 1)
    try world.host.stop()
  }

  @Test func `a status is kept, told, and ends what nobody knew, and nobody is written to twice`()
    throws
  {
    // The server takes the message and the connection breaks before it says so.
    let world = try World(errors: #"{"15550002222": {"cut": "response"}}"#)
    try world.keeper.apply(
      connector: Document.connector(
        "statuses",
        [
          "trigger": [
            "message_status": ["channels": ["wa_main"], "statuses": ["delivered", "failed"]]
          ]
        ],
        steps: Document.step(
          "only", Document.row("{{event.status}} {{event.error.code | default: \"fine\"}}"))))
    let url = try world.keeper.apply(
      connector: Document.connector(
        "writes",
        Document.action(
          "write", "whatsapp.send_message",
          with: [
            "channel": "wa_main", "to": "15550002222",
            "template": ["name": "ready", "language": "en_US", "values": []],
          ])))
    let run = try world.host.post([:], to: url)
    let unknown = try world.keeper.waitForEnd(of: run)
    #expect(unknown.mark == "unknown", "\(unknown)")
    let request = try JSONValue(parsing: try #require(world.cloud.requestLines.last))
    let message = try JSONValue(parsing: request["body"]?.asText ?? "")
    let data = try #require(message["biz_opaque_callback_data"])

    // News of the moment could be those of a call that has not ended: these are a minute old.
    let news: JSONObject = [
      "id": "wamid.x", "biz_opaque_callback_data": data,
      "timestamp": .text(String(time(nil) - 60)),
    ]
    try world.deliver([
      "statuses": [World.status("sent", of: news), World.status("delivered", of: news)]
    ])
    _ = try poll(for: "the row of the status") { try world.keeper.keys().first }
    let settled = try poll(for: "the settled run") { () -> RunView? in
      let view = try world.keeper.show(run)
      return view.mark == "unknown" ? nil : view
    }
    #expect(settled.mark == "sent", "\(settled)")
    #expect(try world.keeper.keys() == ["delivered fine"])
    #expect(world.cloud.requestLines.count == 1, "sent once, whatever was unknown meanwhile")
    try world.host.stop()
  }

  @Test(arguments: [("delivered", "succeeded"), ("failed", "failed")])
  func `a send may wait until it is delivered, over a crash, and holds nobody up`(
    status: String, state: String
  ) throws {
    let world = try World()
    let url = try world.keeper.apply(
      connector: Document.connector(
        "waits",
        Document.action(
          "write", "whatsapp.send_message",
          with: [
            "channel": "wa_main", "to": "15550002222", "wait_for": "delivered", "within": "1 h",
            "template": ["name": "ready", "language": "en_US", "values": []],
          ], ["save": "sent"]),
        Document.row("{{sent.messages[0].message_id}}")))
    let run = try world.host.post([:], to: url)
    let message = try world.sent(1)[0]
    let waiting = try poll(for: "the run that waits") { () -> RunView? in
      let view = try world.keeper.show(run)
      return view.state == "waiting" ? view : nil
    }
    #expect(!waiting.isFinished)
    try world.restart()

    let answered = try JSONValue(parsing: try #require(world.cloud.requestLines.last))
    let answer = answered["answer"].flatMap { $0.asText.flatMap { try? JSONValue(parsing: $0) } ?? $0 }
    let id = try #require(answer?["messages"]?[0]?["id"]?.asText, "\(answered)")
    let data = message["biz_opaque_callback_data"] ?? .null
    var news: JSONObject = ["id": .text(id), "biz_opaque_callback_data": data]
    try world.deliver(["statuses": [World.status("sent", of: news)]])
    _ = try world.received(1)
    #expect(try world.keeper.show(run).state == "waiting", "sent is not delivered")
    if status == "failed" {
      news["errors"] = [["code": 131026, "title": "Message undeliverable"]]
    }
    try world.deliver(["statuses": [World.status(status, of: news)]])
    let ended = try world.keeper.waitForEnd(of: run)
    #expect(ended.state == state, "\(ended)")
    if status == "failed" {
      #expect(ended["write"].value["error"]?["class"] == "failed", "\(ended)")
      #expect(ended["write"].value["error"]?.json.contains("131026") == true, "\(ended)")
    } else {
      #expect(try world.keeper.keys() == [id], "\(ended)")
    }
    #expect(world.cloud.requestLines.count == 1)
    try world.host.stop()
  }

  /// An example of a plugin, for this project.
  private func exampleConnector(_ plugin: String, _ name: String) throws -> JSONValue {
    let path = PackageFolder.path + "/Plugins/\(plugin)/examples/\(name).json"
    var document = try JSONValue(parsing: try #require(TestFile.bytes(of: path))).asObject ?? [:]
    document["project"] = .text(Document.project)
    return .object(document)
  }
}
