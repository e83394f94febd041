// SPDX-License-Identifier: Apache-2.0
// Taking members out of one group after the other.
import JackfieldBase
import JackfieldPlugin
import WhatsAppGateway

/// What removing changed so far, in all groups.
struct MemberRemoval {
  private let groups: GroupChannel
  private(set) var removed: [RemoveMembers.Removal] = []
  private(set) var failures = SendFailures()
  private(set) var states: [(KnownGroup, GatewayGroup)] = []
  private(set) var gone: [KnownGroup] = []

  init(_ groups: GroupChannel) { self.groups = groups }

  /// Removes or demotes who is in a group. What was done is read, not believed.
  mutating func remove(
    _ numbers: [String], from group: KnownGroup, roleOnly: Bool, isBase: Bool
  ) throws(ActionError) {
    guard let before = try groups.read(group.id) else {
      gone.append(group)
      if isBase {
        failures.add(group.name, .notFound("group_not_found", "group not found: \(group.name)"))
      }
      return
    }
    func isThere(_ number: String, _ state: GatewayGroup) -> Bool {
      roleOnly ? state.isAdmin(number) : state.holds(number)
    }
    let there = numbers.filter { isThere($0, before) }
    guard !there.isEmpty else { return }
    if groups.lacksRights(in: before) {
      for number in there { failures.add(number, .denied("not_admin", "not a group admin")) }
      return
    }
    var trouble: ActionError?
    do throws(ActionError) {
      if roleOnly {
        try groups.gateway.demote(there, in: group.id)
      } else {
        try groups.gateway.remove(there, from: group.id)
      }
    } catch {
      trouble = error
    }
    guard let after = try groups.gateway.group(group.id) else { return gone.append(group) }
    states.append((group, after))
    for number in there {
      guard isThere(number, after) else {
        removed.append(.init(number: number, group: after.name.isEmpty ? group.name : after.name))
        continue
      }
      failures.add(
        number,
        trouble?.retriable ?? .failed("not_changed", "\(number) is still in \(group.name)"))
    }
  }
}
