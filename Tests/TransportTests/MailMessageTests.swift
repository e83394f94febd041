// SPDX-License-Identifier: Apache-2.0
import MailMessage
import TestKit
import Testing

@Suite struct MailMessageTests {
  func address(_ text: String) throws -> MailAddress {
    try MailAddress(parsing: text) { _ in nil }
  }

  func message(subject: String = "S", text: String = "T") throws -> MailMessage {
    var message = try MailMessage(
      from: address("s@example.com"), subject: subject, messageID: "a@example.com")
    message.to = [try address("a@example.org")]
    message.text = text
    return message
  }

  func lines(_ message: MailMessage) -> [Substring] {
    String(decoding: message.bytes(seconds: 0), as: UTF8.self).split(
      separator: "\r\n", omittingEmptySubsequences: false)
  }

  /// What Python's own parser makes of the bytes.
  func python(_ message: MailMessage, _ expression: String) throws -> String {
    let folder = TemporaryFolder()
    let file = folder.write(message.bytes(seconds: 1_800_000_000), to: "m.eml")
    let program = """
      import email, email.header, email.policy, sys
      sys.stdout.reconfigure(encoding="utf-8")
      m = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
      print(\(expression), end="")
      """
    let result = try Subprocess.run(PythonServer.python, ["-c", program, file])
    #expect(result.isSuccess, "\(result)")
    return result.output
  }

  @Test func `a date is written as mails write it`() {
    #expect(MailDate.text(0) == "Thu, 01 Jan 1970 00:00:00 +0000")
    #expect(MailDate.text(1_795_361_655) == "Sun, 22 Nov 2026 15:34:15 +0000")
    #expect(MailDate.text(1_709_210_096) == "Thu, 29 Feb 2024 12:34:56 +0000")
  }

  static let subjects = [
    "Hello", "", "Grüße aus Köln", "=?UTF-8?B?SGVsbG8=?=", "日本語のとても長い件名です。これは折り返しが必要です。もう少し長くします。",
    "👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦", String(repeating: "long words here ", count: 40),
    String(repeating: "x", count: 998),
    "two  spaces   and more  ", "a \"quoted\" (comment) <x@y>, ; : \\",
    String(repeating: "ü", count: 300), "ends in é",
  ]

  @Test(arguments: subjects)
  func `a subject comes out as it went in, in short ASCII lines`(_ subject: String) throws {
    let message = try message(subject: subject)
    for line in lines(message) {
      #expect(line.utf8.count <= 998)
      #expect(line.utf8.allSatisfy { $0 < 0x80 })
    }
    if subject.count < 900 { #expect(lines(message).allSatisfy { $0.utf8.count <= 78 }) }
    let parsed = try python(message, "m['Subject']")
    #expect(parsed == subject.trimmingSpaces)
  }

  @Test(arguments: [
    "Anna", "Anna Lü", "Doe, John", "\"x\" \\ y", "=?utf-8?q?x?=", "a@b",
    "Ünï ©øđé ".trimmingSpaces,
    "O'Neil (x)", "a, \"b\" " + String(repeating: "c ", count: 60) + "d",
    String(repeating: "name ", count: 30).trimmingSpaces,
  ])
  func `a name comes out as it went in`(_ name: String) throws {
    var message = try message()
    message.to = [MailAddress(try address("a@example.org"), name: name)]
    #expect(lines(message).allSatisfy { $0.utf8.count <= 78 })
    #expect(try python(message, "m['To'].addresses[0].display_name") == name)
    #expect(try python(message, "m['To'].addresses[0].addr_spec") == "a@example.org")
  }

  /// Several encoded words; Python's parser of addresses puts spaces between them, its decoder of
  /// headers does not.
  @Test func `a long name comes out as it went in`() throws {
    let name = "très très très très très très très très très très long nom de personne"
    var message = try message()
    message.to = [MailAddress(try address("a@example.org"), name: name)]
    let raw = "email.message_from_bytes(open(sys.argv[1], 'rb').read())['To']"
    let text = "str(email.header.make_header(email.header.decode_header(\(raw))))"
    #expect(try python(message, text) == "\(name) <a@example.org>")
  }

  static let texts = [
    "plain", "", "ü", "line\nline\r\nline\rline", "trailing space \nand tab\t",
    "From me\n.\n..dot",
    String(repeating: "a", count: 5_000), String(repeating: "日本", count: 500), "=_ = =3D =\n",
    "nul \u{0} bell \u{7}", "--=_jackfield_alternative--", "a\n\n\n",
    String(repeating: "word ", count: 30) + "ü",
  ]

  @Test(arguments: texts)
  func `a text comes out as it went in`(_ text: String) throws {
    var message = try message(text: text)
    message.html = "<p>x</p>"
    for line in lines(message) {
      #expect(line.utf8.count <= 78)
      #expect(line.utf8.allSatisfy { $0 < 0x80 && $0 != 0 })
    }
    let expected = text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
    let parsed = try python(message, "m.get_body(('plain',)).get_content()")
    #expect(parsed.trimmingNewlines == expected.trimmingNewlines)
    #expect(try python(message, "len(list(m.iter_parts()))") == "2")
    #expect(try python(message, "[p.defects for p in m.walk()]") == "[[], [], []]")
  }

  @Test(arguments: [
    "report.pdf", "naïve.txt", "a\"b\\c.txt", "日本語の長いファイル名がここにあります.pdf", "../../etc/passwd",
    "a;b=c.txt",
    "100%.txt", String(repeating: "long", count: 40) + ".bin", "it's.txt", "a b.txt",
  ])
  func `a file's name comes out as it went in`(_ name: String) throws {
    var message = try message()
    let bytes = [UInt8](0...255)
    try bytes.withUnsafeBytes { view in
      message.attachments = [
        try MailMessage.Attachment(name: name, type: "application/pdf", bytes: view)
      ]
      #expect(lines(message).allSatisfy { $0.utf8.count <= 120 })
      #expect(try python(message, "list(m.iter_attachments())[0].get_filename()") == name)
      let same = "list(m.iter_attachments())[0].get_content() == bytes(range(256))"
      #expect(try python(message, same) == "True")
    }
  }

  @Test(arguments: [
    ("<p>Hello <b>you</b></p><p>Second</p>", "Hello you\n\nSecond"),
    ("a<br>b<br/>c", "a\nb\nc"), ("<ul><li>one</li><li>two</li></ul>", "- one\n\n- two"),
    ("<a href=\"https://x.example/?a=1&amp;b=2\">link</a>", "link (https://x.example/?a=1&b=2)"),
    ("<a href='https://x.example'>https://x.example</a>", "https://x.example"),
    ("<style>p{}</style><script>alert('<p>')</script>text", "text"),
    ("&lt;b&gt; &amp;amp; &#228; &#xE4; &nbsp;&unknown; & &", "<b> &amp; ä ä &unknown; & &"),
    ("<!-- no -->yes", "yes"), ("a < b", "a"), ("<p", ""), ("", ""),
    ("&#0;&#x110000;", "&#0;&#x110000;"),
    ("<title>t</title><h1>Head</h1>body", "Head\n\nbody"),
  ])
  func `text is derived from HTML`(_ html: String, _ text: String) {
    #expect(HTMLText.text(of: html).trimmingNewlines == text)
  }
}

extension String {
  fileprivate var trimmingNewlines: String {
    String(drop { $0 == "\n" }.reversed().drop { $0 == "\n" }.reversed())
  }
}
