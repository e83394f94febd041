// SPDX-License-Identifier: Apache-2.0
// A mail as the server is handed it: headers, texts and attachments as MIME.
import ExchangeValues

/// One mail, every text in it checked. `Bcc` addresses are recipients and stand in no header.
///
/// **Source**: RFC 5322; RFC 2046.
package struct MailMessage {
  /// A file beside the text.
  package struct Attachment {
    package let name: String
    package let type: String
    package let bytes: UnsafeRawBufferPointer

    /// **Throws**: `bad_attachment`. `bytes` must outlive `write`.
    package init(name: String, type: String, bytes: UnsafeRawBufferPointer) throws(MailError) {
      guard !UTF8Check.hasControl(name), name.utf8.count <= 255 else {
        throw MailError("bad_attachment", "a file's name is too long or holds a control character")
      }
      self.name = name.isEmpty ? "attachment" : name
      self.type = type.isEmpty ? "application/octet-stream" : type
      self.bytes = bytes
      try Self.check(type: self.type)
    }

    private static func check(type: String) throws(MailError) {
      let halves = type.split(separator: "/", omittingEmptySubsequences: false)
      let isType = halves.count == 2 && halves.allSatisfy { UTF8Check.isToken(String($0)) }
      guard isType, type.utf8.count <= 100 else {
        throw MailError("bad_attachment", "a file's type is no media type, like image/png")
      }
      guard !["multipart", "message"].contains(halves[0].lowercased()) else {
        throw MailError("bad_attachment", "a file cannot be of the type \(type)")
      }
    }
  }

  package let from: MailAddress
  package var to: [MailAddress] = []
  package var cc: [MailAddress] = []
  package var bcc: [MailAddress] = []
  package var replyTo: [MailAddress] = []
  package let messageID: String
  package let subject: String
  package var headers: [(name: String, value: String)] = []
  package var text: String?
  package var html: String?
  package var attachments: [Attachment] = []

  package static let longestSubject = 998

  /// **Throws**: `bad_subject`, `bad_message_id`.
  package init(from: MailAddress, subject: String, messageID: String) throws(MailError) {
    guard !UTF8Check.hasControl(subject) else {
      throw MailError("bad_subject", "the subject holds a control character: refused")
    }
    guard subject.unicodeScalars.count <= Self.longestSubject else {
      throw MailError("bad_subject", "the subject is over \(Self.longestSubject) characters")
    }
    self.from = from
    self.subject = subject
    self.messageID = try Self.checked(messageID: messageID)
  }

  /// Adds a header of the author's. **Throws**: `bad_header` for all but X-, List-, In-Reply-To
  /// and References.
  package mutating func add(header name: String, _ value: String) throws(MailError) {
    let lower = name.lowercased()
    let isReference = lower == "in-reply-to" || lower == "references"
    guard UTF8Check.isToken(name), name.utf8.count <= 60,
      lower.hasPrefix("x-") || lower.hasPrefix("list-") || isReference
    else {
      throw MailError("bad_header", "only X-, List-, In-Reply-To and References may be set")
    }
    guard !UTF8Check.hasControl(value), value.utf8.count <= 4_096 else {
      throw MailError("bad_header", "the header \(name) is too long or holds a control character")
    }
    guard !isReference || HeaderText.isPlain(value) else {
      throw MailError("bad_header", "the header \(name) must hold message ids, in ASCII")
    }
    headers.append((name, value))
  }

  /// Every recipient once, in order.
  package var recipients: [MailAddress] {
    var seen: Set<String> = []
    return (to + cc + bcc).filter { seen.insert($0.address).inserted }
  }

  /// The whole mail with CRLF line ends. **Unit**: `seconds` since 1970.
  package func bytes(seconds: Int) -> [UInt8] {
    var message: [UInt8] = []
    message += head(seconds: seconds).utf8
    if attachments.isEmpty {
      appendTexts(to: &message)
      return message
    }
    let boundary = boundary("mixed")
    message += Self.multipart("mixed", boundary).utf8
    message += "--\(boundary)\r\n".utf8
    appendTexts(to: &message)
    for attachment in attachments {
      message += "--\(boundary)\r\n".utf8
      append(attachment, to: &message)
    }
    message += "--\(boundary)--\r\n".utf8
    return message
  }

  // MARK: - Parts

  private func head(seconds: Int) -> String {
    var lines = "Date: \(MailDate.text(seconds))\r\n"
    lines += HeaderText.line("From", addresses: [from])
    if !to.isEmpty { lines += HeaderText.line("To", addresses: to) }
    if !cc.isEmpty { lines += HeaderText.line("Cc", addresses: cc) }
    if !replyTo.isEmpty { lines += HeaderText.line("Reply-To", addresses: replyTo) }
    lines += HeaderText.line("Subject", unstructured: subject)
    lines += "Message-ID: \(messageID)\r\n"
    for header in headers { lines += HeaderText.line(header.name, unstructured: header.value) }
    return lines + "MIME-Version: 1.0\r\n"
  }

  private func appendTexts(to message: inout [UInt8]) {
    guard let html else {
      Self.append(text: text ?? "", "text/plain", to: &message)
      return
    }
    let boundary = boundary("alternative")
    message += Self.multipart("alternative", boundary).utf8
    message += "--\(boundary)\r\n".utf8
    Self.append(text: text ?? HTMLText.text(of: html), "text/plain", to: &message)
    message += "--\(boundary)\r\n".utf8
    Self.append(text: html, "text/html", to: &message)
    message += "--\(boundary)--\r\n".utf8
  }

  private static func multipart(_ kind: String, _ boundary: String) -> String {
    "Content-Type: multipart/\(kind);\r\n boundary=\"\(boundary)\"\r\n\r\n"
  }

  private static func append(text: String, _ type: String, to message: inout [UInt8]) {
    let content = ContentEncoding.canonical(text)
    let encoding = ContentEncoding.lightest(for: content)
    message += "Content-Type: \(type); charset=utf-8\r\n".utf8
    message += "Content-Transfer-Encoding: \(encoding.rawValue)\r\n\r\n".utf8
    content.withUnsafeBytes { encoding.append($0, to: &message) }
  }

  private func append(_ attachment: Attachment, to message: inout [UInt8]) {
    message += "Content-Type: \(attachment.type)\r\n".utf8
    message += "Content-Transfer-Encoding: base64\r\n".utf8
    let name = FileNameParameter.text(attachment.name)
    message += "Content-Disposition: attachment\(name)\r\n\r\n".utf8
    ContentEncoding.base64.append(attachment.bytes, to: &message)
  }

  /// No content holds `=_`: base64 has no underscore, quoted-printable writes the equals sign as
  /// `=3D`, and a plain text with the two is encoded.
  private func boundary(_ kind: String) -> String { "=_jackfield_\(kind)" }

  /// With its angle brackets.
  private static func checked(messageID: String) throws(MailError) -> String {
    var id = messageID
    if id.hasPrefix("<") && id.hasSuffix(">") { id = String(id.dropFirst().dropLast()) }
    let halves = id.split(separator: "@", omittingEmptySubsequences: false)
    let isPrintable = id.utf8.allSatisfy { byte in
      (0x21...0x7E).contains(byte) && ![0x3C, 0x3E, 0x28, 0x29, 0x2C, 0x22, 0x5C].contains(byte)
    }
    guard isPrintable, halves.count == 2, !halves.contains(""), id.utf8.count <= 250 else {
      throw MailError("bad_message_id", "the message id must be like <unique@domain>")
    }
    return "<\(id)>"
  }
}
