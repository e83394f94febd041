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

  /// Asked address by address, so that an index answers each however long the list has grown.
  private func entries(
    in collection: String, _ channel: Channel, _ addresses: [String], _ call: Call
  ) throws(ActionError) -> [Record] {
    var found: [Record] = []
    for address in addresses {
      let condition = RecordCondition.all([
        .field("channel", equals: channel.id), .field("number", equals: address),
      ])
      found += try call.records.query(RecordQuery(condition), in: collection).records
    }
    return found
  }

  /// The names of the lists asked for and of the system list, by id and by name.
  private static func lists(
    _ wanted: [String], _ call: Call
  ) throws(ActionError) -> [String: String] {
    var names = ["all": "all"]
    if let system = try call.records.query(
      RecordQuery(.field("name", is: "all"), limit: 1), in: "optout_list"
    ).records.first {
      names[system.id] = "all"
    }
    for reference in wanted where reference.lowercased() != "all" {
      let record = try call.records.named(reference, in: "optout_list", kind: "list")
      let name = record.text("name") ?? record.id
      names[record.id] = name
      names[name] = name
    }
    return names
  }
}
