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
