// SPDX-License-Identifier: Apache-2.0
// Meta's Cloud API: the requests.
import JackfieldBase
import JackfieldPlugin

/// One sender at the Cloud API, as its credential describes it; the host adds the token.
struct CloudAPI {
  private let url: String
  private let credential: String

  /// **Throws**: `denied` or `not_found` for the credential; `invalid_input`, code
  /// `bad_credential`, when it lacks the phone number's id.
  init(_ channel: Channel, _ call: Call) throws(ActionError) {
    credential = try channel.requireCredential()
    let fields = try call.credential(named: credential)
    if let kind = fields["kind"]?.asText, kind != "whatsapp_cloud" {
      throw .invalidInput(
        "bad_credential", "credential \(credential) is of kind \(kind), not whatsapp_cloud")
    }
    guard let sender = fields["phone_number_id"].flatMap(Self.text), !sender.isEmpty,
      sender.utf8.allSatisfy({ (48...57).contains($0) })
    else {
      throw .invalidInput(
        "bad_credential", "credential \(credential) needs phone_number_id, the digits Meta shows")
    }
    var base = fields["base_url"].flatMap(Self.text) ?? "https://graph.facebook.com"
    while base.hasSuffix("/") { base.removeLast() }
    let version = fields["api_version"].flatMap(Self.text) ?? "v23.0"
    url = "\(base)/\(version)/\(sender)/messages"
  }

  /// A text message. The key travels along, so that a status webhook can settle an unclear fate.
  func text(_ text: String, to number: String, previewsURL: Bool, key: String) -> HTTPRequest {
    .json(
      "POST", url,
      [
        "messaging_product": "whatsapp", "recipient_type": "individual", "to": .text(number),
        "type": "text", "text": ["preview_url": .boolean(previewsURL), "body": .text(text)],
        "biz_opaque_callback_data": .text("\(key):\(number)"),
      ], credential: credential)
  }

  private static func text(_ value: JSONValue) -> String? {
    value.asText ?? value.asInteger.map(String.init)
  }
}
