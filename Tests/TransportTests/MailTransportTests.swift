// SPDX-License-Identifier: Apache-2.0
import TestKit
import Testing
import Values

@Suite struct MailTransportTests {
  let transport: Transport

  init() throws { transport = try Transport.mail() }

  func server(_ script: JSONValue = [:], _ arguments: [String] = []) throws -> PythonServer {
    try PythonServer("smtp_server", ["--script", script.json] + arguments)
  }

  func account(_ server: PythonServer, _ more: JSONObject = [:]) -> JSONValue {
    var account: JSONObject = [
      "host": "127.0.0.1", "port": .integer(Int64(server.port)), "security": "none",
      "from": "sender@example.com", "from_name": "Sender",
    ]
    for (name, value) in more { account[name] = value }
    return .object(account)
  }

  func mail(_ server: JSONValue, _ more: JSONObject = [:]) -> JSONValue {
    var mail: JSONObject = [
      "server": server, "message_id": "<run-1@example.com>", "to": ["a@example.org"],
      "subject": "Hello", "text": "Hi there.", "timeout_ms": 30_000,
    ]
    for (name, value) in more { mail[name] = value }
    return .object(mail)
  }

  func log(_ server: PythonServer) throws -> [JSONValue] {
    try server.requestLines.map { try JSONValue(parsing: $0) }
  }

  func body(_ server: PythonServer) throws -> JSONValue {
    try #require(try log(server).last { $0["stage"] == "BODY" })
  }

  // MARK: - Success

  @Test func `a mail is handed over to every recipient and Bcc stands in no header`() throws {
    let server = try server()
    let end = try transport.send(
      mail(
        account(server),
        [
          "to": ["a@example.org", "Anna Lü <b@example.org>"], "cc": ["\"Doe, J\" <c@example.org>"],
          "bcc": ["d@example.org", "a@example.org"], "reply_to": "r@example.com",
          "headers": ["X-Campaign": "7", "References": "<x@y> <z@y>"],
        ]))
    #expect(end.errorClass == nil, "\(end.head.json)")
    #expect(end.lefts == 1)
    #expect(end.head["message_id"] == "<run-1@example.com>")
    #expect(end.head["reply"]?.asText?.hasPrefix("250 2.0.0 kept as") == true)
    let recipients: JSONValue = ["a@example.org", "b@example.org", "c@example.org", "d@example.org"]
    #expect(end.head["accepted"] == recipients)
    let seen = try body(server)
    #expect(seen["to"] == recipients)
    #expect(seen["from"] == "sender@example.com")
    let text = try #require(seen["text"]?.asText)
    #expect(text.contains("From: Sender <sender@example.com>\r\n"))
    #expect(text.contains("To: a@example.org,\r\n =?UTF-8?B?QW5uYSBMw7w=?= <b@example.org>\r\n"))
    #expect(text.contains("Cc: \"Doe, J\" <c@example.org>\r\n"))
    #expect(text.contains("Reply-To: r@example.com\r\n"))
    #expect(text.contains("Message-ID: <run-1@example.com>\r\n"))
    #expect(text.contains("X-Campaign: 7\r\n"))
    #expect(!text.lowercased().contains("bcc") && !text.contains("d@example.org"))
    #expect(text.hasSuffix("\r\n\r\nHi there.\r\n"))
    let hello = try log(server).first { $0["stage"] == "EHLO" }
    #expect(hello?["argument"] == "example.com")
  }

  @Test func `lines that begin with a dot arrive as they were`() throws {
    let server = try server()
    let text = ".\n..\n.a\n\n.\nend"
    let end = try transport.send(mail(account(server), ["text": .text(text)]))
    #expect(end.errorClass == nil, "\(end.head.json)")
    let seen = try body(server)["text"]?.asText
    #expect(seen?.hasSuffix("\r\n\r\n.\r\n..\r\n.a\r\n\r\n.\r\nend\r\n") == true)
  }

  @Test func `a large attachment full of dots arrives whole`() throws {
    let folder = TemporaryFolder()
    let server = try server([:], ["--mails", folder.path])
    let bytes = [UInt8](repeating: 0x2E, count: 3_000_000)
    let end = try transport.send(
      mail(
        account(server),
        [
          "attachments": [
            ["name": "naïve Datei.bin", "type": "image/png", "size": 3_000_000],
            ["name": "empty", "type": "", "size": 0],
          ],
          "html": "<p>Hi <b>you</b></p>", "text": .null,
        ]), body: bytes)
    #expect(end.errorClass == nil, "\(end.head.json)")
    let check = try Subprocess.run(
      PythonServer.python,
      [
        "-c",
        """
        import email, email.policy, sys
        m = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
        assert m.get_content_type() == "multipart/mixed", m.get_content_type()
        alternative, picture, empty = m.iter_parts()
        text, html = alternative.iter_parts()
        assert text.get_content().strip() == "Hi you", text.get_content()
        assert html.get_content().strip() == "<p>Hi <b>you</b></p>"
        assert picture.get_filename() == "naïve Datei.bin", picture.get_filename()
        assert picture.get_content() == b"." * 3000000
        assert empty.get_content() == b"" and empty.get_filename() == "empty"
        assert not m.defects and not any(p.defects for p in m.walk())
        """, folder("0001.eml"),
      ])
    #expect(check.isSuccess, "\(check)")
  }

  @Test func `STARTTLS and implicit TLS are verified and carry the login`() throws {
    for (option, security) in [("starttls", "starttls"), ("implicit", "tls")] {
      let folder = TemporaryFolder()
      let server = try server(
        [:],
        [
          "--tls", option, "--certificates", folder.path, "--user", "me", "--password", "pass-word",
        ])
      let login: JSONObject = [
        "security": .text(security), "user": "me", "password": "pass-word",
        "ca_file": .text(folder("ca.pem")),
      ]
      let end = try transport.send(mail(account(server, login)))
      #expect(end.errorClass == nil, "\(option): \(end.head.json)")
      let seen = try body(server)
      // The server's log knows of STARTTLS only.
      if option == "starttls" { #expect(seen["tls"] == true) }
      #expect(seen["user"] == "me")
      // Another authority's certificate: nothing is said to that server.
      let wary: JSONObject = ["security": .text(security), "user": "me", "password": "pass-word"]
      let refused = try transport.send(mail(account(server, wary)))
      #expect(refused.errorClass == "unavailable")
      #expect(refused.code == "tls_failed")
      #expect(refused.left == false)
    }
  }

  @Test func `without STARTTLS offered neither mail nor password is sent`() throws {
    let server = try server([:], ["--user", "me", "--password", "pass-word"])
    let end = try transport.send(
      mail(
        account(server, ["security": "starttls", "user": "me", "password": "pass-word"])))
    #expect(end.errorClass == "unavailable")
    #expect(end.code == "tls_failed")
    #expect(end.left == false)
    #expect(!server.requestLines.contains { $0.contains("AUTH") || $0.contains("MAIL") })
  }

  @Test func `an international domain travels in its ASCII form`() throws {
    let server = try server()
    let end = try transport.send(mail(account(server), ["to": ["x@bücher.example"]]))
    #expect(end.head["accepted"] == ["x@xn--bcher-kva.example"])
    #expect(try body(server)["text"]?.asText?.contains("To: x@xn--bcher-kva.example\r\n") == true)
  }

  @Test func `a plain connection that was kept is no way around TLS`() throws {
    let server = try server()
    #expect(try transport.send(mail(account(server))).errorClass == nil)
    let end = try transport.send(mail(account(server, ["security": "starttls"])))
    #expect(end.code == "tls_failed")
    #expect(end.left == false)
  }

  // MARK: - Refusals

  @Test(arguments: [
    ("CONNECT", "554 5.7.1 go away", "failed", "session_refused", "5.7.1"),
    ("CONNECT", "421 4.3.2 busy", "unavailable", "session_deferred", "4.3.2"),
    ("MAIL", "550 5.7.1 not you", "failed", "sender_refused", "5.7.1"),
    ("MAIL", "451 4.7.1 greylisted", "unavailable", "sender_deferred", "4.7.1"),
    ("MAIL", "530 5.7.0 log in first", "denied", "login_refused", "5.7.0"),
    ("RCPT", "550 5.1.1 no such user", "failed", "recipient_refused", "5.1.1"),
    ("RCPT", "452 4.2.2 full", "unavailable", "recipient_deferred", "4.2.2"),
    ("DATA", "554 no", "failed", "message_refused", "554"),
    ("DATA", "451 4.3.0 later", "unavailable", "message_deferred", "4.3.0"),
    ("BODY", "552 5.3.4 too big", "failed", "message_refused", "5.3.4"),
    ("BODY", "451 4.3.0 later", "unavailable", "message_deferred", "4.3.0"),
  ])
  func `a refusal is classified by the server's words`(
    _ stage: String, _ reply: String, _ errorClass: String, _ code: String, _ provider: String
  ) throws {
    var script = JSONObject()
    script[stage] = .text(reply)
    let server = try server(.object(script))
    let end = try transport.send(mail(account(server)))
    #expect(end.errorClass == errorClass)
    #expect(end.code == code)
    #expect(end.providerCode == provider)
    #expect(end.left == (stage == "BODY"))
    #expect(end.lefts == (stage == "BODY" ? 1 : 0))
    #expect(end.message.contains(reply), "\(end.message)")
  }

  @Test func `one refused recipient means nobody gets the mail, and is named`() throws {
    let server = try server(["RCPT": ["bad@example.org": "550 5.1.1 unknown"]])
    let end = try transport.send(
      mail(account(server), ["to": ["good@example.org", "bad@example.org", "last@example.org"]]))
    #expect(end.errorClass == "failed")
    #expect(end.code == "recipient_refused")
    #expect(end.message.contains("bad@example.org"))
    #expect(end.left == false)
    #expect(try !log(server).contains { $0["stage"] == "BODY" })
  }

  @Test func `a wrong password is denied and does not come back`() throws {
    let server = try server(
      ["AUTH": "535 5.7.8 wr0ng-pass is wrong"], ["--user", "me", "--password", "right"])
    let end = try transport.send(
      mail(account(server, ["user": "me", "password": "wr0ng-pass"])))
    #expect(end.errorClass == "denied")
    #expect(end.code == "login_refused")
    #expect(end.providerCode == "5.7.8")
    #expect(end.left == false)
    #expect(!end.head.json.contains("wr0ng-pass"))
  }

  @Test func `a login that is down is temporary`() throws {
    let server = try server(
      ["AUTH": "454 4.7.0 later"], ["--user", "me", "--password", "right"])
    let end = try transport.send(mail(account(server, ["user": "me", "password": "right"])))
    #expect(end.errorClass == "unavailable")
    #expect(end.code == "login_deferred")
  }

  @Test func `a refusal of many lines with control characters becomes one clean line`() throws {
    let server = try server(["RCPT": "550-5.1.1 first\r\n550 5.1.1 se\u{7}cond\u{1B}[31m"])
    let end = try transport.send(mail(account(server)))
    #expect(end.providerCode == "5.1.1")
    #expect(end.message.contains("first") && end.message.contains("cond"))
    #expect(!end.message.contains("\u{1B}") && !end.message.contains("\u{7}"))
  }

  @Test func `a password that a long reply tells is removed before the reply is cut`() throws {
    let password = "pass-word-of-4711-that-is-long"
    let told = String(repeating: "no. ", count: 60) + Array(repeating: password, count: 20)
      .joined(separator: " ")
    let server = try server(["RCPT": .text("550 5.1.1 " + told)])
    var account = account(server).asObject ?? [:]
    account["password"] = .text(password)
    let end = try transport.send(mail(.object(account)))
    #expect(end.code == "recipient_refused" && end.message.contains("***"), "\(end.message)")
    #expect(!end.message.contains("pass-"), "\(end.message)")
  }

  // MARK: - Losses

  @Test(arguments: ["HANG", "CLOSE"])
  func `no reply after the whole mail leaves the outcome unknown`(_ what: String) throws {
    let server = try server(["BODY": .text(what)])
    let end = try transport.send(mail(account(server), ["timeout_ms": 1_000]))
    #expect(end.errorClass == "unknown_outcome")
    #expect(end.code == (what == "HANG" ? "timeout" : "no_reply"))
    #expect(end.left == true)
    #expect(end.lefts == 1)
  }

  @Test(arguments: ["EHLO", "MAIL", "RCPT", "DATA"])
  func `a connection lost before the mail means that nothing left`(_ stage: String) throws {
    var script = JSONObject()
    script[stage] = .text("CLOSE")
    let server = try server(.object(script))
    let end = try transport.send(mail(account(server)))
    #expect(end.errorClass == "unavailable")
    #expect(end.left == false)
    #expect(end.lefts == 0)
  }

  @Test func `a server that hangs before the mail is timed out, and nothing left`() throws {
    let server = try server(["MAIL": "HANG"])
    let end = try transport.send(mail(account(server), ["timeout_ms": 500]))
    #expect(end.errorClass == "unavailable")
    #expect(end.code == "timeout")
    #expect(end.left == false)
  }

  @Test func `no server means that nothing left`() throws {
    let end = try transport.send(
      mail([
        "host": "127.0.0.1", "port": 1, "security": "none", "from": "a@example.com",
      ]))
    #expect(end.errorClass == "unavailable")
    #expect(end.code == "connect_failed")
    #expect(end.left == false)
  }

  @Test func `an abort says whether the mail had left`() throws {
    let waiting = try server(["MAIL": "HANG"])
    let before = try transport.submit(mail(account(waiting)))
    try waiting.waitForRequests(2)
    transport.abort(before)
    #expect(try transport.wait(before).left == false)
    let taken = try server(["BODY": "HANG"])
    let after = try transport.submit(mail(account(taken)))
    try transport.waitForLeft(after)
    transport.abort(after)
    let end = try transport.wait(after)
    #expect(end.code == "aborted")
    #expect(end.errorClass == "unknown_outcome")
    #expect(end.left == true)
  }

  @Test func `a server that hangs holds up nobody else`() throws {
    let hanging = try server(["BODY": "HANG"])
    let stuck = try transport.submit(mail(account(hanging)))
    try transport.waitForLeft(stuck)
    let other = try server()
    #expect(try transport.send(mail(account(other))).errorClass == nil)
    transport.abort(stuck)
    #expect(try transport.wait(stuck).code == "aborted")
  }

  @Test func `mails that wait for a session are ended by an abort too`() throws {
    let server = try server(["MAIL": "HANG"])
    let exchanges = try (0..<80).map { _ in try transport.submit(mail(account(server))) }
    for exchange in exchanges { transport.abort(exchange) }
    for exchange in exchanges {
      let end = try transport.wait(exchange)
      #expect(end.code == "aborted")
      #expect(end.left == false)
    }
  }

  @Test func `a server that does not say goodbye has taken the mail all the same`() throws {
    let server = try server(["QUIT": "HANG"])
    let end = try transport.send(mail(account(server)))
    #expect(end.errorClass == nil)
    #expect(end.head["accepted"] == ["a@example.org"])
    let refusing = try self.server(["QUIT": "HANG", "RCPT": "550 5.1.1 no"])
    #expect(try transport.send(mail(account(refusing))).code == "recipient_refused")
  }

  @Test func `a hundred mails at once all arrive`() throws {
    let server = try server()
    let exchanges = try (0..<100).map { number in
      try transport.submit(
        mail(account(server), ["to": [.text("p\(number)@example.org")], "timeout_ms": 60_000]))
    }
    for exchange in exchanges { #expect(try transport.wait(exchange).errorClass == nil) }
    let bodies = try log(server).filter { $0["stage"] == "BODY" }
    #expect(Set(bodies.compactMap { $0["to"]?[0]?.asText }).count == 100)
  }
}
