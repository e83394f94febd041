// SPDX-License-Identifier: Apache-2.0
// The address under which answers to mails about a contact come back.
import JackfieldBase
import JackfieldPlugin

/// The reply address of a contact on a chat channel: one, for ever the same.
struct ReplyAddress {
  /// Senders an address remembers; the oldest give way.
  private static let maxSenders = 1_000

  private static let collection = "reply_address"

  let address: String
  private let record: Record

  /// Finds or makes it. What is made is on disk when this returns: the address must lead somewhere
  /// before a mail names it.
  ///
  /// **Throws**: `invalid_input`: `no_reply_address`, `bad_reply_address`.
  init(
    of contact: Record, on chat: Channel, through mail: Channel, _ call: Call
  ) throws(ActionError) {
    let template = try Self.template(of: mail)
    var found = try Self.record(contact, chat, call)
    if found == nil {
      do {
        found = try call.records.putNow(
          [
            "token": .text(Self.token()), "contact": .text(contact.id),
            "channel": .text(chat.id), "mail_channel": .text(mail.id), "senders": [],
          ], in: Self.collection)
      } catch where error.class == .conflict {
        // Another run made it meanwhile: there is one for both.
        found = try Self.record(contact, chat, call)
      }
    }
    guard let found, let token = found.text("token") else {
      throw .unavailable("reply_address_missing", "the reply address could not be read")
    }
    record = found
    address = try Self.address(template, token, mail)
  }

  /// Lets these addresses answer, before they get the mail.
  func permit(_ senders: [String], _ call: Call) throws(ActionError) {
    let known = record["senders"]?.asList?.compactMap(\.asText) ?? []
    let new = senders.filter { !known.contains($0) }
    guard !new.isEmpty else { return }
    let all = (known + new).suffix(Self.maxSenders)
    try call.records.putNow(
      ["senders": .list(all.map(JSONValue.text))], in: Self.collection, id: record.id,
      version: .merge)
  }

  private static func record(
    _ contact: Record, _ chat: Channel, _ call: Call
  ) throws(ActionError) -> Record? {
    try call.records.query(
      RecordQuery(
        .all([.field("contact", equals: contact.id), .field("channel", equals: chat.id)]),
        limit: 1), in: collection
    ).records.first
  }

  private static func template(of mail: Channel) throws(ActionError) -> String {
    guard let template = mail.record.text("reply_address"), !template.trimmed.isEmpty else {
      throw .invalidInput("no_reply_address", "mail channel has no reply address")
    }
    return template.trimmed
  }

  private static func address(
    _ template: String, _ token: String, _ mail: Channel
  ) throws(ActionError) -> String {
    let parts = template.split(separator: "{token}", omittingEmptySubsequences: false)
    let written = parts.joined(separator: token)
    guard parts.count == 2, let address = MailAddress(written), address.name == nil else {
      throw .invalidInput(
        "bad_reply_address",
        "reply_address of channel \(mail.name) is \"\(template)\": write an address with {token} "
          + "in it once, as reply+{token}@mail.example.com")
    }
    return address.address
  }

  /// 128 random bits as Crockford's base32, lower case, because local parts get case-folded.
  static func token() -> String {
    let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz")
    var bits = UInt128(UInt64.random(in: .min ... .max)) << 64
    bits |= UInt128(UInt64.random(in: .min ... .max))
    return String((0..<26).map { alphabet[Int((bits >> (125 - 5 * $0)) & 31)] })
  }
}
