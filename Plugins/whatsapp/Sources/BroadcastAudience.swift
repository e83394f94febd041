// SPDX-License-Identifier: Apache-2.0
// Who a broadcast goes to.
import JackfieldBase
import JackfieldPlugin

/// The contacts of a channel that a filter finds now, without those who must not be written to.
struct BroadcastAudience {
  struct Excluded: Encodable {
    var blacklisted = 0
    var opted_out = 0
    var no_session = 0
    var duplicates = 0
  }

  /// The most contacts of one broadcast.
  static let most = 100_000
  /// Records of one look: what the host holds at a time.
  private static let page = 2_000

  /// Their ids, in the order they were made.
  private(set) var contacts: [String] = []
  private(set) var excluded = Excluded()

  /// **Throws**: `invalid_input`, codes `audience_too_large` and those of the filter.
  init(
    of channel: Channel, _ filter: JSONValue?, _ message: BroadcastMessage, purpose: SendPurpose,
    lists: [String], _ call: Call
  ) throws(ActionError) {
    let here = RecordCondition.field("channel", equals: channel.id)
    let blocked = try Self.numbers(in: "blacklist", here, call)
    var optedOut: Set<String> = []
    if purpose == .marketing {
      for list in try Self.lists(lists, call) {
        optedOut.formUnion(
          try Self.numbers(in: "optout_entry", .all([here, .field("list", equals: list)]), call))
      }
    }
    var talking: Set<String>?
    if message.needsSession {
      let since = Moment(seconds: Moment.now.seconds - 24 * 3_600).iso
      talking = try Self.numbers(
        in: "conversation", .all([here, .field("last_inbound_at", "not_before", .text(since))]), call)
    }
    var conditions = [here, .isEmpty("deleted_at")]
    if let filter { conditions.append(RecordCondition(filter)) }
    var seen: Set<String> = []
    try Self.each(in: "contact", .all(conditions), call) { record throws(ActionError) in
      guard let number = record.text("number") else { return }
      if !seen.insert(number).inserted {
        excluded.duplicates += 1
      } else if blocked.contains(number) {
        excluded.blacklisted += 1
      } else if optedOut.contains(number) {
        excluded.opted_out += 1
      } else if talking?.contains(number) == false {
        excluded.no_session += 1
      } else {
        contacts.append(record.id)
      }
      guard contacts.count <= Self.most else {
        throw .invalidInput(
          "audience_too_large",
          "over \(Self.most) contacts: divide the segment, as by a tag or a country")
      }
    }
  }

  /// The ids and names under which entries of the system's list and of these lists stand.
  private static func lists(_ wanted: [String], _ call: Call) throws(ActionError) -> Set<String> {
    var ids: Set<String> = ["all"]
    let system = try call.records.query(
      RecordQuery(.field("name", is: "all"), limit: 1), in: "optout_list")
    if let record = system.records.first { ids.insert(record.id) }
    for reference in wanted where reference.lowercased() != "all" {
      let record = try call.records.named(reference, in: "optout_list", kind: "list")
      ids.formUnion([record.id, record.text("name") ?? record.id])
    }
    return ids
  }

  private static func numbers(
    in collection: String, _ condition: RecordCondition, _ call: Call
  ) throws(ActionError) -> Set<String> {
    var numbers: Set<String> = []
    try each(in: collection, condition, call) { record throws(ActionError) in
      if let number = record.text("number") { numbers.insert(number) }
    }
    return numbers
  }

  private static func each(
    in collection: String, _ condition: RecordCondition, _ call: Call,
    _ body: (Record) throws(ActionError) -> Void
  ) throws(ActionError) {
    var offset = 0
    while true {
      let found = try call.records.query(
        RecordQuery(condition, limit: page, offset: offset), in: collection
      ).records
      for record in found { try body(record) }
      guard found.count == page else { return }
      offset += page
    }
  }
}
