// SPDX-License-Identifier: Apache-2.0
// email.send_whatsmail: mails people about a contact, and lets them answer into the chat.
import JackfieldBase
import JackfieldPlugin

/// Sends one mail whose reply address leads to a contact's chat.
struct SendWhatsMail: Action {
  static let id = "email.send_whatsmail"

  /// What the receiving half cuts a reply at.
  static let delimiter = "--- reply above this line ---"

  struct Parameters: Decodable {
    var contact: ContactReference?
    var chat_channel: String?
    var mail_channel: String?
    var to: TextList
    var subject: String
    var text: String
    var attachments: [AttachmentParameter]?
    var require_all: Bool?
  }

  struct Result: Encodable {
    var message_id: String
    var reply_to: String
    var accepted: [String]
    var failed: [SendFailure]
  }

  func run(_ p: Parameters, _ call: Call) throws(ActionError) -> Result {
    let contact = try ContactReference.resolve(p.contact, call)
    let chat = try Self.chatChannel(p.chat_channel, of: contact, call)
    let channel = try Channel.mail(p.mail_channel, for: Self.id, call)
    var audience = try MailAudience(to: p.to.items, atMost: 20)
    audience.apply(
      try SendRules(channel, audience.addresses, .transactional, lists: [], call))
    let requireAll = p.require_all ?? false
    if requireAll && !audience.failures.isEmpty || audience.to.isEmpty {
      try audience.refuse(requireAll: requireAll) { (failed) throws(ActionError) in
        try call.encoded(Result(message_id: "", reply_to: "", accepted: [], failed: failed))
      }
    }
    let log = try MessageLog(
      channel, audience.to.map(\.normal), touchesConversations: false, call)
    let attachments = try AttachmentLoader.load(p.attachments ?? [], call)
    let credential = try channel.requireCredential()
    let address = try ReplyAddress(of: contact, on: chat, through: channel, call)
    let draft = try MailDraft(
      subject: p.subject, text: p.text + "\n\n" + Self.delimiter + "\n", replyTo: address.address)
    try address.permit(audience.addresses, call)

    var sender = MailSender(
      draft: draft, attachments: attachments, credential: credential, call: call)
    sender.send(audience, separately: false)
    var failures = audience.failures
    for (target, error) in sender.failures.errors { failures.add(target, error) }
    let result = Result(
      message_id: sender.sent.first?.messageID ?? "", reply_to: address.address,
      accepted: sender.accepted, failed: failures.list)
    for mail in sender.sent {
      try log.insert(
        number: mail.number, providerID: mail.messageID,
        MessageNote(purpose: .transactional, body: draft.subject))
    }
    try failures.conclude(
      reached: sender.accepted.count, requireAll: requireAll, result: try call.encoded(result))
    return result
  }

  private static func chatChannel(
    _ reference: String?, of contact: Record, _ call: Call
  ) throws(ActionError) -> Channel {
    let named = reference.given
    guard let wanted = named ?? contact.text("channel") else {
      throw .invalidInput(
        "no_channel", "the contact has no channel: name the one for answers in chat_channel")
    }
    let channel = try Channel.find(wanted, call)
    guard channel.kind.hasPrefix("whatsapp_") else {
      throw .invalidInput(
        "wrong_channel_kind",
        "channel \(channel.name) is of kind \(channel.kind): answers go to a WhatsApp channel")
    }
    return channel
  }
}
