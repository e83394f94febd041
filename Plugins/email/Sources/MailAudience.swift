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
  init(
    to: [String], cc: [String] = [], bcc: [String] = [], atMost most: Int
  ) throws(ActionError) {
    let count = to.count + cc.count + bcc.count
    guard count <= most else {
      let who = cc.isEmpty && bcc.isEmpty ? "to has" : "to, cc and bcc have"
      throw .invalidInput(
        "too_many_items", "\(who) \(count) addresses: at most \(most) together")
    }
    guard !to.isEmpty else { throw .invalidInput("empty_to", "to is empty") }
    var seen: Set<String> = []
    self.to = read(to, &seen)
    self.cc = read(cc, &seen)
    self.bcc = read(bcc, &seen)
  }

  var addresses: [String] { (to + cc + bcc).map(\.normal) }

  /// Takes out those the rules refuse.
  mutating func apply(_ rules: SendRules) {
    to = allowed(to, rules)
    cc = allowed(cc, rules)
    bcc = allowed(bcc, rules)
  }

  /// Ends the action before anything is sent: with nobody to send to, or not everybody.
  ///
  /// - Parameter result: the action's, with these failures
  func refuse(
    requireAll: Bool, result: ([SendFailure]) throws(ActionError) -> JSONValue
  ) throws(ActionError) {
    let result = try result(failures.list)
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
