// SPDX-License-Identifier: Apache-2.0
// What is written down of groups.
import JackfieldBase
import JackfieldPlugin
import WhatsAppGateway

/// Writes `wa_group`: inserts, and merges that cannot lose.
struct GroupRecords {
  private let channel: Channel
  private let call: Call

  init(_ channel: Channel, _ call: Call) {
    self.channel = channel
    self.call = call
  }

  /// Notes a group as it was read; the record's id.
  @discardableResult
  func note(
    _ group: KnownGroup, _ state: GatewayGroup, _ more: JSONObject = [:]
  ) throws(ActionError) -> String {
    var fields: JSONObject = [
      "members": .integer(Int64(state.members.count)), "announce": .boolean(state.isAnnounce),
      "gone": false,
    ]
    let name = state.name.isEmpty ? group.name : state.name
    fields["name"] = .text(name)
    for member in more { fields[member.name] = member.value }
    if let record = group.record {
      let isSame = fields.allSatisfy { record.fields[$0.name] == $0.value }
      if !isSame {
        try call.records.put(fields, in: "wa_group", id: record.id, version: .merge)
      }
      return record.id
    }
    fields["channel"] = .text(channel.id)
    fields["group_id"] = .text(group.id)
    return try call.records.put(fields, in: "wa_group").id
  }

  /// Notes that a group is gone, so that nobody posts to it again.
  func noteGone(_ group: KnownGroup) throws(ActionError) {
    guard let record = group.record, record["gone"]?.asBoolean != true else { return }
    try call.records.put(["gone": true], in: "wa_group", id: record.id, version: .merge)
  }
}
