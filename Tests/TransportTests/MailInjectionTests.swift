// SPDX-License-Identifier: Apache-2.0
import TestKit
import Testing
import Values

/// Whatever stands in a field, the server sees one mail to the one recipient, or no connection.
@Suite struct MailInjectionTests {
  static let breaks = [
    "\r\n", "\n", "\r", "\u{0}", "\u{B}", "\u{85}", "\t", "\u{7F}",
  ]
  static let evil = "Bcc: evil@example.net"

  /// One field with a line break and a header or command behind it.
  static func fields(_ mark: String) -> [(String, JSONValue)] {
    let address = "a@example.org>\(mark)RCPT TO:<evil@example.net"
    let named = "Name\(mark)\(evil) <a@example.org>"
    return [
      ("to", [.text(address)]), ("to", [.text(named)]), ("cc", [.text(address)]),
      ("bcc", [.text(address)]), ("bcc", [.text("\(mark)a@example.org")]),
      ("reply_to", .text(named)), ("from_name", .text("S\(mark)\(evil)")),
      ("subject", .text("S\(mark)\(evil)")), ("message_id", .text("<a@b>\(mark)\(evil)")),
      ("headers", .object(["X-A": .text("x\(mark)\(evil)")])),
      ("headers", .object(["X-A\(mark)Bcc": "evil@example.net"])),
      ("attachments", [["name": .text("n\"\(mark)\(evil)"), "type": "", "size": 0]]),
      ("attachments", [["name": "n", "type": .text("text/plain\(mark)\(evil)"), "size": 0]]),
    ]
  }

  @Test(arguments: breaks)
  func `a control character anywhere is refused before anything connects`(_ mark: String) throws {
    let transport = try Transport.mail()
    let server = try PythonServer("smtp_server")
    for (field, value) in Self.fields(mark) {
      let end = try transport.send(mail(server, [field: value]))
      #expect(end.errorClass == "invalid_input", "\(field) \(value.json)")
      #expect(end.left == false)
    }
    for (field, value) in [
      ("from", "s@example.com>\(mark)RCPT TO:<evil@example.net"), ("user", "u\(mark)x"),
      ("password", "p\(mark)x"), ("host", "127.0.0.1\(mark)x"), ("host", "127.0.0.1/\(mark)"),
    ] {
      // C1 characters and tabs cannot end anything in a password; the rest is refused.
      if field == "password" || field == "user", mark == "\u{85}" { continue }
      let end = try transport.send(mail(server, [:], [field: .text(value)]))
      #expect(end.errorClass == "invalid_input", "\(field) \(value)")
    }
    #expect(server.requestLines.isEmpty)
  }

  @Test(arguments: [
    "a", "a@", "@b", "a@b@", "a b@c", "a@b c", "<a@b", "a@b>", "a@b, c@d", "a,b@c", "a@b.", "a@.b",
    ".a@b", "a.@b", "a..b@c", "a@b..c", "a@-b", "a@b-", "ü@b", "a@[127.0.0.1]", "\"a b\"@c",
    "a@b_c",
    "a@b;c", "a(x)@b", "", "<>", "a@\(String(repeating: "b", count: 64))",
    "\(String(repeating: "a", count: 65))@b", "a@b/c", "a@b:25", "a@b%c", "a@*", "a@ü ü",
  ])
  func `an address that is none is refused`(_ address: String) throws {
    let transport = try Transport.mail()
    let end = try transport.send([
      "server": ["host": "127.0.0.1", "port": 1, "security": "none", "from": "s@example.com"],
      "message_id": "<a@b>", "to": [.text(address)], "subject": "", "text": "x",
    ])
    #expect(end.errorClass == "invalid_input")
    #expect(end.code == "bad_address")
  }

  @Test(arguments: [
    "Bcc", "From", "To", "Sender", "Return-Path", "Content-Type", "Subject", "Received", "X-A:",
    "X A",
    "DKIM-Signature", "", "X-\u{E4}", "Resent-Bcc", "MIME-Version",
  ])
  func `a header that is not the author's is refused`(_ name: String) throws {
    let transport = try Transport.mail()
    let end = try transport.send([
      "server": ["host": "127.0.0.1", "port": 1, "security": "none", "from": "s@example.com"],
      "message_id": "<a@b>", "to": ["a@b"], "subject": "", "text": "x",
      "headers": .object([name: "x"]),
    ])
    #expect(end.errorClass == "invalid_input")
    #expect(end.code == "bad_header")
  }

  @Test(arguments: [
    ["to": []], ["to": [1]], ["text": .null], ["text": 1], ["message_id": .null],
    ["message_id": "x"],
    ["attachments": [["name": "a", "size": 5]]], ["attachments": [["name": "a", "size": -1]]],
    ["attachments": [["name": "a", "type": "multipart/mixed", "size": 0]]],
    ["attachments": [["name": "a", "type": "message/rfc822", "size": 0]]], ["server": .null],
    ["subject": 7], ["subject": .text(String(repeating: "x", count: 999))],
    ["server": ["host": "h", "from": "a@b", "security": "maybe"]],
    ["server": ["host": "h", "from": "a@b", "port": 70_000]],
    ["server": ["host": "h", "from": "a@b", "port": 0]],
    ["server": ["host": "h h", "from": "a@b"]], ["server": ["from": "a@b"]],
  ] as [JSONObject])
  func `a mail that makes no sense is refused`(_ members: JSONObject) throws {
    let transport = try Transport.mail()
    var mail: JSONObject = [
      "server": ["host": "127.0.0.1", "port": 1, "security": "none", "from": "s@example.com"],
      "message_id": "<a@b>", "to": ["a@b"], "subject": "", "text": "x",
    ]
    for (name, value) in members { mail[name] = value }
    let end = try transport.send(.object(mail))
    #expect(end.errorClass == "invalid_input", "\(end.head.json)")
    #expect(end.left == false)
  }

  @Test func `commands in the text stay text`() throws {
    let transport = try Transport.mail()
    let server = try PythonServer("smtp_server")
    let commands = "MAIL FROM:<evil@example.net>\r\nRCPT TO:<evil@example.net>\r\nDATA\r\n\r\n.\r\n"
    let text = "Hi\r\n.\r\n\(commands)"
    let end = try transport.send(mail(server, ["text": .text(text)]))
    #expect(end.errorClass == nil)
    let stages = server.requestLines.filter { $0.contains("\"MAIL\"") || $0.contains("\"RCPT\"") }
    #expect(stages.count == 2)
    #expect(!stages.contains { $0.contains("evil") })
    // A lone dot between bare line ends is another server's end of data.
    for text in ["a\n.\nb", "a\r.\rb", "a\n.\r\nb", "a\r\n.\rb"] {
      let end = try transport.send(mail(server, ["text": .text(text)]))
      #expect(end.errorClass == nil)
      let seen = try JSONValue(parsing: server.requestLines.last { $0.contains("BODY") } ?? "")
      #expect(seen["text"]?.asText?.hasSuffix("\r\n\r\na\r\n.\r\nb\r\n") == true)
    }
  }

  func mail(
    _ server: PythonServer, _ more: [String: JSONValue], _ account: [String: JSONValue] = [:]
  ) -> JSONValue {
    var login: JSONObject = [
      "host": "127.0.0.1", "port": .integer(Int64(server.port)), "security": "none",
      "from": "sender@example.com",
    ]
    for (name, value) in account { login[name] = value }
    var mail: JSONObject = [
      "server": .object(login), "message_id": "<a@example.com>", "to": ["a@example.org"],
      "subject": "S", "text": "T", "timeout_ms": 30_000,
    ]
    for (name, value) in more { mail[name] = value }
    return .object(mail)
  }
}
