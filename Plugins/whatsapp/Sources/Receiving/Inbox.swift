// SPDX-License-Identifier: Apache-2.0
// From what a provider tells to records and events.
import JackfieldBase
import JackfieldPlugin

/// What came in on one channel, looked up first and written afterwards: a query after a write of
/// the same collection is refused.
///
/// Everything is an insert, an unconditional merge or an event, so a webhook that comes twice, or a
/// call that runs again, changes nothing more.
struct Inbox {
  private let channel: Channel
  private let call: Call
  private let messages: [InboundMessage]
  private let statuses: [InboundStatus]

  private var senders: [String: Sender] = [:]
  /// The records of the messages that statuses are about, by the provider's id.
  private var sent: [String: Record] = [:]
  /// What stands recorded of each attempt that statuses name by its key, by the key.
  private var attempts: [String: [Record]] = [:]
  /// Records of unknown fate that this webhook told of, and attempts of which one was lost.
  private var heard: Set<String> = []
  private var lost: Set<String> = []
  private(set) var tally = InboxTally()

  /// What is known of who wrote.
  private struct Sender {
    var contact: Record?
    var conversation: Record?
    var isBlocked: Bool
  }

  /// Looks everything up.
  init(
    _ channel: Channel, messages: [InboundMessage], statuses: [InboundStatus], _ call: Call
  ) throws(ActionError) {
    self.channel = channel
    self.call = call
    self.statuses = statuses
    var fresh: [InboundMessage] = []
    var ids: Set<String> = []
    for message in messages where ids.insert(message.id).inserted {
      if try Self.record(of: message.id, channel, call) == nil {
        fresh.append(message)
      } else {
        tally.repeated += 1
      }
    }
    self.messages = fresh
    for message in fresh where senders[message.number] == nil {
      senders[message.number] = try sender(message.number)
    }
    for status in statuses where sent[status.messageID] == nil {
      sent[status.messageID] = try Self.record(of: status.messageID, channel, call)
    }
    for status in statuses {
      guard let key = ownKey(status), attempts[key] == nil else { continue }
      attempts[key] = try call.records.query(
        RecordQuery(.field("key", equals: key)), in: "message"
      ).records.filter { $0.text("channel") == channel.id }
    }
    for status in statuses where sent[status.messageID] == nil {
      sent[status.messageID] = unknown(status)
    }
  }

  /// Writes and raises.
  mutating func take() throws(ActionError) {
    var contacts: [String: String] = [:]
    let byNumber = Dictionary(grouping: messages.filter { $0.group == nil }, by: \.number)
    for (number, own) in byNumber.sorted(by: { $0.key < $1.key }) {
      guard let sender = senders[number], let last = own.max(by: { $0.receivedAt < $1.receivedAt })
      else { continue }
      contacts[number] = try write(sender, number, last)
    }
    var hasWritten: Set<String> = []
    for message in messages {
      try insert(message, contact: contacts[message.number])
      let isFirst =
        message.group == nil && senders[message.number]?.conversation?["last_inbound_at"] == nil
        && hasWritten.insert(message.number).inserted
      try raise(message, isFirst: isFirst)
    }
    for status in statuses { try take(status) }
  }

  // MARK: looking up

  private static func record(
    of id: String, _ channel: Channel, _ call: Call
  ) throws(ActionError) -> Record? {
    try call.records.query(
      RecordQuery(
        .all([.field("channel", equals: channel.id), .field("provider_id", equals: id)]), limit: 1),
      in: "message"
    ).records.first
  }

  /// The key of an attempt of this installation, which every key begins with.
  private func ownKey(_ status: InboundStatus) -> String? {
    guard let key = status.data?.key, let own = call.key.split(separator: "-").first,
      key.hasPrefix(own + "-")
    else { return nil }
    return key
  }

  /// The record of a message whose fate was unknown, found by the key that travelled with it.
  private func unknown(_ status: InboundStatus) -> Record? {
    guard let key = ownKey(status) else { return nil }
    return attempts[key]?.first {
      $0.text("status") == "unknown" && $0.text("number") == status.data?.number
    }
  }

  private func sender(_ number: String) throws(ActionError) -> Sender {
    let here = RecordCondition.all([
      .field("channel", equals: channel.id), .field("number", equals: number),
    ])
    func first(in collection: String) throws(ActionError) -> Record? {
      try call.records.query(RecordQuery(here, limit: 1), in: collection).records.first
    }
    return Sender(
      contact: try ContactReference.record(channel: channel.id, number: number, call),
      conversation: try first(in: "conversation"), isBlocked: try first(in: "blacklist") != nil)
  }

  // MARK: messages

  /// The contact and the conversation of who wrote; the contact's id.
  private func write(
    _ sender: Sender, _ number: String, _ last: InboundMessage
  ) throws(ActionError) -> String {
    let at = JSONValue.text(last.receivedAt.iso)
    let contact: String
    if let known = sender.contact {
      contact = known.id
      if Self.isNewer(last.receivedAt, than: known.text("last_interaction_at")) {
        try call.records.put(
          ["last_interaction_at": at], in: "contact", id: contact, version: .merge)
      }
    } else {
      var fields: JSONObject = [
        "channel": .text(channel.id), "number": .text(number), "last_interaction_at": at,
      ]
      if let name = last.name { fields["name"] = .text(name) }
      contact = try call.records.put(fields, in: "contact").id
    }
    if let known = sender.conversation {
      guard Self.isNewer(last.receivedAt, than: known.text("last_inbound_at")) else {
        return contact
      }
      try call.records.put(
        ["last_inbound_at": at, "contact": .text(contact)], in: "conversation", id: known.id,
        version: .merge)
    } else {
      try call.records.put(
        [
          "channel": .text(channel.id), "number": .text(number), "state": "unassigned",
          "contact": .text(contact), "last_inbound_at": at,
        ], in: "conversation")
    }
    return contact
  }

  private func insert(_ message: InboundMessage, contact: String?) throws(ActionError) {
    var fields: JSONObject = [
      "channel": .text(channel.id), "number": .text(message.number), "direction": "in",
      "provider_id": .text(message.id), "body": .text(Self.shown(message)),
    ]
    if let contact { fields["contact"] = .text(contact) }
    if let group = message.group { fields["group"] = .text(group) }
    try call.records.put(fields, in: "message")
  }

  private mutating func raise(_ message: InboundMessage, isFirst: Bool) throws(ActionError) {
    guard senders[message.number]?.isBlocked != true else {
      tally.blocked += 1
      return call.log("\(message.id): from a blacklisted number, so it starts nothing")
    }
    // In a group nobody speaks to us alone: an answer would go to each who says something there.
    guard message.isSaid, message.group == nil else { return }
    tally.messages += 1
    try call.events.raise(
      .message, key: "\(channel.id) \(message.id)",
      .object(message.event(channel: channel.name, isFirst: isFirst)))
  }

  /// What stands for a message where it is shown in a line.
  private static func shown(_ message: InboundMessage) -> String {
    guard message.text.isEmpty else { return String(message.text.prefix(4_096)) }
    let names = message.media.compactMap { $0["filename"]?.asText }
    return "[\(([message.type] + names).joined(separator: " "))]"
  }

  // MARK: statuses

  private mutating func take(_ status: InboundStatus) throws(ActionError) {
    let record = sent[status.messageID]
    let key = ownKey(status)
    if record == nil, let key, attempts[key]?.isEmpty ?? true, isYetToCome(status) {
      var error = ActionError(
        .rateLimited, "message_not_recorded_yet",
        "message \(status.messageID) is still being sent here: its news are read again soon")
      error.retryAfter = .seconds(3)
      throw error
    }
    tally.statuses += 1
    if let record, status.isNews(to: record.text("status")), let recorded = status.recorded {
      var fields: JSONObject = [
        "status": .text(recorded), "provider_id": .text(status.messageID),
      ]
      if let error = status.errorText {
        fields["error"] = .text([status.errorCode, error].compactMap(\.self).joined(separator: " "))
      }
      try call.records.put(fields, in: "message", id: record.id, version: .merge)
      // A later one of the same webhook is held against what this one has made of it.
      sent[status.messageID]?.fields["status"] = .text(recorded)
    }
    try settle(status, record, key)
    try call.events.raise(
      .messageStatus, key: "\(channel.id) \(status.identity)",
      .object(event(status, record)))
  }

  /// Ends what waits for this news: a run that is parked until its message is there, or an attempt of
  /// unknown fate, which is settled when the last of its messages is heard of.
  private mutating func settle(
    _ status: InboundStatus, _ record: Record?, _ key: String?
  ) throws(ActionError) {
    guard let key = key ?? record?.text("key") else { return }
    if let awaited = record?.text("awaited") {
      if status.settles(awaited) { try call.events.settle(key, Self.news(status)) }
      return
    }
    // What is not recorded may be waited for: only what is final is told of it.
    // An attempt at several that left no record is a person's to settle: one of them says too little.
    guard let record else {
      guard status.state != .sent || !isYetToCome(status), status.data?.count == 1 else { return }
      return _ = try call.events.settle(key, Self.news(status))
    }
    guard record.text("status") == "unknown" || heard.contains(record.id),
      status.state != .deleted
    else { return }
    heard.insert(record.id)
    if !status.hasArrived { lost.insert(key) }
    let open = (attempts[key] ?? []).contains {
      $0.text("status") == "unknown" && !heard.contains($0.id)
    }
    guard !open else { return }
    let isLost = lost.contains(key) || (attempts[key] ?? []).contains { $0.text("status") == "failed" }
    var news = Self.news(status)
    if isLost { news.state = .failed }
    try call.events.settle(key, news)
  }

  private static func news(_ status: InboundStatus) -> EventNews {
    var news = EventNews(
      status.hasArrived ? .succeeded : .failed, target: status.number,
      message: status.errorText, result: ["message_id": .text(status.messageID)])
    guard !status.hasArrived else { return news }
    let code = status.errorCode.flatMap { Int64($0) } ?? 0
    news.errorClass = CloudErrorTable.meaning(of: code, status: 400).0.name
    news.code = status.errorCode
    return news
  }

  private func event(_ status: InboundStatus, _ record: Record?) -> JSONObject {
    var event: JSONObject = [
      "channel": .text(channel.name), "message_id": .text(status.messageID),
      "status": .text(status.state.rawValue), "number": .text(status.number),
      "at": .text(status.at.iso),
    ]
    if let group = status.group { event["group"] = .text(group) }
    if let text = status.errorText {
      var error: JSONObject = ["message": .text(text)]
      if let code = status.errorCode { error["code"] = .text(code) }
      event["error"] = .object(error)
    }
    for name in ["run", "action", "broadcast"] {
      if let value = record?[name] { event[name] = value }
    }
    return event
  }

  /// News may overtake the outcome of the call that sent the message: a moment later it is there.
  private func isYetToCome(_ status: InboundStatus) -> Bool {
    Moment.now.seconds - status.at.seconds < 30
  }

  // MARK: private parts

  private static func isNewer(_ moment: Moment, than known: String?) -> Bool {
    guard let known = known.flatMap({ Moment(iso: $0) }) else { return true }
    return known < moment
  }

}

/// What a webhook held, for the run view.
struct InboxTally: Encodable {
  /// Messages that were told to the connectors.
  var messages = 0
  /// Messages that had come before.
  var repeated = 0
  /// Messages of blacklisted numbers.
  var blocked = 0
  /// News of messages that were sent.
  var statuses = 0
  /// Items for numbers that no channel here has.
  var elsewhere = 0
}
