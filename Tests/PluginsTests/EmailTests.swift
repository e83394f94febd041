// SPDX-License-Identifier: Apache-2.0
import Pipeline
import Testing
import Values

@Suite struct EmailTests {
  private let plugin: PluginUnderTest
  private let world = ScriptedWorld.acme()

  init() throws { plugin = try PluginUnderTest("email") }

  private func send(_ changes: JSONObject) throws -> Outcome {
    var parameters: JSONObject = ["to": ["ann@example.com"], "subject": "Hello", "text": "Hi"]
    for (name, value) in changes { parameters[name] = value.isNull ? nil : value }
    return try plugin.run("email.send", .object(parameters), in: world)
  }

  @Test func `a mail goes out through the project's only mail channel and is recorded`() throws {
    let outcome = try send([
      "to": ["Ann Müller <ann@example.com>"], "cc": "bo@example.com", "from_name": "Acme",
      "reply_to": "Desk <desk@example.com>", "headers": ["X-Order": "7"],
    ])
    #expect(outcome.value?["accepted"] == ["ann@example.com", "bo@example.com"])
    #expect(
      world.mails == [
        [
          "credential": "smtp_main", "from_name": "Acme",
          "to": ["\"Ann Müller\" <ann@example.com>"], "cc": ["bo@example.com"],
          "reply_to": "\"Desk\" <desk@example.com>", "subject": "Hello", "text": "Hi",
          "headers": ["X-Order": "7"], "attachments": [],
        ]
      ])
    let message = try #require(world.puts.first)
    #expect(message.collection == "message" && message.fields["number"] == "ann@example.com")
    #expect(message.fields["provider_id"] == "<run-7-mail@example.com>")
  }

  @Test func `an address in two lists gets one mail`() throws {
    _ = try send(["to": "Ann@example.com, ann@EXAMPLE.com", "bcc": ["ann@example.com", "x@y.z"]])
    #expect(world.mails.first?["to"] == ["Ann@example.com"])
    #expect(world.mails.first?["bcc"] == ["x@y.z"])
  }

  @Test func `an address list keeps commas in quotes`() throws {
    _ = try send(["to": ["\"Doe, Ann\" <ann@example.com>, bo@example.com"]])
    #expect(world.mails.first?["to"] == ["\"Doe, Ann\" <ann@example.com>", "bo@example.com"])
  }

  @Test func `separately everybody gets their own, and cc the first that is taken`() throws {
    world.mail = { request, _ in
      if request["to"] == ["ann@example.com"] {
        return .error(.failed, code: "smtp_550", message: "550 5.1.1 no such user")
      }
      return .json(
        200,
        [
          "message_id": "<m@example.com>", "reply": "250 Ok",
          "accepted": .list(ScriptedWorld.addresses(request)),
        ])
    }
    let outcome = try send([
      "to": ["ann@example.com", "bo@example.com", "cy@example.com"], "cc": "desk@example.com",
      "separate": true,
    ])
    #expect(world.mails.map { $0["to"]?.asList?.count } == [1, 1, 1])
    #expect(world.mails.map { $0["cc"] != nil } == [true, true, false])
    #expect(
      outcome.value?["accepted"] == ["bo@example.com", "desk@example.com", "cy@example.com"])
    #expect(outcome.value?["failed"]?[0]?["target"] == "ann@example.com")
  }

  @Test(arguments: [
    (ErrorClass.unavailable, "smtp_451"), (.failed, "smtp_550"), (.denied, "login_refused"),
    (.unknownOutcome, "lost_after_body"),
  ])
  func `the server's refusal is the action's error`(_ kind: ErrorClass, _ code: String) throws {
    world.mail = { _, _ in .error(kind, code: code, message: "said the server") }
    let outcome = try send([:])
    #expect(outcome.errorClass == kind && outcome.code == code)
    #expect(outcome.error?["detail"]?["failed"]?[0]?["class"]?.asText == kind.rawValue)
    #expect(world.puts.isEmpty)
  }

  @Test(arguments: [
    (["subject": "a\r\nBcc: evil@example.com"], "control_character"),
    (["subject": "a\u{0}b"], "control_character"), (["from_name": "x\ny"], "control_character"),
    (["headers": ["X-A": "b\r\nBcc: c"]], "control_character"),
    (["headers": ["Bcc": "x@y.z"]], "bad_header"), (["headers": ["From": "x@y.z"]], "bad_header"),
    (["headers": ["X-A\r\nBcc": "c"]], "bad_header"),
    (["headers": ["Content-Type": "c"]], "bad_header"),
    (["reply_to": "nobody"], "bad_address"), (["text": "  "], "no_content"),
    (["subject": "   "], "no_content"), (["to": [","]], "empty_to"),
  ] as [(JSONObject, String)])
  func `nothing is cleaned, it is refused`(_ changes: JSONObject, _ code: String) throws {
    let outcome = try send(changes)
    #expect(outcome.errorClass == .invalidInput && outcome.code == code, "\(outcome)")
    #expect(world.mails.isEmpty)
  }

  @Test(arguments: [
    "nobody", "a@", "@b.c", "a b@c.d", "a@b..c", "a@-b.c", "x>\r\nRCPT TO:<evil@y.z",
    "Ann <ann@example.com", "<a@b.c> <d@e.f>", "a@b.c\u{7}", ".a@b.c", "a@b@c.d",
  ])
  func `a malformed address fails alone`(_ address: String) throws {
    let outcome = try send(["to": ["ann@example.com", .text(address)]])
    #expect(outcome.value?["accepted"] == ["ann@example.com"], "\(outcome)")
    #expect(outcome.value?["failed"]?[0]?["code"] == "bad_address")
    #expect(world.mails.first?["to"] == ["ann@example.com"])
  }

  @Test func `nobody in to means nobody at all`() throws {
    let outcome = try send(["to": ["nobody"], "cc": "bo@example.com"])
    #expect(outcome.errorClass == .failed && outcome.code == "no_recipient")
    let alone = try send(["to": ["nobody"]])
    #expect(alone.errorClass == .invalidInput && alone.code == "bad_address")
    let all = try send(["to": ["nobody", "ann@example.com"], "require_all": true])
    #expect(all.code == "some_failed" && world.mails.isEmpty)
  }

  @Test func `the rules of sending hold for every address`() throws {
    world.collections["blacklist"] = ["1": ["channel": "102", "number": "ann@example.com"]]
    world.collections["optout_entry"] = [
      "2": ["channel": "102", "number": "cc@example.com", "list": "all"]
    ]
    let outcome = try send([
      "to": ["Ann <Ann@Example.com>", "bo@example.com"], "cc": "cc@example.com",
      "purpose": "marketing",
    ])
    #expect(outcome.value?["accepted"] == ["bo@example.com"])
    let failed = outcome.value?["failed"]?.asList ?? []
    #expect(failed.map { $0["error"] } == ["blacklisted on ops_mail", "opted out: all"])
  }

  @Test func `attachments come from base64 or from a URL that is granted`() throws {
    world.http = { request, _ in
      #expect(request["url"] == "https://files.example/a.pdf" && request["max_redirects"] == 5)
      return .response(
        status: 200, headers: ["content-type": "application/pdf"], body: Array("PDF".utf8))
    }
    _ = try send([
      "attachments": [
        ["name": "note.txt", "content_base64": "SGVs\nbG8=", "type": "text/plain"],
        ["name": "a.pdf", "url": "https://files.example/a.pdf"],
      ]
    ])
    #expect(
      world.mails.first?["attachments"] == [
        ["name": "note.txt", "type": "text/plain", "size": 5],
        ["name": "a.pdf", "type": "application/pdf", "size": 3],
      ])
    #expect(world.mailBodies.first == Array("HelloPDF".utf8))
  }

  @Test(arguments: [
    (["name": "a"], "bad_attachment"), (["name": "a", "content_base64": "%%"], "bad_attachment"),
    (["name": "../a", "content_base64": "QQ=="], "bad_attachment"),
    (["name": "a", "content_base64": "QQ==", "url": "https://x.example"], "bad_attachment"),
  ] as [(JSONValue, String)])
  func `nothing is sent without its attachments`(_ attachment: JSONValue, _ code: String) throws {
    let outcome = try send(["attachments": [attachment]])
    #expect(outcome.errorClass == .invalidInput && outcome.code == code, "\(outcome)")
    #expect(world.mails.isEmpty)
  }

  @Test func `an attachment that does not answer is unavailable, one too big is refused`() throws {
    let attachments: JSONValue = [["name": "a", "url": "https://files.example/a"]]
    world.http = { _, _ in .text(404, "no") }
    #expect(try send(["attachments": attachments]).code == "attachment_unreachable")
    world.http = { _, _ in
      .error(.failed, code: "response_too_large", message: "response too large")
    }
    #expect(try send(["attachments": attachments]).code == "attachment_too_big")
    world.http = { _, _ in .error(.denied, code: "host_not_granted", message: "no") }
    #expect(try send(["attachments": attachments]).errorClass == .denied)
    #expect(world.mails.isEmpty)
  }

  @Test func `HTML alone gets a text part`() throws {
    _ = try send([
      "text": .null,
      "html": """
        <html><head><title>T</title><style>p { color: red }</style></head><body>
        <h1>Hello&nbsp;Ann</h1><p>Your order<br>is <b>ready</b> &amp; paid: 5 &lt; 6 &#8364;.</p>
        <ul><li>one</li><li>two</li></ul><!-- <p>no</p> --><script>if (a < b) {}</script>
        </body></html>
        """,
    ])
    #expect(
      world.mails.first?["text"]?.asText
        == "Hello Ann\n\nYour order\nis ready & paid: 5 < 6 €.\n\n- one\n- two")
  }

  @Test func `a mail channel is found, or the message says what to do`() throws {
    #expect(try send(["channel": "wa_main"]).code == "wrong_channel_kind")
    world.collections["channel"]?["104"] = ["name": "second", "kind": "email", "credential": "x"]
    let several = try send([:])
    #expect(several.code == "several_channels" && several.message?.contains("name one") == true)
    #expect(try send(["channel": "OPS_MAIL"]).error == nil)
    world.collections["channel"] = [:]
    #expect(try send([:]).code == "no_channel")
  }

  // MARK: blobs and the gallery

  private static let invoice = "sha256-" + String(repeating: "1", count: 64)
  private static let logo = "sha256-" + String(repeating: "2", count: 64)

  private func fillGallery() {
    world.blobs.contents = [Self.invoice: Array("%PDF".utf8), Self.logo: Array("GIF89a".utf8)]
    world.collections["media"] = [
      "901": ["name": "logo.gif", "type": "image/gif", "bytes": 6, "blob": .text(Self.logo)],
      "902": ["name": "terms.pdf", "url": "https://files.example/terms.pdf"],
      "903": ["name": "empty"],
    ]
  }

  @Test func `a saved file and an entry of the gallery are attached without passing through here`()
    throws
  {
    fillGallery()
    world.http = { request, _ in
      request["url"] == "https://files.example/terms.pdf"
        ? .text(200, "terms", type: "application/pdf") : .text(404, "")
    }
    let outcome = try send([
      "attachments": [
        ["blob": .text(Self.invoice), "type": "application/pdf", "bytes": 4, "name": "7.pdf"],
        ["file": "Logo.GIF"], ["file": "terms.pdf", "name": "our terms.pdf"],
        ["blob": .text(Self.logo), "name": "again.gif"],
      ]
    ])
    #expect(outcome.error == nil, "\(outcome)")
    let attachments = world.mails.first?["attachments"]?.asList ?? []
    #expect(attachments.map { $0["name"] } == ["7.pdf", "logo.gif", "our terms.pdf", "again.gif"])
    #expect(
      attachments.map { $0["type"] } == [
        "application/pdf", "image/gif", "application/pdf", "application/octet-stream",
      ])
    #expect(attachments.map { $0["blob"]?["blob"]?.asText } == [Self.invoice, Self.logo, nil, Self.logo])
    #expect(attachments.map { $0["size"] } == [0, 0, 5, 0])
    #expect(world.mailBodies == [Array("terms".utf8)])
  }

  @Test(arguments: [
    (["file": "nobody.png"], ErrorClass.notFound, "media_not_found"),
    (["file": "empty"], .notFound, "media_not_found"),
    (["blob": .text("sha256-" + String(repeating: "9", count: 64)), "name": "x"], .notFound,
      "attachment_not_found"),
    (["blob": .text(invoice), "file": "logo.gif"], .invalidInput, "bad_attachment"),
    (["file": "logo.gif", "url": "https://a.example/x"], .invalidInput, "bad_attachment"),
    (["name": "x"], .invalidInput, "bad_attachment"),
    (["url": "https://a.example/x"], .invalidInput, "bad_attachment"),
    (["blob": .text(invoice), "name": "a/b"], .invalidInput, "bad_attachment"),
  ] as [(JSONValue, ErrorClass, String)])
  func `an attachment that cannot be had stops the mail`(
    _ attachment: JSONValue, _ kind: ErrorClass, _ code: String
  ) throws {
    fillGallery()
    let outcome = try send(["attachments": [attachment]])
    #expect(outcome.errorClass == kind && outcome.code == code, "\(outcome)")
    #expect(world.mails.isEmpty)
  }

  @Test func `the size of a blob is what the host says`() throws {
    world.blobs.contents = [Self.invoice: [UInt8](repeating: 0, count: 20 << 20 | 1)]
    let outcome = try send(["attachments": [["blob": .text(Self.invoice), "name": "x", "bytes": 1]]])
    #expect(outcome.code == "attachment_too_big")
    #expect(world.mails.isEmpty)
  }
}
