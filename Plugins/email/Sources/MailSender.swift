// SPDX-License-Identifier: Apache-2.0
// Handing the mail over, once or once per recipient.
import JackfieldBase
import JackfieldPlugin

/// Sends the copies of one draft and keeps what became of each.
struct MailSender {
  struct Sent {
    let number: String
    let messageID: String
  }

  let draft: MailDraft
  let attachments: [MailAttachment]
  let credential: String
  let call: Call
  private(set) var sent: [Sent] = []
  private(set) var accepted: [String] = []
  private(set) var failures = SendFailures()

  init(draft: MailDraft, attachments: [MailAttachment], credential: String, call: Call) {
    self.draft = draft
    self.attachments = attachments
    self.credential = credential
    self.call = call
  }

  /// Sends. Separately, cc and bcc go with the first mail that is taken, so that they get one.
  mutating func send(_ audience: MailAudience, separately: Bool) {
    guard separately else {
      send(to: audience.to, cc: audience.cc, bcc: audience.bcc)
      return
    }
    var carriesCopies = true
    for recipient in audience.to {
      let isLast = recipient == audience.to.last
      let outcome = send(
        to: [recipient], cc: carriesCopies ? audience.cc : [],
        bcc: carriesCopies ? audience.bcc : [], reportsCopies: isLast)
      if outcome { carriesCopies = false }
    }
  }

  /// - Parameter reportsCopies: whether a failure is the end for cc and bcc too.
  /// - Returns: whether the copies are dealt with: taken, or perhaps taken.
  @discardableResult
  private mutating func send(
    to: [MailRecipient], cc: [MailRecipient], bcc: [MailRecipient], reportsCopies: Bool = true
  ) -> Bool {
    let all = to + cc + bcc
    do throws(ActionError) {
      let receipt = try call.mail.send(
        Mail(
          to: to.map(\.address.written), subject: draft.subject, text: draft.text,
          html: draft.html, cc: cc.map(\.address.written), bcc: bcc.map(\.address.written),
          replyTo: draft.replyTo, fromName: draft.fromName, headers: draft.headers,
          attachments: attachments, credential: credential))
      accepted += all.map(\.address.address)
      sent.append(Sent(number: to[0].normal, messageID: receipt.messageID))
      call.progress(["reached": .list(accepted.map(JSONValue.text))])
      return true
    } catch {
      let isUnclear = error.class == .unknownOutcome
      for recipient in reportsCopies || isUnclear ? all : to {
        failures.add(recipient.address.address, error)
      }
      return isUnclear
    }
  }
}
