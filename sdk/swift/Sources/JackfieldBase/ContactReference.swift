// SPDX-License-Identifier: Apache-2.0
// The contact an action is about.
import JackfieldPlugin

/// A contact as parameters name it: an id, `{id}`, or `{channel, number}`.
public enum ContactReference: Decodable, Sendable, Hashable {
  case id(String)
  case address(channel: String, number: String)

  public init(from decoder: any Decoder) throws {
    let value = try JSONValue(from: decoder)
    if let id = Self.text(value) ?? Self.text(value["id"]) {
      self = .id(id)
    } else if let channel = Self.text(value["channel"]), let number = Self.text(value["number"]) {
      self = .address(channel: channel, number: number)
    } else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "expected a contact's id, {id}, or {channel, number}"))
    }
  }

  /// The contact's record.
  ///
  /// **Throws**: `not_found`, `contact not found: <ref>`; what its channel or number throws.
  public func find(_ call: Call) throws(ActionError) -> Record {
    switch self {
    case .id(let id):
      guard let record = try call.records.get(id, in: "contact"), record["deleted_at"] == nil
      else { throw .notFound("contact_not_found", "contact not found: \(id)") }
      return record
    case .address(let reference, let written):
      let channel = try Channel.find(reference, call)
      let number = try channel.addressKind.normalised(written)
      guard let record = try Self.record(channel: channel.id, number: number, call) else {
        throw .notFound(
          "contact_not_found", "contact not found: \(number) on \(channel.name)")
      }
      return record
    }
  }

  /// The living contact of a channel and a normalised number, if there is one.
  public static func record(
    channel: String, number: String, _ call: Call
  ) throws(ActionError) -> Record? {
    let condition = RecordCondition.all([
      .field("channel", equals: channel), .field("number", equals: number), .isEmpty("deleted_at"),
    ])
    return try call.records.query(RecordQuery(condition, limit: 1), in: "contact").records.first
  }

  /// The contact a call is about: the one given, else the run's.
  ///
  /// **Throws**: `invalid_input`, `no contact mapped`, when there is neither.
  public static func resolve(
    _ given: ContactReference?, _ call: Call
  ) throws(ActionError) -> Record {
    if let given { return try given.find(call) }
    guard let id = call.contactID else {
      throw .invalidInput("no_contact", "no contact mapped")
    }
    return try ContactReference.id(id).find(call)
  }

  private static func text(_ value: JSONValue?) -> String? {
    switch value {
    case .text(let text): text.trimmed.isEmpty ? nil : text.trimmed
    case .integer(let integer): String(integer)
    default: nil
    }
  }
}
