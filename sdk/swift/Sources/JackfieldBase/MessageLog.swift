// SPDX-License-Identifier: Apache-2.0
// What was sent, for the project to find again.
import JackfieldPlugin

/// What the record of a message says beside whom it went to.
public struct MessageNote: Sendable {
  public var purpose: SendPurpose
  /// What is shown of it.
  public var body: String
  /// The id of the broadcast it is of.
  public var broadcast: String?
  /// What the run that sent it waits for: `sent` or `delivered`.
  public var awaited: String?

  public init(
    purpose: SendPurpose, body: String, broadcast: String? = nil, awaited: String? = nil
  ) {
    self.purpose = purpose
    self.body = body
    self.broadcast = broadcast
    self.awaited = awaited
  }
}

/// Writes the `message` records of one send and touches the conversations.
///
/// Everything is read before anything is written, because a query after a write is refused.
public struct MessageLog {
  private let channel: Channel
  private let call: Call
  private let contacts: [String: String]
  private let conversations: [String: Record]

  /// Reads what the records need: contacts, and conversations where the channel has them.
  ///
  /// - Parameter numbers: the recipients, in their normal form.
  public init(
    _ channel: Channel, _ numbers: [String], touchesConversations: Bool, _ call: Call
  ) throws(ActionError) {
    self.channel = channel
    self.call = call
    contacts = try Self.find(in: "contact", channel, numbers, call).mapValues(\.id)
    conversations =
      touchesConversations ? try Self.find(in: "conversation", channel, numbers, call) : [:]
  }

  /// When a conversation's person last wrote, if known.
  public func lastInbound(_ number: String) -> String? {
    conversations[number]?.text("last_inbound_at")
  }

  /// Records one message that its provider took.
  public func insert(
    number: String, providerID: String, _ note: MessageNote
  ) throws(ActionError) {
    var fields = fields(status: "accepted", note.body)
    fields["provider_id"] = .text(providerID)
    try insert(fields, number: number, note)
  }

  /// Records one message that may have been taken: what is heard of its key settles it.
  public func insertUnknown(
    number: String, error: String, _ note: MessageNote
  ) throws(ActionError) {
    var fields = fields(status: "unknown", note.body)
    fields["error"] = .text(error)
    try insert(fields, number: number, note)
  }

  private func insert(
    _ known: JSONObject, number: String, _ note: MessageNote
  ) throws(ActionError) {
    var fields = known
    fields["number"] = .text(number)
    fields["purpose"] = .text(note.purpose.rawValue)
    if let contact = contacts[number] { fields["contact"] = .text(contact) }
    if let broadcast = note.broadcast { fields["broadcast"] = .text(broadcast) }
    if let awaited = note.awaited { fields["awaited"] = .text(awaited) }
    try call.records.put(fields, in: "message")
  }

  /// Records one message that was posted to a group.
  public func insert(group: String, providerID: String, body: String) throws(ActionError) {
    var fields = fields(status: "accepted", body)
    fields["group"] = .text(group)
    fields["provider_id"] = .text(providerID)
    try call.records.put(fields, in: "message")
  }

  /// What every record of this call has.
  private func fields(status: JSONValue, _ body: String) -> JSONObject {
    var fields: JSONObject = [
      "channel": .text(channel.id), "direction": "out", "key": .text(call.key), "status": status,
      "body": .text(body),
    ]
    if let run = call.context["run"], let id = run.asText ?? run.asInteger.map(String.init) {
      fields["run"] = .text(id)
    }
    if let action = call.context["action"]?.asText { fields["action"] = .text(action) }
    return fields
  }

  /// Marks a conversation as written to; makes it where there is none.
  public func touch(number: String, at time: String) throws(ActionError) {
    if let known = conversations[number] {
      try call.records.put(
        ["last_outbound_at": .text(time)], in: "conversation", id: known.id, version: .merge)
      return
    }
    var fields: JSONObject = [
      "channel": .text(channel.id), "number": .text(number), "state": "unassigned",
      "last_outbound_at": .text(time),
    ]
    if let contact = contacts[number] { fields["contact"] = .text(contact) }
    try call.records.put(fields, in: "conversation")
  }

  private static func find(
    in collection: String, _ channel: Channel, _ numbers: [String], _ call: Call
  ) throws(ActionError) -> [String: Record] {
    var byNumber: [String: Record] = [:]
    for number in numbers {
      let condition = RecordCondition.all([
        .field("channel", equals: channel.id), .field("number", equals: number),
      ])
      let page = try call.records.query(RecordQuery(condition, limit: 10), in: collection)
      byNumber[number] = page.records.first { $0["deleted_at"] == nil }
    }
    return byNumber
  }
}
