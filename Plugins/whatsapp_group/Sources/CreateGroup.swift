// SPDX-License-Identifier: Apache-2.0
// whatsapp_group.create: makes a group.
import JackfieldBase
import JackfieldPlugin
import WhatsAppGateway

/// Makes a group with its members and admins, and writes it down.
struct CreateGroup: Action {
  static let id = "whatsapp_group.create"

  enum Posting: String, Decodable {
    case everyone, admins
  }

  struct Parameters: Decodable {
    var channel: String
    var name: String
    var members: TextList?
    var admins: TextList?
    var who_can_post: Posting?
  }

  struct Result: Encodable {
    var group: String
    var name: String
    var invite_link: String
    var members: Int
    var failed: [SendFailure]
  }

  func run(_ p: Parameters, _ call: Call) throws(ActionError) -> Result {
    let name = p.name.trimmed
    guard (1...100).contains(name.unicodeScalars.count) else {
      throw .invalidInput(
        "bad_name", "the group's name has \(name.unicodeScalars.count) characters: 1 to 100")
    }
    let groups = try GroupChannel(p.channel, call)
    var failures = SendFailures()
    let admins = GroupChannel.valid(p.admins?.items ?? [], &failures).filter { $0 != groups.own }
    let members = GroupChannel.valid(p.members?.items ?? [], &failures)
    let all = admins + members.filter { $0 != groups.own && !admins.contains($0) }
    guard !all.isEmpty else {
      throw .invalidInput("no_members", "a group needs at least one valid number")
    }
    guard all.count <= groups.cap - 1 else {
      throw .invalidInput(
        "over_limit", "over the group limit: \(all.count) numbers, and \(groups.cap - 1) fit")
    }
    let id = try groups.gateway.createGroup(name, all)
    call.progress(["group": .text(id)])
    var group = NewGroup(id: id, name: name, groups: groups)
    group.complete(all, admins: admins, announce: p.who_can_post == .admins, &failures)
    let state = group.state
      ?? GatewayGroup(id: id, name: name, owner: nil, isAnnounce: false, members: [])
    try GroupRecords(groups.channel, call).note(
      KnownGroup(id: id, name: name), state,
      ["invite_link": .text(group.inviteLink), "last_child": 0])
    return Result(
      group: id, name: name, invite_link: group.inviteLink, members: state.members.count,
      failed: failures.list)
  }
}
