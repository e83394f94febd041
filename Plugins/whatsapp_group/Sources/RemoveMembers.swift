// SPDX-License-Identifier: Apache-2.0
// whatsapp_group.remove_members: takes numbers out of groups, or their admin role from them.
import JackfieldBase
import JackfieldPlugin
import WhatsAppGateway

/// Finds each number in the base groups and their children, and removes or demotes it there.
struct RemoveMembers: Action {
  static let id = "whatsapp_group.remove_members"

  struct Parameters: Decodable {
    var channel: String
    var groups: TextList
    var numbers: TextList?
    var admin_role_only: Bool?
    var require_all: Bool?
  }

  struct Result: Encodable {
    var removed: [Removal]
    var absent: [String]
    var failed: [SendFailure]
    var changed: Bool
  }

  struct Removal: Encodable {
    var number: String
    var group: String
  }

  func run(_ p: Parameters, _ call: Call) throws(ActionError) -> Result {
    let groups = try GroupChannel(p.channel, call)
    var (numbers, failures) = try GroupChannel.numbers(p.numbers, call)
    if let own = groups.own, numbers.contains(own) {
      throw .invalidInput("own_account", "\(own) is the channel's own account: leave it out")
    }
    let families = try GroupDirectory(groups, call).families(p.groups, &failures)
    var change = MemberRemoval(groups)
    for family in families {
      for group in family.all {
        try change.remove(
          numbers, from: group, roleOnly: p.admin_role_only ?? false,
          isBase: group.id == family.base.id)
      }
    }
    for (target, error) in change.failures.errors { failures.add(target, error) }
    let touched = Set(change.removed.map(\.number) + change.failures.errors.map(\.target))
    let absent = numbers.filter { !touched.contains($0) }
    let records = GroupRecords(groups.channel, call)
    for (group, state) in change.states { try records.note(group, state) }
    for group in change.gone { try records.noteGone(group) }
    let result = Result(
      removed: change.removed, absent: absent, failed: failures.list,
      changed: !change.removed.isEmpty)
    try failures.conclude(
      reached: change.removed.count + absent.count, requireAll: p.require_all ?? false,
      result: try call.encoded(result))
    return result
  }
}
