// SPDX-License-Identifier: Apache-2.0
// whatsapp.send_message against a server that checks the request as Meta documents it.
import TestKit
import Testing
import Values

@Suite struct WhatsAppTests {
  @Test func `a message goes out with the path, the token and the body that Meta documents`() throws
  {
    let world = try WhatsAppWorld()

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
    let world = try WhatsAppWorld(part)

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
    let world = try WhatsAppWorld(errors: "{\"15550002222\": \(provider)}")

    let (view, exit) = try world.send("hello")

    let entry = view["send"]
    #expect(exit == 1)
    #expect(entry.errorClass == expected, "\(view)")
    #expect(entry.code == code, "\(view)")
    #expect(entry.providerCode == String(provider), "\(view)")
  }
}
