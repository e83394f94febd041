// SPDX-License-Identifier: Apache-2.0
// crm.map_contact: finds or creates a contact and makes it the run's.
import JackfieldBase
import JackfieldPlugin

/// Makes the contact of a number on a channel the run's contact; creates it if it is missing.
struct MapContact: Action {
  static let id = "crm.map_contact"

  struct Parameters: Decodable {
    var number: JSONValue
    var channel: String
    var fields: JSONObject?
    var overwrite_empty: Bool?
  }

  struct Result: Encodable {
    var contact: String
    var created: Bool
    var changed: Bool
    var fields: JSONObject
  }

  func run(_ p: Parameters, _ call: Call) throws(ActionError) -> Result {
    let channel = try Channel.find(p.channel, call)
    let number = try channel.addressKind.normalised(try Self.text(p.number))
    let given = try ContactFields(
      p.fields ?? JSONObject(), overwritesEmpty: p.overwrite_empty ?? false, call)
    guard let known = try ContactReference.record(channel: channel.id, number: number, call)
    else {
      var fields: JSONObject = ["channel": .text(channel.id), "number": .text(number)]
      _ = given.merge(into: &fields)
      let contact = try call.records.put(fields, in: "contact")
      return Result(contact: contact.id, created: true, changed: true, fields: given.shown)
    }
    var fields = known.fields
    let changed = given.merge(into: &fields)
    if changed {
      try call.records.put(fields, in: "contact", id: known.id, version: .read(known.version))
    }
    return Result(contact: known.id, created: false, changed: changed, fields: given.shown)
  }

  /// A number may have been rendered as one.
  private static func text(_ value: JSONValue) throws(ActionError) -> String {
    switch value {
    case .text(let text): return text
    case .integer(let integer): return String(integer)
    default: throw .invalidInput("bad_number", "bad number: \(value.typeName)")
    }
  }
}
