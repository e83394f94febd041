// SPDX-License-Identifier: Apache-2.0
// The two ways to WhatsApp.
import JackfieldBase
import JackfieldPlugin
import WhatsAppGateway

/// What a channel sends through: Meta's Cloud API, or a gateway.
enum MessageRoute {
  case cloud(CloudAPI, Channel)
  case gateway(PacedGateway, Channel)

  /// **Throws**: `invalid_input`, codes `wrong_channel_kind`, `not_on_gateway`, `bad_credential`;
  /// what looking at a known template throws.
  init(_ channel: Channel, _ content: MessageContent, _ call: Call) throws(ActionError) {
    switch channel.kind {
    case "whatsapp_cloud":
      if case .template(let template) = content { try template.check(channel, call) }
      self = .cloud(try CloudAPI(channel, call), channel)
    case "whatsapp_gateway":
      switch content {
      case .text, .media: break
      case .template, .interactive:
        throw .invalidInput(
          "not_on_gateway",
          "channel \(channel.name) is a gateway, which sends text and media only: templates, "
            + "buttons and lists need a channel of kind whatsapp_cloud")
      }
      self = .gateway(try PacedGateway(channel, call), channel)
    default:
      throw .invalidInput(
        "wrong_channel_kind",
        "channel \(channel.name) is of kind \(channel.kind): this action sends through channels "
          + "of kind whatsapp_cloud and whatsapp_gateway")
    }
  }

  var isCloud: Bool {
    if case .cloud = self { true } else { false }
  }

  /// Who may be sent to now, and who is refused beforehand and why.
  func admitted(
    _ recipients: Recipients, _ content: MessageContent, _ rules: SendRules, _ log: MessageLog,
    _ call: Call
  ) throws(ActionError) -> (allowed: [String], refused: SendFailures) {
    var refused = recipients.failures
    var allowed: [String] = []
    let limit: DailyLimit
    let session: MessagingSession?
    switch self {
    case .cloud(_, let channel):
      let open = MessagingSession(channel, log)
      session = content.needsSession ? open : nil
      let outside = recipients.numbers.filter {
        rules.refusal(of: $0) == nil && !open.isOpen($0)
      }
      limit = try DailyLimit.tier(channel, outside, call)
    case .gateway(_, let channel):
      session = nil
      limit = try DailyLimit.cap(
        channel, recipients.numbers.filter { rules.refusal(of: $0) == nil }, call)
    }
    for number in recipients.numbers {
      let refusal =
        rules.refusal(of: number) ?? session?.refusal(of: number) ?? limit.refusal(of: number)
      if let refusal { refused.add(number, refusal) } else { allowed.append(number) }
    }
    return (allowed, refused)
  }

  /// Sends to all; the fates stand in the order of the numbers.
  func send(
    _ content: MessageContent, to numbers: [String], reached: (String) -> Void
  ) throws(ActionError) -> [MessageFate] {
    switch self {
    case .cloud(let cloud, _): return try cloud.send(content, to: numbers, reached: reached)
    case .gateway(let gateway, _):
      let chats = numbers.map { GatewayChat.person($0) }
      let message: GatewayMessage
      switch content {
      case .media(let media, let caption): message = .media(media, caption: caption)
      case .text(let text, let previewsURL): message = .text(text, previewsURL: previewsURL)
      case .template, .interactive:
        throw .bug("not_on_gateway", "a gateway was asked for what it cannot send")
      }
      let fates = try gateway.send(message, to: chats) { index in reached(numbers[index]) }
      return zip(numbers, fates).map { number, fate in
        fate.map { SendMessage.SentMessage(to: number, message_id: $0, wa_id: nil) }
      }
    }
  }
}
