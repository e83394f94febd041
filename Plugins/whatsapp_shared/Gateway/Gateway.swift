// SPDX-License-Identifier: Apache-2.0
// What a WhatsApp Web bridge must be able to do, and no more.
import JackfieldPlugin
import WhatsAppMedia

/// One session at a self-hosted bridge to WhatsApp Web.
///
/// What a bridge answers to a change of members is not believed: callers read the members again.
public protocol Gateway {
  /// **Throws**: `unavailable`, code `gateway_unavailable`, when the bridge does not answer.
  func sessionState() throws(ActionError) -> GatewaySession

  /// The message's id. **Throws**: `unknown_outcome` when it may have been sent.
  func sendText(
    _ text: String, previewsURL: Bool, to chat: GatewayChat
  ) throws(ActionError) -> String

  func sendMedia(
    _ media: MediaReference, caption: String?, to chat: GatewayChat
  ) throws(ActionError) -> String

  /// The id of a new group that holds the own account and those that could be added.
  func createGroup(_ name: String, _ numbers: [String]) throws(ActionError) -> String

  /// The true members; nil where the group is gone or the own account is not in it.
  func group(_ id: String) throws(ActionError) -> GatewayGroup?

  /// What the bridge says of those it could not add, by number.
  func add(_ numbers: [String], to group: String) throws(ActionError) -> [String: MemberRefusal]

  func remove(_ numbers: [String], from group: String) throws(ActionError)
  func promote(_ numbers: [String], in group: String) throws(ActionError)
  func demote(_ numbers: [String], in group: String) throws(ActionError)
  func setAnnounce(_ isOn: Bool, in group: String) throws(ActionError)
  func inviteLink(of group: String) throws(ActionError) -> String

  /// The groups the own account is in: ids, names and who made them; members only where they come
  /// along.
  func groups() throws(ActionError) -> [GatewayGroup]
}

/// Where a message goes.
public enum GatewayChat: Sendable, Hashable {
  /// Digits with country code.
  case person(String)
  /// The gateway's id, `…@g.us`.
  case group(String)
}

/// Whether a session is paired and connected.
public struct GatewaySession: Sendable, Hashable {
  public let isWorking: Bool
  /// In the bridge's own word.
  public let state: String
  /// The own account's digits, where the bridge tells.
  public let number: String?

  /// **Throws**: `unavailable`, code `session_offline`, unless it is working.
  public func requireWorking() throws(ActionError) {
    guard isWorking else {
      throw .unavailable(
        "session_offline",
        "the gateway's session is \(state): pair it again, or wait until it is connected")
    }
  }
}

/// A group as the bridge shows it.
public struct GatewayGroup: Sendable, Hashable {
  public let id: String
  public let name: String
  /// The digits of who made it.
  public let owner: String?
  /// Whether only admins may post.
  public let isAnnounce: Bool
  public let members: [GatewayMember]

  public init(
    id: String, name: String, owner: String?, isAnnounce: Bool, members: [GatewayMember]
  ) {
    self.id = id
    self.name = name
    self.owner = owner
    self.isAnnounce = isAnnounce
    self.members = members
  }

  public func holds(_ number: String) -> Bool { members.contains { $0.number == number } }

  public func isAdmin(_ number: String) -> Bool {
    members.contains { $0.number == number && $0.isAdmin }
  }
}

/// Somebody in a group.
public struct GatewayMember: Sendable, Hashable {
  /// Digits; what WhatsApp hides behind an id of its own keeps that.
  public let number: String
  public let isAdmin: Bool
}

/// Why somebody could not be added.
public enum MemberRefusal: Sendable, Hashable {
  /// Takes invitations only, or left and may not be added again.
  case invitationOnly
  case notOnWhatsApp
  case groupFull
  /// In it already, though the members did not show the number.
  case present
  /// In the bridge's own words.
  case other(String)
}
