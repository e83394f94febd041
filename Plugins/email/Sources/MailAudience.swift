// SPDX-License-Identifier: Apache-2.0
// Who gets a mail.
import JackfieldBase
import JackfieldPlugin

/// One recipient.
struct MailRecipient: Hashable {
  let address: MailAddress
  /// The form that lists and records hold.
  var normal: String { address.address.lowercased() }
}

/// To, cc and bcc; an address in two of them gets one mail, a malformed one fails alone.
struct MailAudience {
  private(set) var to: [MailRecipient] = []
  private(set) var cc: [MailRecipient] = []
  private(set) var bcc: [MailRecipient] = []
  private(set) var failures = SendFailures()

  /// **Throws**: `invalid_input`, code `too_many_items`.
  init(_ p: SendMail.Parameters) throws(ActionError) {
    let all = [p.to.items, p.cc?.items ?? [], p.bcc?.items ?? []]
    let count = all.reduce(0) { $0 + $1.count }
    guard count <= 100 else {
      throw .invalidInput(
        "too_many_items", "to, cc and bcc have \(count) addresses: at most 100 together")
    }
    guard !p.to.items.isEmpty else { throw .invalidInput("empty_to", "to is empty") }
    var seen: Set<String> = []
    to = read(all[0], &seen)
    cc = read(all[1], &seen)
    bcc = read(all[2], &seen)
  }

  var addresses: [String] { (to + cc + bcc).map(\.normal) }

  /// Takes out those the rules refuse.
  mutating func apply(_ rules: SendRules) {
    to = allowed(to, rules)
    cc = allowed(cc, rules)
    bcc = allowed(bcc, rules)
  }

  /// Ends the action before anything is sent: with nobody to send to, or not everybody.
  func refuse(requireAll: Bool, _ call: Call) throws(ActionError) {
    let result = try call.encoded(
      SendMail.Result(message_id: "", accepted: [], failed: failures.list))
    let others = cc.count + bcc.count
    if to.isEmpty && others > 0 && !requireAll {
      var error = ActionError.failed(
        "no_recipient", "no address in to can be sent to, so cc and bcc were not sent to either")
      error.detail = result
      throw error
    }
    try failures.conclude(
      reached: 0, unsent: requireAll ? to.count + others : 0, requireAll: requireAll,
      result: result)
  }

  private mutating func read(_ items: [String], _ seen: inout Set<String>) -> [MailRecipient] {
    var recipients: [MailRecipient] = []
    for item in items {
      guard let address = MailAddress(item) else {
        failures.add(item, .invalidInput("bad_address", "not a mail address"))
        continue
      }
      let recipient = MailRecipient(address: address)
      if seen.insert(recipient.normal).inserted { recipients.append(recipient) }
    }
    return recipients
  }

  private mutating func allowed(
    _ recipients: [MailRecipient], _ rules: SendRules
  ) -> [MailRecipient] {
    recipients.filter { recipient in
      guard let refusal = rules.refusal(of: recipient.normal) else { return true }
      failures.add(recipient.address.address, refusal)
      return false
    }
  }
}
