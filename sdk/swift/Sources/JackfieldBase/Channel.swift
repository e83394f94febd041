// SPDX-License-Identifier: Apache-2.0
// Channels: what messages go through.
import JackfieldPlugin

/// A channel of the project, as the collection `channel` holds it.
public struct Channel: Sendable {
  public let record: Record

  /// A channel whose record is there already; whether it is enabled is not looked at.
  public init(record: Record) { self.record = record }

  public var id: String { record.id }
  public var name: String { record.text("name") ?? record.id }
  /// `whatsapp_cloud`, `whatsapp_gateway` or `email`.
  public var kind: String { record.text("kind") ?? "" }
  /// The credential its sends are made with.
  public var credential: String? { record.text("credential") }
  public var isEnabled: Bool { record["enabled"]?.asBoolean ?? true }
  /// Whether messages that come in on it reach the project.
  public var hasInbound: Bool { record["inbound"]?.asBoolean ?? false }

  /// What identifies a person on it.
  public var addressKind: AddressKind { kind == "email" ? .mail : .phone }

  /// The enabled channel with this id or name.
  ///
  /// **Throws**: `not_found`, code `channel_not_found`; `invalid_input`, code `ambiguous`;
  /// `denied`, code `channel_disabled`.
  public static func find(_ reference: String, _ call: Call) throws(ActionError) -> Channel {
    let record = try call.records.named(reference, in: "channel", kind: "channel")
    return try Channel(record: record).checked()
  }

  /// The project's only channel of a kind.
  ///
  /// **Throws**: `invalid_input`, code `no_channel` or `several_channels`, saying what to write.
  public static func only(kind: String, _ call: Call) throws(ActionError) -> Channel {
    let page = try call.records.query(
      RecordQuery(.field("kind", is: kind), limit: 2), in: "channel")
    guard let record = page.records.first else {
      throw .invalidInput(
        "no_channel", "the project has no channel of kind \(kind): add one to its document")
    }
    guard page.records.count == 1 else {
      throw .invalidInput(
        "several_channels", "the project has several channels of kind \(kind): name one in channel")
    }
    return try Channel(record: record).checked()
  }

  /// Refuses a channel of another kind than the action can use.
  public func require(kind wanted: String, hint: String) throws(ActionError) {
    guard kind == wanted else {
      throw .invalidInput("wrong_channel_kind", "channel \(name) is of kind \(kind): \(hint)")
    }
  }

  /// The credential, for a channel that cannot send without.
  public func requireCredential() throws(ActionError) -> String {
    guard let credential, !credential.isEmpty else {
      throw .invalidInput("no_credential", "channel \(name) names no credential: set one")
    }
    return credential
  }

  private func checked() throws(ActionError) -> Channel {
    guard isEnabled else { throw .denied("channel_disabled", "channel disabled: \(name)") }
    return self
  }
}
