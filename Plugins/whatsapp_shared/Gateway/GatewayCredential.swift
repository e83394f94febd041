// SPDX-License-Identifier: Apache-2.0
// Which bridge a channel leads to.
import JackfieldBase
import JackfieldPlugin

/// A credential of kind `whatsapp_gateway`, or of `whatsapp_groups`, which is the same under the
/// name that the group actions own: the bridge, its address, the session. The key is the host's to
/// add.
public struct GatewayCredential: Sendable {
  let name: String
  let baseURL: String
  let session: String
  private let adapter: String

  /// **Throws**: `invalid_input`, codes `no_credential`, `bad_credential`.
  public init(_ channel: Channel, _ call: Call) throws(ActionError) {
    name = try channel.requireCredential()
    let fields = try call.credential(named: name)
    if let kind = fields["kind"]?.asText, !["whatsapp_gateway", "whatsapp_groups"].contains(kind) {
      throw .invalidInput(
        "bad_credential", "credential \(name) is of kind \(kind), not whatsapp_gateway")
    }
    adapter = fields["adapter"]?.asText ?? "waha"
    var base = fields["base_url"]?.asText?.trimmed ?? ""
    while base.hasSuffix("/") { base.removeLast() }
    guard !base.isEmpty else {
      throw .invalidInput("bad_credential", "credential \(name) needs base_url, the gateway's")
    }
    baseURL = base
    session = fields["session"]?.asText ?? (adapter == "waha" ? "default" : "")
  }

  /// The bridge it names.
  ///
  /// **Throws**: `invalid_input`, code `bad_credential`.
  public func gateway(_ call: Call) throws(ActionError) -> any Gateway {
    switch adapter {
    case "waha": return WAHAGateway(self, call)
    case "gowa": return GOWAGateway(self, call)
    default:
      throw .invalidInput(
        "bad_credential", "credential \(name) names the adapter \(adapter): write waha or gowa")
    }
  }

  /// What tells this session from all others.
  var place: String { "\(baseURL) \(session)" }
}
