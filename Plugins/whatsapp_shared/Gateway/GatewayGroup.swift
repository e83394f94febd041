// SPDX-License-Identifier: Apache-2.0
// Groups as bridges show them.

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
