// SPDX-License-Identifier: Apache-2.0
// whatsapp.send_message: one content to one or many people.
import JackfieldBase
import JackfieldPlugin

/// Sends one text to up to a hundred people through the Cloud API.
struct SendMessage: Action {
  static let id = "whatsapp.send_message"

  struct Parameters: Decodable {
    var to: TextList?
    var channel: String?
    var text: String
    var preview_url: Bool?
    var purpose: SendPurpose?
    var optout_lists: TextList?
    var require_all: Bool?
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

  func run(_ p: Parameters, _ call: Call) throws(ActionError) -> Result {
    guard !p.text.isEmpty else { throw .invalidInput("no_content", "text is empty") }
    let recipients = try Recipients(p.to, channel: p.channel, call)
    let channel = recipients.channel
    try channel.require(
      kind: "whatsapp_cloud", hint: "this action sends through channels of kind whatsapp_cloud")
    let purpose = p.purpose ?? .transactional
    let rules = try SendRules(
      channel, recipients.numbers, purpose, lists: p.optout_lists?.items ?? [], call)
    let log = try MessageLog(channel, recipients.numbers, touchesConversations: true, call)
    let session = MessagingSession(channel, log)

    var failures = recipients.failures
    var allowed: [String] = []
    for number in recipients.numbers {
      if let refusal = rules.refusal(of: number) ?? session.refusal(of: number) {
        failures.add(number, refusal)
      } else {
        allowed.append(number)
      }
    }
    let requireAll = p.require_all ?? false
    if requireAll && !failures.isEmpty {
      let result = Self.result(channel, [], failures)
      try failures.conclude(
        reached: 0, unsent: allowed.count, requireAll: true, result: try call.encoded(result))
    }
    let sent = try send(p, allowed, channel, call, &failures)
    for message in sent {
      try log.insert(
        number: message.to, providerID: message.message_id, purpose: purpose, body: p.text)
      try log.touch(number: message.to, at: Moment.now.iso)
    }
    let result = Self.result(channel, sent, failures)
    try failures.conclude(
      reached: sent.count, requireAll: requireAll, result: try call.encoded(result))
    return result
  }

  /// Sends to all, eight at a time; each one reached is shown as progress at once.
  private func send(
    _ p: Parameters, _ numbers: [String], _ channel: Channel, _ call: Call,
    _ failures: inout SendFailures
  ) throws(ActionError) -> [SentMessage] {
    guard !numbers.isEmpty else { return [] }
    let cloud = try CloudAPI(channel, call)
    let requests = numbers.map {
      cloud.text(p.text, to: $0, previewsURL: p.preview_url ?? false, key: call.key)
    }
    var reached: [JSONValue] = []
    let answers = try call.http.perform(requests, atOnce: 8) { index, answer in
      guard case .success(let message) = answer.flatMap({ CloudAnswer.read($0, numbers[index]) })
      else { return }
      reached.append(.text(message.to))
      call.progress(["reached": .list(reached)])
    }
    var sent: [SentMessage] = []
    for (number, answer) in zip(numbers, answers) {
      switch answer.flatMap({ CloudAnswer.read($0, number) }) {
      case .success(let message): sent.append(message)
      case .failure(let error): failures.add(number, error)
      }
    }
    return sent
  }

  private static func result(
    _ channel: Channel, _ sent: [SentMessage], _ failures: SendFailures
  ) -> Result {
    Result(channel: channel.name, accepted: sent.count, messages: sent, failed: failures.list)
  }
}
