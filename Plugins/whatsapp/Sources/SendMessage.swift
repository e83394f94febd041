// SPDX-License-Identifier: Apache-2.0
// whatsapp.send_message: one content to one or many people.
import JackfieldBase
import JackfieldPlugin

/// Sends one content to up to a hundred people, through the Cloud API or a gateway.
struct SendMessage: Action {
  static let id = "whatsapp.send_message"

  struct Parameters: Decodable {
    var to: TextList?
    var channel: String?
    var text: String?
    var media: JSONValue?
    var template: JSONValue?
    var interactive: JSONValue?
    var preview_url: Bool?
    var purpose: SendPurpose?
    var optout_lists: TextList?
    var require_all: Bool?
    var recipient: ContactReference?
    var broadcast: String?
    var wait_for: DeliveryWait.Kind?
    var within: String?
  }

  struct Result: Encodable {
    var channel: String
    var accepted: Int
    var messages: [SentMessage]
    var failed: [SendFailure]
  }

  struct SentMessage: Encodable {
    var to: String
    var message_id: String
    var wa_id: String?
  }

  func run(_ given: Parameters, _ call: Call) throws(ActionError) -> Result {
    let p = try Self.addressed(given, call)
    var content = try MessageContent(p, call)
    let recipients = try Recipients(p.to, channel: p.channel, call)
    let channel = recipients.channel
    let route = try MessageRoute(channel, content, call)
    let wait = try DeliveryWait(p.wait_for, within: p.within, on: channel)
    let purpose = p.purpose ?? .transactional
    let log = try MessageLog(channel, recipients.numbers, touchesConversations: true, call)
    let rules = try SendRules(
      channel, recipients.numbers, purpose, lists: p.optout_lists?.items ?? [], call)
    let (allowed, refused) = try route.admitted(recipients, content, rules, log, call)

    var failures = refused
    let requireAll = p.require_all ?? false
    if requireAll && !failures.isEmpty {
      let result = Self.result(channel, [], failures)
      try failures.conclude(
        reached: 0, unsent: allowed.count, requireAll: true, result: try call.encoded(result))
    }
    var sent: [SentMessage] = []
    if !allowed.isEmpty {
      content = try content.inspected(isCloud: route.isCloud, call)
      let fates = try Self.send(content, through: route, to: allowed, call)
      for (number, fate) in zip(allowed, fates) {
        switch fate {
        case .success(let message): sent.append(message)
        case .failure(let error): failures.add(number, error)
        }
      }
      let note = MessageNote(
        purpose: purpose, body: content.summary, broadcast: p.broadcast, awaited: wait.recorded)
      try Self.record(fates, allowed, note, log)
    }
    let result = Self.result(channel, sent, failures)
    try failures.conclude(
      reached: sent.count, requireAll: requireAll, result: try call.encoded(result))
    wait.begin(of: sent.count, call)
    return result
  }

  /// With a recipient: to that contact, whose values are put into the content.
  private static func addressed(
    _ given: Parameters, _ call: Call
  ) throws(ActionError) -> Parameters {
    guard let recipient = given.recipient else { return given }
    let contact = try recipient.find(call)
    var fields = contact.fields
    fields["id"] = .text(contact.id)
    let deferred = DeferredText(recipient: .object(fields))
    var p = given
    p.to = TextList([contact.text("number") ?? ""])
    if given.channel?.trimmed.isEmpty ?? true { p.channel = contact.text("channel") }
    if let text = given.text { p.text = try deferred.rendered(.text(text)).asText }
    if let template = given.template { p.template = try deferred.rendered(template) }
    if let media = given.media { p.media = try deferred.rendered(media) }
    return p
  }

  /// Sends to all; each one reached is shown as progress at once.
  private static func send(
    _ content: MessageContent, through route: MessageRoute, to numbers: [String], _ call: Call
  ) throws(ActionError) -> [MessageFate] {
    var reached: [JSONValue] = []
    return try route.send(content, to: numbers) { number in
      reached.append(.text(number))
      call.progress(["reached": .list(reached)])
    }
  }

  /// Writes down what was taken and what may have been: a status that comes later settles it.
  private static func record(
    _ fates: [MessageFate], _ numbers: [String], _ note: MessageNote, _ log: MessageLog
  ) throws(ActionError) {
    for (number, fate) in zip(numbers, fates) {
      switch fate {
      case .success(let message):
        try log.insert(number: number, providerID: message.message_id, note)
        try log.touch(number: number, at: Moment.now.iso)
      case .failure(let error) where error.class == .unknownOutcome:
        try log.insertUnknown(number: number, error: error.message, note)
      case .failure: break
      }
    }
  }

  private static func result(
    _ channel: Channel, _ sent: [SentMessage], _ failures: SendFailures
  ) -> Result {
    Result(channel: channel.name, accepted: sent.count, messages: sent, failed: failures.list)
  }
}
