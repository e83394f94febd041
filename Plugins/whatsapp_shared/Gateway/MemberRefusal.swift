// SPDX-License-Identifier: Apache-2.0
// Why a bridge did not add somebody.

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
