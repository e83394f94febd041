// SPDX-License-Identifier: Apache-2.0
// Waiting for what becomes of a message.
import JackfieldBase
import JackfieldPlugin

/// What a send waits for beside being taken: the run is parked, no worker is held.
struct DeliveryWait {
  enum Kind: String, Decodable {
    case accepted, sent, delivered
  }

  /// What the message's record says it is waited for; nil for nothing.
  let kind: Kind
  private let within: Duration

  /// **Throws**: `invalid_input`, codes `bad_duration`, `no_news`.
  init(_ kind: Kind?, within: String?, on channel: Channel) throws(ActionError) {
    self.kind = kind ?? .accepted
    self.within = try Self.duration(within ?? "2 min")
    guard self.kind == .accepted || channel.kind == "whatsapp_cloud" && channel.hasInbound else {
      throw .invalidInput(
        "no_news",
        "channel \(channel.name) does not tell here what becomes of its messages: set wait_for to "
          + "accepted, or receive from a channel of kind whatsapp_cloud (\"inbound\": true)")
    }
  }

  /// Has the result count once news of so many messages have come.
  func begin(of sent: Int, _ call: Call) {
    guard kind != .accepted, sent > 0 else { return }
    call.awaitNews(of: sent, within: within)
  }

  /// For the message's record.
  var recorded: String? { kind == .accepted ? nil : kind.rawValue }

  private static func duration(_ text: String) throws(ActionError) -> Duration {
    let units: [String: Int64] = ["s": 1, "min": 60, "h": 3_600, "d": 86_400]
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let number = Int64(digits), let unit = units[String(text.dropFirst(digits.count)).trimmed],
      number <= 30 * 86_400, (1...30 * 86_400).contains(number * unit)
    else {
      throw .invalidInput(
        "bad_duration", "within is \"\(text)\": write 1 s to 30 d, as \"90 s\" or \"2 min\"")
    }
    return .seconds(number * unit)
  }
}
