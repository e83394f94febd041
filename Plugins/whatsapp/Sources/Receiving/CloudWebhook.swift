// SPDX-License-Identifier: Apache-2.0
// The webhook bodies of Meta's Cloud API.
//
// Source: facebook/openapi v23.0, webhooks of whatsapp_business_account.
import JackfieldBase
import JackfieldPlugin

/// What one webhook of the Cloud API holds: all of its entries, changes and items.
struct CloudWebhook {
  /// What came for one phone number of ours.
  struct Delivery {
    var phoneNumberID: String
    var messages: [InboundMessage] = []
    var statuses: [InboundStatus] = []
  }

  private(set) var deliveries: [Delivery] = []
  /// What is wrong with the account or a template, as sentences for the log.
  private(set) var notes: [String] = []

  /// **Throws** `invalid_input`, code `not_a_webhook`, for what Meta does not send.
  init(_ body: JSONValue) throws(ActionError) {
    guard body["object"] == "whatsapp_business_account", let entries = body["entry"]?.asList else {
      throw .invalidInput(
        "not_a_webhook",
        "the body is no webhook of a WhatsApp business account: subscribe the app to the object "
          + "whatsapp_business_account")
    }
    for change in entries.flatMap({ $0["changes"]?.asList ?? [] }) {
      let value = change["value"] ?? .null
      guard change["field"] == "messages" else {
        notes.append(
          InboundLimits.line(
            "\(change["field"]?.asText ?? "a change without a field"): \(value.json)"))
        continue
      }
      for error in value["errors"]?.asList ?? [] { notes.append("account: \(Self.said(error))") }
      add(value)
    }
  }

  private mutating func add(_ value: JSONValue) {
    var delivery = Delivery(phoneNumberID: value["metadata"]?["phone_number_id"]?.asText ?? "")
    let names = Dictionary(
      (value["contacts"]?.asList ?? []).compactMap { contact in
        contact["wa_id"]?.asText.map { ($0, contact["profile"]?["name"]?.asText) }
      }, uniquingKeysWith: { first, _ in first })
    for item in value["messages"]?.asList ?? [] {
      guard var message = Self.message(item) else {
        notes.append(InboundLimits.line("a message that could not be read: \(item.json)"))
        continue
      }
      message.name = (names[message.number] ?? nil).map { InboundLimits.line($0) }
      delivery.messages.append(message)
    }
    for item in value["statuses"]?.asList ?? [] {
      guard let status = Self.status(item) else {
        notes.append(InboundLimits.line("a status that could not be read: \(item.json)"))
        continue
      }
      delivery.statuses.append(status)
    }
    if !delivery.messages.isEmpty || !delivery.statuses.isEmpty { deliveries.append(delivery) }
  }

  // MARK: messages

  private static func message(_ item: JSONValue) -> InboundMessage? {
    guard let id = InboundLimits.id(item["id"]?.asText),
      let from = item["from"]?.asText.flatMap({ InboundLimits.number($0) })
    else { return nil }
    let type = InboundLimits.line(item["type"]?.asText ?? "unsupported")
    var message = InboundMessage(id: id, number: from, type: type, receivedAt: moment(item))
    message.group = item["group_id"]?.asText
    message.inReplyTo = InboundLimits.id(item["context"]?["id"]?.asText)
    let content = item[type] ?? .null
    switch type {
    case "text": message.text = InboundLimits.text(content["body"]?.asText)
    case "image", "video", "audio", "document", "sticker":
      message.media = [media(content, kind: type)]
      message.text = InboundLimits.text(content["caption"]?.asText)
    case "button":
      message.text = InboundLimits.line(content["text"]?.asText ?? "")
      message.button = tapped(
        content["payload"]?.asText ?? "", title: message.text, of: message.inReplyTo)
    case "interactive": read(content, into: &message)
    case "location":
      message.text = content["name"]?.asText ?? content["address"]?.asText ?? ""
      message.more["location"] = content
    case "contacts", "order", "reaction": message.more[type] = content
    default: break
    }
    return message
  }

  private static func read(_ content: JSONValue, into message: inout InboundMessage) {
    if let reply = content["button_reply"] {
      message.text = InboundLimits.line(reply["title"]?.asText ?? "")
      message.button = tapped(
        reply["id"]?.asText ?? "", title: message.text, of: message.inReplyTo)
    } else if let reply = content["list_reply"] {
      message.text = InboundLimits.line(reply["title"]?.asText ?? "")
      var item = tapped(reply["id"]?.asText ?? "", title: message.text, of: message.inReplyTo)
      if let description = reply["description"] { item["description"] = description }
      message.listItem = item
    } else {
      message.more["interactive"] = content
    }
  }

  /// What was tapped, and who sent it where its id says so.
  private static func tapped(_ id: String, title: String, of message: String?) -> JSONObject {
    let stamped = ReplyStamp.read(id)
    var tapped: JSONObject = ["id": .text(stamped?.id ?? id), "title": .text(title)]
    if let message { tapped["message_id"] = .text(message) }
    if let stamp = stamped?.stamp {
      tapped["run"] = .text(stamp.run)
      tapped["action"] = .text(stamp.action)
    }
    return tapped
  }

  private static func media(_ content: JSONValue, kind: String) -> JSONValue {
    var media: JSONObject = ["kind": .text(kind)]
    for (ours, theirs) in [
      ("id", "id"), ("url", "link"), ("type", "mime_type"), ("filename", "filename"),
      ("caption", "caption"), ("sha256", "sha256"), ("voice", "voice"),
    ] {
      if let value = content[theirs] { media[ours] = value }
    }
    return .object(media)
  }

  // MARK: statuses

  private static func status(_ item: JSONValue) -> InboundStatus? {
    guard let id = InboundLimits.id(item["id"]?.asText),
      let state = item["status"]?.asText.flatMap({ InboundStatus.State(rawValue: $0) })
    else { return nil }
    let group = item["group_id"]?.asText
    var status = InboundStatus(
      messageID: id, state: state,
      number: (item["recipient_id"]?.asText ?? "").filter(\.isNumber), group: group,
      at: moment(item))
    status.data = item["biz_opaque_callback_data"]?.asText.flatMap { CallbackData($0) }
    if let error = item["errors"]?[0] {
      status.errorCode = error["code"]?.asInteger.map(String.init) ?? error["code"]?.asText
      status.errorText = said(error)
    }
    return status
  }

  private static func said(_ error: JSONValue) -> String {
    InboundLimits.line(
      error["error_data"]?["details"]?.asText ?? error["message"]?.asText
        ?? error["title"]?.asText ?? error.json)
  }

  /// `timestamp` is text, in seconds since 1970.
  private static func moment(_ item: JSONValue) -> Moment {
    let seconds = item["timestamp"]?.asText.flatMap { Int64($0) } ?? item["timestamp"]?.asInteger
    return seconds.map { Moment(seconds: $0) } ?? .now
  }
}
