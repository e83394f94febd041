// SPDX-License-Identifier: Apache-2.0
// email.send: sends one e-mail.
import JackfieldBase
import JackfieldPlugin

/// Sends one mail to everybody, or one to each, through a mail channel of the project.
struct SendMail: Action {
  static let id = "email.send"

  struct Parameters: Decodable {
    var channel: String?
    var to: TextList
    var cc: TextList?
    var bcc: TextList?
    var from_name: String?
    var reply_to: String?
    var subject: String
    var html: String?
    var text: String?
    var attachments: [AttachmentParameter]?
    var headers: JSONObject?
    var separate: Bool?
    var purpose: SendPurpose?
    var optout_lists: TextList?
    var require_all: Bool?
  }

  struct Result: Encodable {
    var message_id: String
    var accepted: [String]
    var failed: [SendFailure]
  }

  func run(_ p: Parameters, _ call: Call) throws(ActionError) -> Result {
    let draft = try MailDraft(
      subject: p.subject, text: p.text, html: p.html, fromName: p.from_name, replyTo: p.reply_to,
      headers: p.headers)
    let channel = try Channel.mail(p.channel, for: Self.id, call)
    var audience = try MailAudience(
      to: p.to.items, cc: p.cc?.items ?? [], bcc: p.bcc?.items ?? [], atMost: 100)
    let rules = try SendRules(
      channel, audience.addresses, p.purpose ?? .transactional,
      lists: p.optout_lists?.items ?? [], call)
    audience.apply(rules)
    let requireAll = p.require_all ?? false
    if requireAll && !audience.failures.isEmpty || audience.to.isEmpty {
      try audience.refuse(requireAll: requireAll) { (failed) throws(ActionError) in
        try call.encoded(Result(message_id: "", accepted: [], failed: failed))
      }
    }
    let log = try MessageLog(
      channel, audience.to.map(\.normal), touchesConversations: false, call)
    let attachments = try AttachmentLoader.load(p.attachments ?? [], call)
    let credential = try channel.requireCredential()

    var sender = MailSender(
      draft: draft, attachments: attachments, credential: credential, call: call)
    sender.send(audience, separately: p.separate ?? false)
    var failures = audience.failures
    for (target, error) in sender.failures.errors { failures.add(target, error) }
    let result = Result(
      message_id: sender.sent.first?.messageID ?? "", accepted: sender.accepted,
      failed: failures.list)
    for mail in sender.sent {
      try log.insert(
        number: mail.number, providerID: mail.messageID,
        MessageNote(purpose: p.purpose ?? .transactional, body: draft.subject))
    }
    try failures.conclude(
      reached: sender.accepted.count, requireAll: requireAll, result: try call.encoded(result))
    return result
  }
}

extension Channel {
  /// The mail channel that is named, else the project's only one.
  ///
  /// - Parameter action: which needs it, for the message
  static func mail(
    _ reference: String?, for action: String, _ call: Call
  ) throws(ActionError) -> Channel {
    guard let reference, !reference.trimmed.isEmpty else {
      return try Channel.only(kind: "email", call)
    }
    let channel = try Channel.find(reference, call)
    try channel.require(kind: "email", hint: "\(action) needs one of kind email")
    return channel
  }
}
