// SPDX-License-Identifier: Apache-2.0
// Who may be sent to: the blacklist and the opt-out lists.
import JackfieldPlugin

/// The rules every send follows, asked once for all its recipients at the moment of sending.
public struct SendRules: Sendable {
  private var refusals: [String: ActionError] = [:]

  /// Reads what stands against sending to these addresses.
  ///
  /// - Parameter addresses: in their normal form, at most 100.
  /// - Parameter lists: opt-out lists by id or name, beside the system list `all`.
  /// **Throws**: `not_found`, `list not found: <name>`; what the records throw.
  public init(
    _ channel: Channel, _ addresses: [String], _ purpose: SendPurpose, lists: [String],
    _ call: Call
  ) throws(ActionError) {
    guard !addresses.isEmpty else { return }
    if purpose == .marketing { try readOptOuts(channel, addresses, lists, call) }
    let blocked = try entries(in: "blacklist", channel, addresses, call)
    for number in blocked.compactMap({ $0.text("number") }) {
      refusals[number] = .denied("blacklisted", "blacklisted on \(channel.name)")
    }
  }

  /// Why this address is refused, or nil.
  public func refusal(of address: String) -> ActionError? { refusals[address] }

  private mutating func readOptOuts(
    _ channel: Channel, _ addresses: [String], _ lists: [String], _ call: Call
  ) throws(ActionError) {
    let names = try Self.lists(lists, call)
    for entry in try entries(in: "optout_entry", channel, addresses, call) {
      guard let number = entry.text("number"), let list = entry.text("list"),
        let name = names[list]
      else { continue }
      refusals[number] = .denied("opted_out", "opted out: \(name)")
    }
  }

  private func entries(
    in collection: String, _ channel: Channel, _ addresses: [String], _ call: Call
  ) throws(ActionError) -> [Record] {
    let condition = RecordCondition.all([
      .field("channel", equals: channel.id), .field("number", isOneOf: addresses),
    ])
    return try call.records.query(RecordQuery(condition, limit: 10_000), in: collection).records
  }

  /// The names of the lists asked for and of the system list, by id and by name.
  private static func lists(
    _ wanted: [String], _ call: Call
  ) throws(ActionError) -> [String: String] {
    let all = wanted + ["all"]
    let page = try call.records.query(
      RecordQuery(.any([.field("id", isOneOf: all), .field("name", isOneOf: all)]), limit: 200),
      in: "optout_list")
    var names = ["all": "all"]
    for record in page.records {
      let name = record.text("name") ?? record.id
      names[record.id] = name
      names[name] = name
    }
    let known = Set(names.keys.map { $0.lowercased() })
    for name in wanted where !known.contains(name.lowercased()) {
      throw .notFound("list_not_found", "list not found: \(name)")
    }
    return names
  }
}
