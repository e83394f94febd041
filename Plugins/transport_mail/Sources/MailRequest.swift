// SPDX-License-Identifier: Apache-2.0
// A mail as the host describes it, written as MIME before anything connects.
import CurlTransport
import ExchangeValues
import Glibc
import MailMessage

/// One mail, ready to be handed over: its server, envelope and bytes.
struct MailRequest {
  let server: MailServer
  let messageID: String
  let sender: String
  let recipients: [String]
  let bytes: OwnedBytes
  let timeoutMS: Int64

  static let mostRecipients = 100
  static let mostAttachments = 20
  static let longestTimeoutMS: Int64 = 60 * 60 * 1_000

  /// **Throws**: `invalid_input`, naming the member.
  init(reading value: ValueReader, body: UnsafeRawBufferPointer) throws(ExchangeFailure) {
    server = try MailServer(reading: value["server"])
    timeoutMS = min(Self.longestTimeoutMS, max(1, value["timeout_ms"].integer ?? 60_000))
    do throws(MailError) {
      let message = try Self.message(value, server, body)
      messageID = message.messageID
      sender = message.from.address
      recipients = message.recipients.map(\.address)
      bytes = OwnedBytes(message.bytes(seconds: time(nil)))
    } catch {
      throw .invalid(error.code, error.reason)
    }
    guard (1...Self.mostRecipients).contains(recipients.count) else {
      throw .invalid(
        "bad_recipients", "a mail needs 1 to \(Self.mostRecipients) recipients: split the list")
    }
  }

  private static func message(
    _ value: ValueReader, _ server: MailServer, _ body: UnsafeRawBufferPointer
  ) throws(MailError) -> MailMessage {
    let name = try text(value, "from_name") ?? server.fromName ?? ""
    guard !UTF8Check.hasControl(name), name.utf8.count <= 200 else {
      throw MailError("bad_from_name", "from_name is too long or holds a control character")
    }
    let account = try MailAddress(parsing: server.from, toASCII: MailServer.asciiDomain)
    let sender = name.isEmpty ? account : MailAddress(account, name: name)
    var message = try MailMessage(
      from: sender, subject: try text(value, "subject") ?? "",
      messageID: try text(value, "message_id") ?? "")
    message.to = try addresses(value["to"])
    message.cc = try addresses(value["cc"])
    message.bcc = try addresses(value["bcc"])
    if let replyTo = try text(value, "reply_to") {
      message.replyTo = [try MailAddress(parsing: replyTo, toASCII: MailServer.asciiDomain)]
    }
    message.text = try text(value, "text")
    message.html = try text(value, "html")
    guard message.text != nil || message.html != nil else {
      throw MailError("no_text", "a mail needs text or html")
    }
    for header in value["headers"].members {
      guard let line = header.value.text else {
        throw MailError("bad_header", "a header must be a text")
      }
      try message.add(header: header.name, line)
    }
    message.attachments = try attachments(value["attachments"], body)
    return message
  }

  /// A text member; nil when it is missing, null or empty.
  private static func text(_ value: ValueReader, _ name: String) throws(MailError) -> String? {
    guard !value[name].isNull else { return nil }
    guard let text = value[name].text else {
      throw MailError("bad_\(name)", "\(name) must be a text")
    }
    return text.isEmpty ? nil : text
  }

  private static func addresses(_ value: ValueReader) throws(MailError) -> [MailAddress] {
    var result: [MailAddress] = []
    for member in value.members {
      guard let text = member.value.text else {
        throw MailError("bad_address", "an address must be a text")
      }
      result.append(try MailAddress(parsing: text, toASCII: MailServer.asciiDomain))
    }
    return result
  }

  private static func attachments(
    _ value: ValueReader, _ body: UnsafeRawBufferPointer
  ) throws(MailError) -> [MailMessage.Attachment] {
    let members = value.members
    guard members.count <= mostAttachments else {
      throw MailError("bad_attachment", "more than \(mostAttachments) attachments: send fewer")
    }
    var result: [MailMessage.Attachment] = []
    var offset = 0
    for member in members {
      guard let size = member.value["size"].integer, size >= 0, size <= Int64(body.count - offset)
      else { throw MailError("bad_attachment", "an attachment's size does not fit its bytes") }
      let end = offset + Int(size)
      let bytes = UnsafeRawBufferPointer(rebasing: body[offset..<end])
      result.append(
        try MailMessage.Attachment(
          name: member.value["name"].text ?? "", type: member.value["type"].text ?? "",
          bytes: bytes))
      offset = end
    }
    return result
  }
}
