// SPDX-License-Identifier: Apache-2.0
// whatsapp_group.add_members: adds numbers to groups, opening child groups when they are full.
import JackfieldBase
import JackfieldPlugin
import WhatsAppGateway

/// Brings numbers into groups. The true membership decides, before and after.
struct AddMembers: Action {
  static let id = "whatsapp_group.add_members"

  enum Role: String, Decodable {
    case member, admin
  }

  struct Parameters: Decodable {
    var channel: String
    var groups: TextList
    var numbers: TextList?
    var role: Role?
    var auto_child: Bool?
    var require_all: Bool?
  }

  struct Result: Encodable {
    var added: [Addition]
    var already: [Membership]
    var failed: [SendFailure]
    var changed: Bool
  }

  struct Addition: Encodable {
    var number: String
    var group: String
    var base: String
    var created_group: Bool
  }

  struct Membership: Encodable {
    var number: String
    var group: String
  }

  func run(_ p: Parameters, _ call: Call) throws(ActionError) -> Result {
    let groups = try GroupChannel(p.channel, call)
    var (numbers, failures) = try GroupChannel.numbers(p.numbers, call)
    let directory = GroupDirectory(groups, call)
    let families = try directory.families(p.groups, &failures)
    var result = Result(added: [], already: [], failed: [], changed: false)
    var filled: [FamilyFilling] = []
    for family in families where !numbers.isEmpty {
      var filling = FamilyFilling(
        family, groups, directory, isAdmin: p.role == .admin, opensChildren: p.auto_child ?? false)
      try filling.fill(numbers)
      result.added += filling.added
      result.already += filling.already
      result.changed = result.changed || filling.isChanged
      for (number, error) in filling.failures.errors {
        failures.add(families.count > 1 ? "\(number) in \(family.base.name)" : number, error)
      }
      filled.append(filling)
    }
    let records = GroupRecords(groups.channel, call)
    for filling in filled { try filling.record(in: records) }
    result.failed = failures.list
    try failures.conclude(
      reached: result.added.count + result.already.count, requireAll: p.require_all ?? false,
      result: try call.encoded(result))
    return result
  }
}
