// SPDX-License-Identifier: Apache-2.0
// The two ends of a message through a bridge.
import WhatsAppMedia

/// Where a message goes.
public enum GatewayChat: Sendable, Hashable {
  /// Digits with country code.
  case person(String)
  /// The gateway's id, `…@g.us`.
  case group(String)
}

/// What a gateway can send.
public enum GatewayMessage: Sendable {
  case text(String, previewsURL: Bool)
  case media(MediaReference, caption: String?)
}
