// SPDX-License-Identifier: Apache-2.0
// Handing a mail over.
import CJackfield
import Values

/// Mail through the host, from within one call.
public struct MailService {
  let call: Call

  /// Hands one mail over: to every address, or to none.
  ///
  /// **Throws**: `invalid_input` (an address, a header), `denied` (login refused, not granted),
  /// `unavailable` (no connection or a 4xx reply), `failed` (a 5xx reply), `unknown_outcome`
  /// (lost after the body). `providerCode` is the enhanced status code.
  public func send(_ mail: Mail) throws(ActionError) -> MailReceipt {
    guard let table = call.instance.mail else {
      throw .denied("mail_not_granted", "this plugin is granted no mail credential: grant one")
    }
    let borrowed = Borrowed()
    var lent = try lend(mail, borrowed)
    var out: OpaquePointer?
    let status = withExtendedLifetime(borrowed) {
      table.pointee.send(call.pointer, &lent, &out)
    }
    try call.check(status, "mail")
    let receipt = call.value(out).json
    return MailReceipt(
      messageID: receipt["message_id"]?.asText ?? "", reply: receipt["reply"]?.asText ?? "",
      accepted: receipt["accepted"]?.asList?.compactMap(\.asText) ?? [])
  }

  private func lend(_ mail: Mail, _ borrowed: Borrowed) throws(ActionError) -> jf_mail {
    var headers = JSONObject()
    for header in mail.headers { headers[header.name] = .text(header.value) }
    let attachments = try mail.attachments.map { attachment throws(ActionError) in
      jf_mail_attachment(
        size: UInt32(MemoryLayout<jf_mail_attachment>.size), reserved: 0,
        name: borrowed.bytes(attachment.name), type: borrowed.bytes(attachment.type),
        bytes: borrowed.bytes(attachment.bytes),
        blob: try attachment.blob.map { blob throws(ActionError) in try call.require(blob.json) })
    }
    let structs = borrowed.array(of: jf_mail_attachment.self, count: attachments.count)
    let list = borrowed.array(
      of: UnsafePointer<jf_mail_attachment>?.self, count: attachments.count)
    for (index, attachment) in attachments.enumerated() {
      (structs + index).initialize(to: attachment)
      (list + index).initialize(to: UnsafePointer(structs + index))
    }
    return jf_mail(
      size: UInt32(MemoryLayout<jf_mail>.size), reserved: 0,
      credential: borrowed.bytes(mail.credential), from_name: borrowed.bytes(mail.fromName),
      to: try addresses(mail.to), cc: mail.cc.isEmpty ? nil : try addresses(mail.cc),
      bcc: mail.bcc.isEmpty ? nil : try addresses(mail.bcc),
      reply_to: borrowed.bytes(mail.replyTo), subject: borrowed.bytes(mail.subject),
      text: borrowed.bytes(mail.text), html: borrowed.bytes(mail.html),
      headers: mail.headers.isEmpty ? nil : try call.require(.object(headers)),
      attachments: attachments.isEmpty ? nil : UnsafePointer(list),
      attachment_count: UInt64(attachments.count))
  }

  private func addresses(_ list: [String]) throws(ActionError) -> OpaquePointer {
    try call.require(.list(list.map(JSONValue.text)))
  }
}
