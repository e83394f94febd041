// SPDX-License-Identifier: Apache-2.0
// "jackfield.mail/1": one e-mail through the host.
import CJackfield
import Values

/// Hands a mail over, its attachments as raw bytes beside the document.
enum MailTable {
  static let table = StaticTable(
    jf_mail_interface(
      size: UInt32(MemoryLayout<jf_mail_interface>.size), reserved: 0,
      send: { call, mail, out in
        out?.pointee = nil
        let mail = copied(mail, into: MailTable.emptyMail)
        guard let attachments = MailTable.attachments(mail) else {
          return RuntimeCall.with(call, late: JF_BUG) {
            $0.fail(
              JF_INVALID_INPUT, "attachments_too_large",
              "a mail has at most 20 attachments of 20 MiB together: send fewer, or a link")
          }
        }
        return RuntimeCall.serve(call, 6, body: attachments.map(\.bytes.raw)) {
          MailTable.write(mail, attachments, $0)
        } accept: {
          $0.accept($1, out)
        }
      }))

  /// Nothing, in a struct whose `to` cannot be null in Swift's eyes.
  private static var emptyMail: jf_mail {
    jf_mail(
      size: 0, reserved: 0, credential: .empty, from_name: .empty,
      to: OpaquePointer(StaticValues.list.root), cc: nil, bcc: nil, reply_to: .empty,
      subject: .empty, text: .empty, html: .empty, headers: nil, attachments: nil,
      attachment_count: 0)
  }

  private static func attachments(_ mail: jf_mail) -> [jf_mail_attachment]? {
    guard mail.attachment_count > 0, let list = mail.attachments else { return [] }
    guard mail.attachment_count <= 20 else { return nil }
    let all = (0..<Int(mail.attachment_count)).compactMap { index in
      list[index].map { copied($0, into: jf_mail_attachment()) }
    }
    let total = all.reduce(UInt64(0)) { $0.addingReportingOverflow($1.bytes.size).partialValue }
    return total <= 20 << 20 ? all : nil
  }

  private static func write(
    _ mail: jf_mail, _ attachments: [jf_mail_attachment], _ builder: JSONBuilder
  ) {
    builder.objectBegin()
    text("credential", mail.credential, builder)
    text("from_name", mail.from_name, builder)
    value("to", mail.to, builder)
    value("cc", mail.cc, builder)
    value("bcc", mail.bcc, builder)
    text("reply_to", mail.reply_to, builder)
    builder.key("subject")
    builder.text(mail.subject.view)
    text("text", mail.text, builder)
    text("html", mail.html, builder)
    value("headers", mail.headers, builder)
    builder.key("attachments")
    builder.listBegin()
    for attachment in attachments {
      builder.objectBegin()
      builder.key("name")
      builder.text(attachment.name.view)
      builder.key("type")
      builder.text(attachment.type.view)
      builder.key("size")
      builder.integer(Int64(clamping: attachment.bytes.size))
      value("blob", attachment.blob, builder)
      builder.end()
    }
    builder.end()
    builder.end()
  }

  /// Members that are empty are left out.
  private static func text(_ name: String, _ bytes: jf_bytes, _ builder: JSONBuilder) {
    guard bytes.size > 0 else { return }
    builder.key(name)
    builder.text(bytes.view)
  }

  private static func value(_ name: String, _ value: OpaquePointer?, _ builder: JSONBuilder) {
    guard let value else { return }
    builder.key(name)
    builder.copy(UnsafePointer(value))
  }
}
