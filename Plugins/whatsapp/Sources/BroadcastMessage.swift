// SPDX-License-Identifier: Apache-2.0
// What a broadcast says.
import JackfieldBase
import JackfieldPlugin

/// The content of a broadcast, with `{{recipient.…}}` still in it; looked at once, with a recipient
/// that has every value, so that what could never be sent starts no run.
struct BroadcastMessage {
  /// The members of the runs' event.
  let event: JSONObject
  /// Whether only those who wrote within 24 hours may get it.
  let needsSession: Bool

  /// **Throws**: what `whatsapp.send_message` throws for its content and its channel.
  init(_ p: Broadcast.Parameters, on channel: Channel, _ call: Call) throws(ActionError) {
    var event = JSONObject()
    if let text = p.text, !text.isEmpty { event["text"] = .text(text) }
    if let template = p.template, !template.isEmpty { event["template"] = template }
    if let media = p.media, !media.isEmpty { event["media"] = media }
    self.event = event
    let sample = try DeferredText(recipient: Self.sample).rendered(.object(event))
    var message = SendMessage.Parameters()
    message.text = sample["text"]?.asText
    message.template = sample["template"]
    message.media = sample["media"]
    let content = try MessageContent(message, call)
    _ = try MessageRoute(channel, content, call)
    needsSession = channel.kind == "whatsapp_cloud" && channel.hasInbound && content.needsSession
  }

  private static let sample: JSONValue = [
    "id": "1", "number": "15550001111", "name": "Name", "email": "name@example.com",
  ]
}
