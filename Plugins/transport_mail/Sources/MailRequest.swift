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
  init(
    reading value: ValueReader, body: UnsafeRawBufferPointer, files: AttachedFiles
  ) throws(ExchangeFailure) {
    let blobs = try Self.blobs(value["attachments"], files)
    server = try MailServer(reading: value["server"])
    timeoutMS = min(Self.longestTimeoutMS, max(1, value["timeout_ms"].integer ?? 60_000))
    do throws(MailError) {
      let message = try Self.message(value, server, body, blobs)
      messageID = message.messageID
      sender = message.from.address
      recipients = message.recipients.map(\.address)
      bytes = withExtendedLifetime(blobs) { OwnedBytes(message.bytes(seconds: time(nil))) }
    } catch {
      throw .invalid(error.code, error.reason)
    }
    guard (1...Self.mostRecipients).contains(recipients.count) else {
      throw .invalid(
        "bad_recipients", "a mail needs 1 to \(Self.mostRecipients) recipients: split the list")
    }
  }

  private static func message(
    _ value: ValueReader, _ server: MailServer, _ body: UnsafeRawBufferPointer,
    _ blobs: [OwnedBytes?]
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
    message.attachments = try attachments(value["attachments"], body, blobs)
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

  /// **Unit**: bytes of the attachments that are files, together.
  static let largestFiles: Int64 = 20 << 20

  /// The content of the attachments that are files, by place: a mail is written whole before it is
  /// sent, so they are read, which their bound allows.
  private static func blobs(
    _ value: ValueReader, _ files: AttachedFiles
  ) throws(ExchangeFailure) -> [OwnedBytes?] {
    var room = largestFiles
    var blobs: [OwnedBytes?] = []
    for member in value.members {
      guard let descriptor = try files.descriptor(member.value["file"]) else {
        blobs.append(nil)
        continue
      }
      guard let size = member.value["size"].integer, size >= 0, size <= room else {
        throw .invalid("bad_attachment", "the attachments that are files are too large together")
      }
      room -= size
      var isWhole = false
      let bytes = OwnedBytes(count: Int(size)) { memory in
        isWhole = AttachedFiles.read(descriptor, from: 0, into: memory)
      }
      guard isWhole else {
        throw ExchangeFailure(
          .failed, "attachment_unreadable", "an attachment's file is shorter than it was: restore it")
      }
      blobs.append(bytes)
    }
    return blobs
  }

  private static func attachments(
    _ value: ValueReader, _ body: UnsafeRawBufferPointer, _ blobs: [OwnedBytes?]
  ) throws(MailError) -> [MailMessage.Attachment] {
    let members = value.members
    guard members.count <= mostAttachments else {
      throw MailError("bad_attachment", "more than \(mostAttachments) attachments: send fewer")
    }
    var result: [MailMessage.Attachment] = []
    var offset = 0
    for (place, member) in members.enumerated() {
      let (name, type) = (member.value["name"].text ?? "", member.value["type"].text ?? "")
      if blobs.indices.contains(place), let blob = blobs[place] {
        // Whoever holds `blobs` holds the bytes until the mail is written.
        let bytes = UnsafeRawBufferPointer(start: blob.mutablePointer, count: blob.count)
        result.append(try MailMessage.Attachment(name: name, type: type, bytes: bytes))
        continue
      }
      guard let size = member.value["size"].integer, size >= 0, size <= Int64(body.count - offset)
      else { throw MailError("bad_attachment", "an attachment's size does not fit its bytes") }
      let end = offset + Int(size)
      let bytes = UnsafeRawBufferPointer(rebasing: body[offset..<end])
      result.append(
        try MailMessage.Attachment(name: name, type: type, bytes: bytes))
      offset = end
    }
    return result
  }
}
