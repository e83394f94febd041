// SPDX-License-Identifier: Apache-2.0
// whatsapp.broadcast: one message to every contact of a segment.
import JackfieldBase
import JackfieldPlugin

/// Takes the audience as it is now and hands it, a thousand contacts each, to runs of
/// `system.broadcast`, which send at the channel's pace. The step does not wait for them.
struct Broadcast: Action {
  static let id = "whatsapp.broadcast"

  /// The connector that sends, of this plugin's manifest.
  static let connector = "system.broadcast"
  /// Contacts of one run.
  static let contactsPerRun = 1_000

  struct Parameters: Decodable {
    var channel: String
    var segment: JSONValue?
    var all: Bool?
    var text: String?
    var template: JSONValue?
    var media: JSONValue?
    var name: String?
    var purpose: SendPurpose?
    var optout_lists: TextList?
  }

  struct Result: Encodable {
    var broadcast: String
    var audience: Int
    var excluded: BroadcastAudience.Excluded
    var runs: [JSONValue]
  }

  func run(_ p: Parameters, _ call: Call) throws(ActionError) -> Result {
    let channel = try Channel.find(p.channel, call)
    let message = try BroadcastMessage(p, on: channel, call)
    let filter = try Self.filter(p, call)
    let audience = try BroadcastAudience(
      of: channel, filter, message, purpose: p.purpose ?? .marketing,
      lists: p.optout_lists?.items ?? [], call)
    let name = p.name.given ?? Self.name(call)
    let broadcast = try call.records.put(
      [
        "name": .text(name), "channel": .text(channel.id), "segment": p.segment ?? ["all": []],
        "audience": .integer(Int64(audience.contacts.count)),
        "excluded": try call.encoded(audience.excluded),
      ], in: "broadcast")
    var runs: [JSONValue] = []
    var rest = audience.contacts[...]
    while !rest.isEmpty {
      var event = message.event
      event["contacts"] = .list(rest.prefix(Self.contactsPerRun).map(JSONValue.text))
      event["broadcast"] = .text(broadcast.id)
      event["channel"] = .text(channel.id)
      event["purpose"] = .text((p.purpose ?? .marketing).rawValue)
      event["optout_lists"] = .list((p.optout_lists?.items ?? []).map(JSONValue.text))
      runs.append(try call.runs.start(Self.connector, event: .object(event)).run)
      rest = rest.dropFirst(Self.contactsPerRun)
    }
    return Result(
      broadcast: broadcast.id, audience: audience.contacts.count, excluded: audience.excluded,
      runs: runs)
  }

  /// The segment as a filter; nil for the whole channel.
  private static func filter(_ p: Parameters, _ call: Call) throws(ActionError) -> JSONValue? {
    var filter = p.segment ?? .null
    if let name = filter.asText.given {
      let record = try call.records.named(name, in: "segment", kind: "segment")
      filter = record["filter"] ?? .null
    }
    let isEmpty = filter.isEmpty || (filter["all"] ?? filter["any"])?.isEmpty ?? false
    if p.all == true {
      guard isEmpty else {
        throw .invalidInput("several_audiences", "all and segment stand side by side: leave one out")
      }
      return nil
    }
    guard !isEmpty else {
      throw .invalidInput(
        "empty_segment", "segment is empty: name one, write a filter, or set all to true")
    }
    return filter
  }

  private static func name(_ call: Call) -> String {
    "\(call.context["connector"]?.asText ?? "broadcast") \(Moment.now.iso)"
  }
}
