// SPDX-License-Identifier: Apache-2.0
// whatsapp.send_message through bridges to WhatsApp Web.
import TestKit
import Testing
import Values

@Suite struct GatewayTests {
  @Test(arguments: GatewayWorld.Bridge.allCases)
  func `text and every kind of media go out as the bridge takes them`(
    bridge: GatewayWorld.Bridge
  ) throws {
    let world = try GatewayWorld(bridge)
    for (content, kinds) in [
      (["text": "Hello — ü 🙂"], ["sendText", "/send/message"]),
      (["media": ["url": "https://f.example/a.png"], "text": "Look"], ["sendImage", "/send/image"]),
      (["media": ["url": "https://f.example/a.mp4"]], ["sendVideo", "/send/video"]),
      (["media": ["url": "https://f.example/a.ogg"]], ["sendVoice", "/send/audio"]),
      (
        ["media": ["url": "https://f.example/a?x=1", "kind": "document", "filename": "a.pdf"]],
        ["sendFile", "/send/file"]
      ),
    ] as [(JSONObject, [String])] {
      var parameters = content
      parameters["to"] = "+1 555 000 2222"
      let result = try world.result("whatsapp.send_message", parameters)
      #expect(result["accepted"] == 1)
      #expect(result["messages"]?[0]?["message_id"]?.asText?.contains("3EB0") == true, "\(result)")
      let sent = try #require(try world.state()["sent"]?.asList?.last)
      #expect(kinds.contains(sent["kind"]?.asText ?? ""), "\(sent)")
      #expect(sent["text"] == content["text"] ?? .null, "\(sent)")
      #expect(sent["chat"]?.asText?.hasPrefix("15550002222@") == true)
    }
    #expect(try world.state()["sent"]?.asList?.count == 5, "each once")
  }

  @Test func `templates, buttons and uploads are not for a bridge`() throws {
    let world = try GatewayWorld(.waha)
    for content in [
      ["template": ["name": "a", "language": "en"]],
      ["interactive": ["kind": "buttons", "body": "b", "buttons": [["id": "1", "title": "t"]]]],
    ] as [JSONObject] {
      var parameters = content
      parameters["to"] = "15550002222"
      let (view, _) = try world.run("whatsapp.send_message", parameters)
      #expect(view["do"].code == "not_on_gateway" && view["do"].errorClass == "invalid_input")
    }
    let (view, _) = try world.run(
      "whatsapp.send_message", ["to": "15550002222", "media": ["id": "7", "kind": "image"]])
    #expect(view["do"].code == "bad_media", "\(view)")
    #expect(try world.state()["sent"] == [])
  }

  @Test(arguments: GatewayWorld.Bridge.allCases)
  func `a session that is not working makes it unavailable, and nobody is written to`(
    bridge: GatewayWorld.Bridge
  ) throws {
    for state in ["SCAN_QR_CODE", "FAILED", "STOPPED"] {
      let world = try GatewayWorld(bridge, state: ["status": .text(state)])
      let (view, _) = try world.run("whatsapp.send_message", ["to": "15550002222", "text": "a"])
      #expect(view["do"].errorClass == "unavailable", "\(view)")
      #expect(view["do"].code == "session_offline")
      #expect(try world.state()["sent"] == [])
    }
  }

  @Test(arguments: [GatewayWorld.Bridge.waha, .gowa])
  func `an answer that is lost leaves the fate unknown, and the message is not sent again`(
    bridge: GatewayWorld.Bridge
  ) throws {
    let world = try GatewayWorld(bridge, state: ["fail": ["send": [1, 0, ""]]])
    let (view, _) = try world.run("whatsapp.send_message", ["to": "15550002222", "text": "a"])
    #expect(view["do"].errorClass == "unknown_outcome", "\(view)")
    #expect(try world.state()["sent"]?.asList?.count == 1)
  }

  @Test func `a wrong key is denied, a bridge that is busy is waited for`() throws {
    let world = try GatewayWorld(.waha, server: ["--key", "another key"])
    let (denied, _) = try world.run("whatsapp.send_message", ["to": "15550002222", "text": "a"])
    #expect(denied["do"].errorClass == "denied" && denied["do"].code == "credentials_refused")
    let busy = try GatewayWorld(
      .waha, state: ["fail": ["send": [1, 500, "rate-overlimit"]]])
    let (view, _) = try busy.run(
      "whatsapp.send_message", ["to": "15550002222, 15550002223", "text": "a"])
    #expect(view["do"].errorClass == "rate_limited" && view["do"].code == "gateway_busy")
    #expect(try busy.state()["sent"] == [], "the second is not tried then")
  }

  @Test func `what the gap does not let through in time is refused before anything is sent`() throws {
    let world = try GatewayWorld(.waha, channel: ["gap": "10 s"])
    let numbers = (0..<40).map { "\(15_550_002_000 + $0)" }.joined(separator: ",")
    let (view, _) = try world.run("whatsapp.send_message", ["to": .text(numbers), "text": "a"])
    #expect(view["do"].code == "too_slow" && view["do"].errorClass == "invalid_input", "\(view)")
    #expect(try world.state()["sent"] == [])
  }

  @Test func `a day has its cap, and it lasts until midnight`() throws {
    let world = try GatewayWorld(.waha, channel: ["daily_cap": 2])
    let first = try world.result(
      "whatsapp.send_message", ["to": "15550002221, 15550002222, 15550002223", "text": "a"])
    #expect(first["accepted"] == 2)
    #expect(first["failed"]?[0]?["class"] == "rate_limited")
    #expect(first["failed"]?[0]?["code"] == "daily_cap")
    let (later, _) = try world.run("whatsapp.send_message", ["to": "15550002223", "text": "a"])
    #expect(later["do"].errorClass == "rate_limited" && later["do"].code == "daily_cap", "\(later)")
    let sent = try world.state()["sent"]?.asList?.count
    #expect(sent == 2)
  }

  @Test func `of one session one message is under way at a time, whoever sends`() throws {
    let world = try GatewayWorld(.waha, server: ["--send-delay-ms", "30"])
    let host = try ServedHost(world.keeper)
    let url = try world.keeper.apply(
      connector: Document.connector(
        "tell",
        Document.action(
          "send", "whatsapp.send_message",
          with: ["to": "{{event.to}}", "channel": "web", "text": "{{event.to}}"])))
    let runs = try (0..<12).map {
      try host.post(["to": .text("\(15_550_002_000 + $0)")], to: url)
    }
    for run in runs {
      let view = try world.keeper.waitForEnd(of: run)
      #expect(view.state == "succeeded", "\(view)")
    }
    let state = try world.state()
    #expect(state["sent"]?.asList?.count == 12)
    #expect(state["most_at_once"] == 1)
    try host.stop()
  }
}
