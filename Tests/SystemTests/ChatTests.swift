// SPDX-License-Identifier: Apache-2.0
// chatgpt.ask against llama.cpp's own server with a real, small model.
import TestKit
import Testing
import Values

@Suite(.serialized) struct ChatTests {
  @Test func `what the model answers is in the message that is sent next`() throws {
    let world = try World(key: "key-of-the-test")
    // Digits: a small model spells them back more surely than words it has never seen.
    let nonce = String((0..<6).map { _ in "123456789".randomElement() ?? "1" })

    let (view, code) = try world.run(nonce)

    #expect(code == 0, "\(view)")
    let answer = view["ask"].output
    #expect(answer["text"]?.asText?.contains(nonce) == true, "\(view)")
    #expect((answer["usage"]?["completion_tokens"]?.asInteger ?? 0) > 0)
    let sent = try JSONValue(parsing: try #require(world.cloud.requestLines.last))
    #expect(sent["status"] == 200)
    let message = try JSONValue(parsing: try #require(sent["body"]?.asText))
    #expect(message["text"]?["body"]?.asText?.contains(nonce) == true, "\(message)")
  }

  @Test func `a wrong key of the model's server stops the run before the message`() throws {
    let world = try World(key: "another key")

    let (view, code) = try world.run("271828")

    #expect(code == 1)
    #expect(view["ask"].code == "key_refused", "\(view)")
    #expect(view["ask"].errorClass == "denied")
    #expect(world.cloud.requestLines.isEmpty)
  }

  /// A project with a model's server and a WhatsApp channel.
  struct World {
    let keeper = Operator()
    let model: PythonServer
    let cloud: PythonServer

    init(key: String) throws {
      model = try PythonServer(
        "llama_server", ["--api-key", "key-of-the-test"], timeout: .seconds(120))
      cloud = try PythonServer("whatsapp_cloud")
      try keeper.apply(
        project: Document.project(
          plugins: [
            "chatgpt": Document.plugin(
              hosts: ["127.0.0.1:\(model.port)"], credentials: ["ai"], timeout: "3 min",
              timeoutMax: "3 min"),
            "whatsapp": Document.plugin(hosts: ["127.0.0.1:\(cloud.port)"], credentials: ["wa"]),
          ],
          channels: [["name": "phone", "kind": "whatsapp_cloud", "credential": "wa"]]))
      try keeper.set(
        credential: "ai", kind: "openai",
        fields: [
          "base_url": model.url + "/v1", "model": "smollm2", "token_field": "max_tokens",
        ], secret: key)
      try keeper.set(
        credential: "wa", kind: "whatsapp_cloud",
        fields: ["phone_number_id": "106540352242922", "base_url": cloud.url],
        secret: "token-of-the-test")
    }

    func run(_ nonce: String) throws -> (view: RunView, code: Int32) {
      try keeper.run(
        Document.connector(
          "answer",
          Document.action(
            "ask", "chatgpt.ask",
            with: [
              "system": "You repeat what you are told, word for word.",
              "prompt": "The code is {{event.code}}. What is the code?", "temperature": 0,
              "max_tokens": 16,
            ], ["save": "answer"]),
          Document.action(
            "send", "whatsapp.send_message",
            with: ["to": ["+15550002222"], "channel": "phone", "text": "It said: {{answer.text}}"])),
        event: ["code": .text(nonce)])
    }
  }
}
