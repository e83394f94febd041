// SPDX-License-Identifier: Apache-2.0
// What follows once a group was made.
import JackfieldBase
import JackfieldPlugin
import WhatsAppGateway

/// A group that stands, whatever else goes wrong with it.
struct NewGroup {
  let id: String
  let name: String
  let groups: GroupChannel
  /// As it was read back.
  private(set) var state: GatewayGroup?
  private(set) var inviteLink = ""

  init(id: String, name: String, groups: GroupChannel) {
    (self.id, self.name, self.groups) = (id, name, groups)
  }

  /// Adds who is missing, promotes the admins, says who may post, and lists what did not work.
  mutating func complete(
    _ numbers: [String], admins: [String], announce: Bool, _ failures: inout SendFailures
  ) {
    do throws(ActionError) {
      state = try groups.gateway.group(id)
      inviteLink = (try? groups.gateway.inviteLink(of: id)) ?? ""
      let missing = numbers.filter { state?.holds($0) != true }
      if !missing.isEmpty {
        // The answer to a new group does not say why somebody is not in it; adding does.
        let refusals = (try? groups.gateway.add(missing, to: id)) ?? [:]
        state = try groups.gateway.group(id)
        for number in missing
        where state?.holds(number) != true && refusals[number] != .present {
          failures.add(number, (refusals[number] ?? .invitationOnly).error(number, inviteLink))
        }
      }
      let lacking = admins.filter { state?.holds($0) == true && state?.isAdmin($0) != true }
      if !lacking.isEmpty { try groups.gateway.promote(lacking, in: id) }
      if announce { try groups.gateway.setAnnounce(true, in: id) }
      if announce || !lacking.isEmpty { state = try groups.gateway.group(id) }
      for number in lacking where state?.isAdmin(number) != true {
        failures.add(number, .failed("not_changed", "\(number) is in the group, but no admin"))
      }
    } catch {
      failures.add(name, error)
    }
  }
}
