// SPDX-License-Identifier: Apache-2.0
// The channel whose groups an action works on.
import JackfieldBase
import JackfieldPlugin
import WhatsAppGateway

/// A gateway channel whose session is working.
struct GroupChannel {
  let channel: Channel
  let paced: PacedGateway
  /// The own account's digits, where the bridge tells.
  let own: String?
  var gateway: any Gateway { paced.gateway }

  /// **Throws**: `invalid_input`, code `no_groups`, for a channel of another kind; `unavailable`,
  /// code `session_offline`; what the channel and its credential throw.
  init(_ reference: String, _ call: Call) throws(ActionError) {
    channel = try Channel.find(reference, call)
    guard channel.kind == "whatsapp_gateway" else {
      throw .invalidInput("no_groups", "channel cannot manage groups: \(channel.name)")
    }
    paced = try PacedGateway(channel, call)
    let session = try paced.gateway.sessionState()
    try session.requireWorking()
    own = session.number
  }

  /// How many members a group may have, the own account among them.
  var cap: Int { channel.record["group_cap"]?.asInteger.map { Int(clamping: $0) } ?? 256 }

  /// The true members of a group; nil where it is gone, or the own account is not in it.
  ///
  /// Where WhatsApp hides somebody behind an id of its own, that may be the own account.
  func read(_ id: String) throws(ActionError) -> GatewayGroup? {
    guard let group = try gateway.group(id) else { return nil }
    guard let own, !group.holds(own) else { return group }
    return group.members.contains { $0.number.contains("@") } ? group : nil
  }

  /// Whether the own account is known to be no admin of a group.
  func lacksRights(in group: GatewayGroup) -> Bool {
    guard let own, group.holds(own) else { return false }
    return !group.isAdmin(own)
  }

  /// The numbers an action was given, else the contact's; those that are none fail alone.
  ///
  /// **Throws**: `invalid_input`, codes `no_contact`, `too_many_items`; `not_found` for the contact.
  static func numbers(
    _ given: TextList?, _ call: Call
  ) throws(ActionError) -> (numbers: [String], failures: SendFailures) {
    var written = given?.items ?? []
    if written.isEmpty {
      written = [try ContactReference.resolve(nil, call).text("number") ?? ""]
    }
    guard written.count <= 100 else {
      throw .invalidInput(
        "too_many_items", "there are \(written.count) numbers: at most 100 at a time")
    }
    var failures = SendFailures()
    return (Self.valid(written, &failures), failures)
  }

  /// The numbers among texts, each once; those that are none fail alone.
  static func valid(_ written: [String], _ failures: inout SendFailures) -> [String] {
    var numbers: [String] = []
    for text in written {
      do throws(ActionError) {
        let number = try AddressKind.phone.normalised(text)
        if !numbers.contains(number) { numbers.append(number) }
      } catch {
        failures.add(text, error)
      }
    }
    return numbers
  }
}
