// SPDX-License-Identifier: Apache-2.0
// whatsapp.send_message against a server that checks the request as Meta documents it.
import TestKit
import Testing
import Values

@Suite struct WhatsAppTests {
  @Test func `a message goes out with the path, the token and the body that Meta documents`() throws
  {
    let world = try World()

    let (view, code) = try world.send("Your order 7 is on its way.")

    #expect(code == 0, "\(view)")
    #expect(world.cloud.requestLines.count == 1)
    let request = try JSONValue(parsing: world.cloud.requestLines[0])
    #expect(request["path"] == "/v23.0/106540352242922/messages")
    #expect(request["headers"]?["authorization"] == "Bearer token-of-the-test")
    #expect(request["headers"]?["content-type"]?.asText?.hasPrefix("application/json") == true)
    let body = try JSONValue(parsing: try #require(request["body"]?.asText))
    #expect(body["messaging_product"] == "whatsapp" && body["type"] == "text")
    #expect(body["text"]?["body"] == "Your order 7 is on its way.")
    let message = view["send"].output["messages"]?[0]
    let accepted = request["answer"]?["messages"]?[0]?["id"]
    #expect(accepted != nil && message?["message_id"] == accepted, "\(view)")
  }

  @Test(arguments: [
    (["token": "another token"], "190", "denied"),
    (["phone_number_id": "999"], "100", "invalid_input"),
    (["api_version": "v1.0"], "100", "invalid_input"),
  ])
  func `a wrong part of the credential makes the message fail with Meta's code`(
    part: [String: String], code: String, expected: String
  ) throws {
    let world = try World(part)

    let (view, exit) = try world.send("hello")

    #expect(exit == 1)
    #expect(view.state == "failed")
    #expect(view["send"].providerCode == code, "\(view)")
    #expect(view["send"].errorClass == expected, "\(view)")
  }

  @Test func `a credential without its token is refused when it is set`() throws {
    let keeper = Operator()
    let result = try keeper.command(
      [
        "credential", "set", "wa", "--kind", "whatsapp_cloud", "--field", "phone_number_id=1",
      ], input: "")
    #expect(result.status == .exited(2))
    #expect(result.errors.contains("token"), "\(result.errors)")
  }

  @Test(arguments: [
    (131047, "denied", "session_closed"), (190, "denied", "credentials_refused"),
    (130429, "rate_limited", "rate_limit"),
  ])
  func `an error of Meta's is told by its class, our code and theirs`(
    provider: Int, expected: String, code: String
  ) throws {
    let world = try World(errors: "{\"15550002222\": \(provider)}")

    let (view, exit) = try world.send("hello")

    let entry = view["send"]
    #expect(exit == 1)
    #expect(entry.errorClass == expected, "\(view)")
    #expect(entry.code == code, "\(view)")
    #expect(entry.providerCode == String(provider), "\(view)")
  }

  /// The server is as strict as the tests above believe: each part that is left out is refused.
  @Test(arguments: [
    "nothing", "token", "content type", "product", "recipient", "type", "text", "more",
  ])
  func `the server refuses a message without each of its parts`(broken: String) throws {
    let world = try World()
    let port = world.cloud.port
    var message: JSONObject = [
      "messaging_product": "whatsapp", "to": "15550002222", "type": "text",
      "text": ["body": "hello"],
    ]
    switch broken {
    case "product": message["messaging_product"] = "sms"
    case "recipient": message["to"] = "somebody"
    case "type": message["type"] = "words"
    case "text": message["text"] = ["text": "hello"]
    case "more": message["colour"] = "red"
    default: break
    }
    var request = WebRequest(
      "http://127.0.0.1:\(port)/v23.0/106540352242922/messages",
      body: JSONValue.object(message).json)
    if broken != "token" { request.headers["Authorization"] = "Bearer token-of-the-test" }
    if broken == "content type" { request.headers["Content-Type"] = "text/plain" }

    let answer = try request.send()

    #expect(answer.status == (broken == "nothing" ? 200 : broken == "token" ? 401 : 400))
  }

  /// A project with a WhatsApp channel that leads to the server.
  struct World {
    let keeper = Operator()
    let cloud: PythonServer

    init(_ wrong: [String: String] = [:], errors: String = "{}") throws {
      cloud = try PythonServer("whatsapp_cloud", ["--errors", errors])
      try keeper.apply(
        project: Document.project(
          plugins: [
            "whatsapp": Document.plugin(
              hosts: ["127.0.0.1:\(cloud.port)"], credentials: ["wa"])
          ],
          channels: [["name": "phone", "kind": "whatsapp_cloud", "credential": "wa"]]))
      try keeper.set(
        credential: "wa", kind: "whatsapp_cloud",
        fields: [
          "phone_number_id": wrong["phone_number_id"] ?? "106540352242922",
          "base_url": cloud.url, "api_version": wrong["api_version"] ?? "v23.0",
        ], secret: wrong["token"] ?? "token-of-the-test")
    }

    func send(_ text: String) throws -> (view: RunView, code: Int32) {
      try keeper.run(
        Document.connector(
          "notify",
          Document.action(
            "send", "whatsapp.send_message",
            with: [
              "to": ["+15550002222"], "channel": "phone", "text": .text(text), "require_all": true,
            ])))
    }
  }
}
