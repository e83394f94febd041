// SPDX-License-Identifier: Apache-2.0
// The server that stands for Meta refuses what Meta refuses: else no test against it proves much.
import TestKit
import Testing
import Values

@Suite struct WhatsAppServerTests {
  /// A wrong request: what is put in place of what is right.
  struct Wrong: CustomTestStringConvertible, Sendable {
    let testDescription: String
    var message: JSONObject = [:]
    var body: String?
    var path = "/v23.0/106540352242922/messages"
    var method = "POST"
    var headers: [String: String] = [:]
    var code: Int64 = 100

    init(_ what: String, _ message: JSONObject = [:]) {
      testDescription = what
      self.message = message
    }

    static func body(_ what: String, _ body: String) -> Wrong {
      var wrong = Wrong(what)
      wrong.body = body
      return wrong
    }

    static func request(
      _ what: String, path: String = "/v23.0/106540352242922/messages", method: String = "POST",
      headers: [String: String] = [:], code: Int64 = 100
    ) -> Wrong {
      var wrong = Wrong(what)
      (wrong.path, wrong.method, wrong.headers, wrong.code) = (path, method, headers, code)
      return wrong
    }

    static func interactive(_ what: String, _ interactive: JSONValue) -> Wrong {
      Wrong(what, ["type": "interactive", "text": .null, "interactive": interactive])
    }

    static func template(_ what: String, _ template: JSONValue) -> Wrong {
      Wrong(what, ["type": "template", "text": .null, "template": template])
    }
  }

  static let button: JSONValue = ["type": "reply", "reply": ["id": "1", "title": "a"]]

  static let wrongs: [Wrong] = [
    .request("another version", path: "/v1.0/106540352242922/messages"),
    .request("another sender", path: "/v23.0/1/messages"),
    .request("a wrong token", headers: ["Authorization": "Bearer no"], code: 190),
    .request("no bearer", headers: ["Authorization": "token-of-the-test"], code: 190),
    .request("another content type", headers: ["Content-Type": "text/plain"]),
    .body("no JSON", "{"), .body("no object", "[]"),
    Wrong("another product", ["messaging_product": "sms"]),
    Wrong("a number with letters", ["to": "somebody"]),
    Wrong("a number of 16 digits", ["to": "1555000222233334"]),
    Wrong("no number", ["to": .null]),
    Wrong("the sender's own number", ["to": "15550001111"]),
    Wrong("an unknown type", ["type": "words"]),
    Wrong("a type without its content", ["type": "image"]),
    Wrong("two contents", ["image": ["id": "1"]]),
    Wrong("a member nobody knows", ["colour": "red"]),
    Wrong("an empty text", ["text": ["body": ""]]),
    Wrong("a text of 4097", ["text": ["body": .text(String(repeating: "a", count: 4_097))]]),
    Wrong("a preview that is text", ["text": ["body": "a", "preview_url": "yes"]]),
    Wrong("a link and an id", [
      "type": "image", "text": .null, "image": ["id": "1", "link": "https://a.example/a.png"],
    ]),
    Wrong("audio with a caption", [
      "type": "audio", "text": .null, "audio": ["id": "1", "caption": "hear"],
    ]),
    Wrong("an image with a file name", [
      "type": "image", "text": .null, "image": ["id": "1", "filename": "a.png"],
    ]),
    Wrong("callback data of 513", [
      "biz_opaque_callback_data": .text(String(repeating: "a", count: 513))
    ]),
    .template("a template without language", ["name": "a"]),
    .template("a template's name with spaces", ["name": "a b", "language": ["code": "en"]]),
    .template("a line break in a value", [
      "name": "a", "language": ["code": "en"],
      "components": [["type": "body", "parameters": [["type": "text", "text": "a\nb"]]]],
    ]),
    .template("a button whose index is a number", [
      "name": "a", "language": ["code": "en"],
      "components": [
        [
          "type": "button", "sub_type": "url", "index": 0,
          "parameters": [["type": "text", "text": "b"]],
        ]
      ],
    ]),
    .interactive("four buttons", [
      "type": "button", "body": ["text": "b"],
      "action": ["buttons": [button, button, button, button]],
    ]),
    .interactive("a button's title of 21", [
      "type": "button", "body": ["text": "b"],
      "action": [
        "buttons": [
          ["type": "reply", "reply": ["id": "1", "title": .text(String(repeating: "a", count: 21))]]
        ]
      ],
    ]),
    .interactive("eleven rows", [
      "type": "list", "body": ["text": "b"],
      "action": [
        "button": "x",
        "sections": .list(
          [6, 5].map { count in
            ["rows": .list((0..<count).map { ["id": .text("\($0)"), "title": "t"] })]
          }),
      ],
    ]),
  ]

  @Test func `the right request is taken, and each of thirty wrong ones gets Meta's error`() throws {
    let server = try PythonServer("whatsapp_cloud")
    let right = try send(Wrong("nothing"), server)
    #expect(right.status == 200, "\(right.body)")
    #expect(Self.wrongs.count >= 20)
    for wrong in Self.wrongs {
      let answer = try send(wrong, server)
      let error = try JSONValue(parsing: answer.body)["error"]
      let code = wrong.testDescription == "the sender's own number" ? 131_021 : wrong.code
      #expect(answer.status >= 400, "\(wrong.testDescription)")
      #expect(error?["code"]?.asInteger == code, "\(wrong.testDescription): \(answer.body)")
      #expect(error?["fbtrace_id"]?.asText != nil && error?["type"] == "OAuthException")
    }
  }

  private func send(_ wrong: Wrong, _ server: PythonServer) throws -> WebAnswer {
    var message: JSONObject = [
      "messaging_product": "whatsapp", "recipient_type": "individual", "to": "15550002222",
      "type": "text", "text": ["body": "hello"],
    ]
    for member in wrong.message { message[member.name] = member.value.isNull ? nil : member.value }
    var request = WebRequest(
      server.url + wrong.path, body: wrong.body ?? JSONValue.object(message).json)
    request.headers["Authorization"] = "Bearer token-of-the-test"
    for (name, value) in wrong.headers { request.headers[name] = value }
    return try request.send()
  }
}
