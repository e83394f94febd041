// SPDX-License-Identifier: Apache-2.0
// The state of a session at a bridge.
import JackfieldPlugin

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
