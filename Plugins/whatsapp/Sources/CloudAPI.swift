// SPDX-License-Identifier: Apache-2.0
// Meta's Cloud API: the requests.
import JackfieldBase
import JackfieldPlugin
import WhatsAppMedia

/// One sender at the Cloud API, as its credential describes it; the host adds the token.
struct CloudAPI {
  private let url: String
  private let credential: String
  private let call: Call

  /// **Throws**: `denied` or `not_found` for the credential; `invalid_input`, code
  /// `bad_credential`, when it lacks the phone number's id.
  init(_ channel: Channel, _ call: Call) throws(ActionError) {
    self.call = call
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
    url = "\(base)/\(version)/\(sender)"
  }

  /// Sends to all, eight at a time; the fates stand in the order of the numbers.
  ///
  /// - Parameter reached: called with each number that was taken, at once.
  func send(
    _ content: MessageContent, to numbers: [String], reached: (String) -> Void
  ) throws(ActionError) -> [MessageFate] {
    let content = try content.uploaded { (media) throws(ActionError) in try upload(media) }
    let (type, value) = try content.cloudForm()
    let requests = numbers.map { message(type, value, to: $0, of: numbers.count) }
    let answers = try call.http.perform(requests, atOnce: 8) { index, answer in
      if case .success = answer.flatMap({ CloudAnswer.read($0, numbers[index]) }) {
        reached(numbers[index])
      }
    }
    return zip(numbers, answers).map { number, answer in
      answer.flatMap { CloudAnswer.read($0, number) }
    }
  }

  /// One message. The key travels along, so that a status webhook can settle an unclear fate.
  private func message(
    _ type: String, _ value: JSONValue, to number: String, of count: Int
  ) -> HTTPRequest {
    .json(
      "POST", url + "/messages",
      .object([
        "messaging_product": "whatsapp", "recipient_type": "individual", "to": .text(number),
        "type": .text(type), type: value,
        "biz_opaque_callback_data": .text(CallbackData(call.key, number, of: count).text),
      ]), credential: credential)
  }

  /// Uploads a file of the host's; Meta keeps it for 30 days. Nobody is written to by it, so an
  /// answer that got lost is no more than unavailable.
  private func upload(_ media: MediaReference) throws(ActionError) -> MediaReference {
    guard case .blob(let blob) = media.source else { return media }
    let kind = try media.requireKind()
    let type = blob.type ?? media.mimeType(kind)
    var request = HTTPRequest("POST", url + "/media", credential: credential)
    request.parts = [
      .value(name: "messaging_product", "whatsapp"), .value(name: "type", type),
      .blob(name: "file", blob, fileName: media.filename, type: type),
    ]
    let response: HTTPResponse
    do throws(ActionError) {
      response = try call.http.send(request)
    } catch {
      guard error.class == .unknownOutcome else { throw error }
      throw .unavailable("upload_failed", "\(media.shown) was not uploaded: \(error.message)")
    }
    guard (200..<300).contains(response.status) else { throw CloudAnswer.error(response) }
    guard let id = response.anyJSON?["id"].flatMap(Self.text), !id.isEmpty else {
      throw .unavailable("upload_failed", "\(media.shown): the upload was answered without an id")
    }
    return MediaReference(uploaded: media, as: id)
  }

  private static func text(_ value: JSONValue) -> String? {
    value.asText ?? value.asInteger.map(String.init)
  }
}

/// What became of one message.
typealias MessageFate = Result<SendMessage.SentMessage, ActionError>
