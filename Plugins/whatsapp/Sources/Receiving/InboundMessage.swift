// SPDX-License-Identifier: Apache-2.0
// A message as a provider tells of it, whichever one it is.
import JackfieldBase
import JackfieldPlugin

/// One message that came in.
struct InboundMessage: Equatable {
  /// The provider's id.
  let id: String
  /// Who wrote it, digits only.
  let number: String
  /// The name the person goes by on WhatsApp.
  var name: String?
  var group: String?
  /// The provider's word: `text`, `image`, `button`, `location` …
  var type: String
  var text = ""
  /// **Shape** `[{kind, id?, url?, type?, filename?, caption?}]`
  var media: [JSONValue] = []
  /// What was tapped: `{id, title, message_id, run?, action?}`.
  var button: JSONObject?
  /// What was chosen from a list: the same, with `description`.
  var listItem: JSONObject?
  /// The message it answers.
  var inReplyTo: String?
  /// What else a type brings: `location`, `contacts`, `order`.
  var more = JSONObject()
  var receivedAt: Moment

  /// Whether somebody said something: a reaction or a note of the system answers nobody.
  var isSaid: Bool { type != "reaction" && type != "system" }

  /// The event of the trigger `message`.
  func event(channel: String, isFirst: Bool) -> JSONObject {
    var event: JSONObject = [
      "channel": .text(channel), "number": .text(number), "type": .text(type),
      "text": .text(text), "media": .list(media), "message_id": .text(id),
      "received_at": .text(receivedAt.iso), "first": .boolean(isFirst),
    ]
    if let name { event["name"] = .text(name) }
    if let group { event["group"] = .text(group) }
    if let button { event["button"] = .object(button) }
    if let listItem { event["list_item"] = .object(listItem) }
    if let inReplyTo { event["in_reply_to"] = .text(inReplyTo) }
    for (name, value) in more { event[name] = value }
    return event
  }
}
