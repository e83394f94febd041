// SPDX-License-Identifier: Apache-2.0
// whatsapp.receive: what a provider's webhook brings, called by the channel's own connector.
import JackfieldBase
import JackfieldPlugin

/// Reads a webhook of a channel: messages, and news of messages that were sent.
struct ReceiveMessages: Action {
  static let id = "whatsapp.receive"

  struct Parameters: Decodable {
    var channel: String
    var body: JSONValue
  }

  func run(_ p: Parameters, _ call: Call) throws(ActionError) -> InboxTally {
    let channel = try Channel.find(p.channel, call)
    var tally = InboxTally()
    switch channel.kind {
    case "whatsapp_cloud": try receiveCloud(p.body, channel, &tally, call)
    case "whatsapp_gateway": try receiveGateway(p.body, channel, &tally, call)
    default:
      throw .invalidInput(
        "wrong_channel_kind",
        "channel \(channel.name) is of kind \(channel.kind): it receives nothing here")
    }
    return tally
  }

  /// A bridge with several sessions may tell all of them one URL: what is of another is left alone.
  private func receiveGateway(
    _ body: JSONValue, _ channel: Channel, _ tally: inout InboxTally, _ call: Call
  ) throws(ActionError) {
    let webhook = try GatewayWebhook(body)
    for note in webhook.notes { call.log(note, level: .warning) }
    let credential = try call.credential(named: channel.requireCredential())
    // An empty session is the one that WAHA calls default; GOWA then has one device.
    let isWAHA = credential["adapter"]?.asText ?? "waha" == "waha"
    let own = (credential["session"]?.asText).given ?? (isWAHA ? "default" : "")
    if let session = webhook.session, !own.isEmpty, session != own {
      tally.elsewhere = webhook.messages.count + webhook.statuses.count
      return call.log("session \(session) is not that of channel \(channel.name)", level: .warning)
    }
    var inbox = try Inbox(channel, messages: webhook.messages, statuses: webhook.statuses, call)
    try inbox.take()
    tally.add(inbox.tally)
  }

  /// One app has one URL for all its numbers, so a webhook may hold what is for another channel.
  private func receiveCloud(
    _ body: JSONValue, _ channel: Channel, _ tally: inout InboxTally, _ call: Call
  ) throws(ActionError) {
    let webhook = try CloudWebhook(body)
    for note in webhook.notes { call.log(note, level: .warning) }
    let numbers = Set(webhook.deliveries.map(\.phoneNumberID))
    let channels = try CloudNumbers(numbers, asked: channel, call)
    var inboxes: [Inbox] = []
    for (number, deliveries) in Dictionary(grouping: webhook.deliveries, by: \.phoneNumberID)
      .sorted(by: { $0.key < $1.key })
    {
      guard let target = channels[number] else {
        tally.elsewhere += deliveries.reduce(0) { $0 + $1.messages.count + $1.statuses.count }
        call.log("phone number id \(number) is that of no channel here", level: .warning)
        continue
      }
      inboxes.append(
        try Inbox(
          target, messages: deliveries.flatMap(\.messages), statuses: deliveries.flatMap(\.statuses),
          call))
    }
    for var inbox in inboxes {
      try inbox.take()
      tally.add(inbox.tally)
    }
  }
}

extension InboxTally {
  mutating func add(_ other: InboxTally) {
    messages += other.messages
    repeated += other.repeated
    blocked += other.blocked
    statuses += other.statuses
    elsewhere += other.elsewhere
  }
}
