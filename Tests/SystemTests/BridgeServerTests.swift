// SPDX-License-Identifier: Apache-2.0
// The servers that stand for bridges refuse what the bridges' documents refuse.
import TestKit
import Testing
import Values

@Suite struct BridgeServerTests {
  @Test func `WAHA takes what its OpenAPI document says, and nothing else`() throws {
    let server = try PythonServer("waha")
    func post(
      _ path: String, _ body: JSONValue, key: String = "key-of-the-test", method: String = "POST"
    ) throws -> Int {
      var request = WebRequest(server.url + path, body: body.json)
      request.method = method
      request.headers["X-Api-Key"] = key
      return try request.send().status
    }
    let text: JSONValue = ["session": "default", "chatId": "1@c.us", "text": "a"]
    #expect(try post("/api/sendText", text) == 201)
    #expect(try post("/api/sendText", text, key: "another") == 401)
    let file: JSONValue = ["url": "https://a.example/a.png", "mimetype": "image/png"]
    for (path, body) in [
      ("/api/sendText", ["session": "default", "chatId": "1@c.us"]),
      ("/api/sendText", ["session": "default", "text": "a"]),
      ("/api/sendText", ["chatId": "1@c.us", "text": "a"]),
      ("/api/sendText", ["session": "default", "chatId": 1, "text": "a"]),
      ("/api/sendText", ["session": "default", "chatId": "1", "text": "a", "preview": true]),
      ("/api/sendImage", ["session": "default", "chatId": "1@c.us"]),
      (
        "/api/sendImage",
        ["session": "default", "chatId": "1", "file": ["url": "https://a.example/a.png"]]
      ),
      ("/api/sendVideo", ["session": "default", "chatId": "1", "file": file]),
      ("/api/default/groups", ["name": "a"]),
      ("/api/default/groups", ["name": "a", "participants": ["1@c.us"]]),
      ("/api/default/groups/1%40g.us/participants/add", ["participants": [["number": "1"]]]),
    ] as [(String, JSONValue)] {
      #expect(try post(path, body) == 422, "\(path) \(body)")
    }
    let security = "/api/default/groups/1%40g.us/settings/security/messages-admin-only"
    #expect(try post(security, ["admins": true], method: "PUT") == 422)
  }

  @Test func `go-whatsapp-web-multidevice takes what its document says, and nothing else`() throws {
    let server = try PythonServer("gowa")
    func post(
      _ path: String, _ body: String, user: String = "Basic ZGVzazpzZWNyZXQtb2YtdGhlLXRlc3Q=",
      device: String = "desk", type: String = "application/json"
    ) throws -> Int {
      var request = WebRequest(server.url + path, body: body)
      request.headers["Authorization"] = user
      request.headers["X-Device-Id"] = device
      request.headers["Content-Type"] = type
      return try request.send().status
    }
    let text = #"{"phone": "1@s.whatsapp.net", "message": "a"}"#
    #expect(try post("/send/message", text) == 200)
    #expect(try post("/send/message", text, user: "Basic eA==") == 401)
    #expect(try post("/send/message", text, device: "other") == 400)
    #expect(try post("/send/message", text, type: "text/plain") == 400)
    #expect(try post("/send/message", #"{"phone": "1@s.whatsapp.net"}"#) == 400)
    #expect(try post("/send/message", #"{"phone": "1", "message": "a"}"#) == 400)
    #expect(try post("/send/message", #"{"phone": "1@g.us", "message": "a", "x": 1}"#) == 400)
    #expect(try post("/send/image", text) == 400)
    #expect(try post("/group", #"{"title": "a", "participants": "1"}"#) == 400)
    #expect(try post("/group/nothing", "{}") == 404)
  }
}
