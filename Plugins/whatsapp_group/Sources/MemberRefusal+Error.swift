// SPDX-License-Identifier: Apache-2.0
// A refusal as a failure of an action.
import JackfieldPlugin
import WhatsAppGateway

extension MemberRefusal {
  /// Why one number is not in a group.
  func error(_ number: String, _ inviteLink: String) -> ActionError {
    switch self {
    case .invitationOnly:
      ActionError(
        .denied, "invitation_only", "invitation only",
        providerCode: inviteLink.isEmpty ? nil : inviteLink)
    case .notOnWhatsApp: .notFound("not_on_whatsapp", "not on WhatsApp: \(number)")
    case .groupFull: .failed("group_full", "group full")
    case .present: .failed("not_changed", "\(number) is in the group, under another id")
    case .other(let words): .failed("not_changed", "\(number) was not added: \(words)")
    }
  }
}
