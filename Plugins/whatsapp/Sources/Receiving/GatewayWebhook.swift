// SPDX-License-Identifier: Apache-2.0
// The webhook bodies of the bridges to WhatsApp Web.
//
// Source: WAHA's openapi.json 2026.9.2, WAHAWebhookMessage and WAHAWebhookMessageAck; GOWA 9.2, its
// documentation of webhook payloads.
import JackfieldBase
import JackfieldPlugin

/// What one webhook of a bridge holds: a message, or news of messages that were sent.
struct GatewayWebhook {
  private(set) var messages: [InboundMessage] = []
  private(set) var statuses: [InboundStatus] = []
  private(set) var notes: [String] = []
  /// The bridge's session or device it is about; nil where it does not say.
  let session: String?

  /// **Throws** `invalid_input`, code `not_a_webhook`, for what no bridge sends.
  init(_ body: JSONValue) throws(ActionError) {
    guard let event = body["event"]?.asText, let payload = body["payload"], payload.asObject != nil
    else {
      throw .invalidInput(
        "not_a_webhook",
        "the body is no webhook of a bridge: it has no \"event\" with a \"payload\"")
    }
    session = body["session"]?.asText ?? body["device_id"]?.asText
    let isGOWA = body["device_id"] != nil
    switch event {
    case "message", "message.any":
      guard payload["fromMe"] != true, payload["is_from_me"] != true else { return }
      let message = isGOWA ? Self.gowaMessage(payload) : Self.wahaMessage(payload)
      if let message {
        messages = [message]
      } else {
        notes = [
          InboundLimits.line(
            "a message of nobody whose number is known: \(payload["from"]?.json ?? "")")
        ]
      }
    case "message.ack":
      statuses = isGOWA ? Self.gowaStatuses(payload, body) : Self.wahaStatus(payload, body)
    case "session.status":
      notes = [
        InboundLimits.line("session \(session ?? ""): \(payload["status"]?.asText ?? payload.json)")
      ]
    default: notes = [InboundLimits.line("\(event) is not looked at")]
    }
  }

  // MARK: WAHA

  private static func wahaMessage(_ payload: JSONValue) -> InboundMessage? {
    let from = payload["from"]?.asText ?? ""
    let isGroup = from.hasSuffix("@g.us")
    let author = payload["participant"]?.asText ?? payload["author"]?.asText ?? ""
    guard let id = id(payload["id"]), let number = number(isGroup ? author : from) else { return nil }
    var message = InboundMessage(
      id: id, number: number, type: "text",
      receivedAt: payload["timestamp"]?.asInteger.map { Moment(seconds: $0) } ?? .now)
    message.group = isGroup ? from : nil
    message.text = InboundLimits.text(payload["body"]?.asText)
    message.name =
      (payload["_data"]?["notifyName"]?.asText ?? payload["_data"]?["pushName"]?.asText)
      .map { InboundLimits.line($0) }
    message.inReplyTo = self.id(payload["replyTo"]?["id"])
    if let place = payload["location"], !place.isNull {
      message.type = "location"
      message.more["location"] = place
    }
    if payload["hasMedia"] == true { add(payload["media"] ?? [:], to: &message) }
    return message
  }

  /// −1 failed, 1 the server has it, 2 a device, 3 read, 4 played; 0 says nothing.
  private static func wahaStatus(_ payload: JSONValue, _ body: JSONValue) -> [InboundStatus] {
    let states: [Int64: InboundStatus.State] = [
      -1: .failed, 1: .sent, 2: .delivered, 3: .read, 4: .played,
    ]
    guard payload["fromMe"] != false, let id = id(payload["id"]),
      let state = payload["ack"]?.asInteger.flatMap({ states[$0] })
    else { return [] }
    let to = payload["to"]?.asText ?? ""
    var status = InboundStatus(
      messageID: id, state: state, number: number(to) ?? "",
      at: body["timestamp"]?.asInteger.map { Moment(seconds: $0 / 1_000) } ?? .now)
    if to.hasSuffix("@g.us") { status.group = to }
    if state == .failed { status.errorText = payload["ackName"]?.asText ?? "not sent" }
    return [status]
  }

  // MARK: GOWA

  private static func gowaMessage(_ payload: JSONValue) -> InboundMessage? {
    let chat = payload["chat_id"]?.asText ?? ""
    guard let id = id(payload["id"]), let number = number(payload["from"]?.asText ?? "")
    else { return nil }
    var message = InboundMessage(
      id: id, number: number, type: "text",
      receivedAt: payload["timestamp"]?.asText.flatMap { Moment(iso: $0) } ?? .now)
    message.group = chat.hasSuffix("@g.us") ? chat : nil
    message.text = InboundLimits.text(payload["body"]?.asText)
    message.name = (payload["from_name"]?.asText).map { InboundLimits.line($0) }
    message.inReplyTo = self.id(payload["replied_to_id"])
    for kind in ["image", "video", "audio", "document", "sticker"] {
      guard let media = payload[kind], !media.isNull else { continue }
      add(media, kind: kind, to: &message)
    }
    if let place = payload["location"], !place.isNull {
      message.type = "location"
      message.more["location"] = place
    }
    return message
  }

  private static func gowaStatuses(_ payload: JSONValue, _ body: JSONValue) -> [InboundStatus] {
    guard let type = payload["receipt_type"]?.asText,
      let state = InboundStatus.State(rawValue: type), state != .sent
    else { return [] }
    let chat = payload["chat_id"]?.asText ?? ""
    let at = body["timestamp"]?.asText.flatMap { Moment(iso: $0) } ?? .now
    return (payload["ids"]?.asList ?? []).compactMap { item in
      guard let id = id(item) else { return nil }
      var status = InboundStatus(
        messageID: id, state: state, number: number(payload["from"]?.asText ?? "") ?? "", at: at)
      if chat.hasSuffix("@g.us") { status.group = chat }
      return status
    }
  }

  // MARK: parts

  /// Some engines give a text, some an object that holds it.
  private static func id(_ value: JSONValue?) -> String? {
    InboundLimits.id(
      value?.asText ?? value?["_serialized"]?.asText ?? value?["id"]?.asText)
  }

  /// The digits of `49170…@c.us` or `49170…:3@s.whatsapp.net`; nil for a hidden id (`@lid`).
  private static func number(_ address: String) -> String? {
    let parts = address.split(separator: "@", maxSplits: 1)
    guard let user = parts.first else { return nil }
    if parts.count == 2, parts[1] != "c.us", parts[1] != "s.whatsapp.net" { return nil }
    return InboundLimits.number(user.prefix { $0 != ":" })
  }

  private static func add(
    _ media: JSONValue, kind given: String? = nil, to message: inout InboundMessage
  ) {
    let type = media["mimetype"]?.asText ?? media["mime_type"]?.asText ?? ""
    let family = type.prefix { $0 != "/" }
    let kind = given ?? (["image", "video", "audio"].contains(family) ? String(family) : "document")
    var found: JSONObject = ["kind": .text(kind)]
    if !type.isEmpty { found["type"] = .text(type) }
    let link = media["url"]?.asText ?? media["media_path"]?.asText ?? media.asText
    if let link { found["url"] = .text(link) }
    if let name = media["filename"]?.asText { found["filename"] = .text(name) }
    if let caption = media["caption"]?.asText {
      found["caption"] = .text(caption)
      if message.text.isEmpty { message.text = caption }
    }
    message.media.append(.object(found))
    message.type = kind
  }
}
