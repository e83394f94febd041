// SPDX-License-Identifier: Apache-2.0
// Files that travel with a mail.
import JackfieldBase
import JackfieldPlugin

/// An attachment as parameters write it: by URL, or with its bytes.
struct AttachmentParameter: Decodable {
  var url: String?
  var content_base64: String?
  var name: String
  var type: String?
}

/// Gets the bytes of attachments. Nothing is sent without its attachments.
enum AttachmentLoader {
  /// **Unit**: bytes, together.
  static let maxBytes = 20 << 20
  /// **Unit**: bytes of one response, the host's own limit.
  static let maxResponseBytes = 10 << 20

  /// **Throws**: `invalid_input`: `bad_attachment`, `attachment_too_big`; `unavailable`, code
  /// `attachment_unreachable`; `denied` where the host of a URL is not granted.
  static func load(
    _ parameters: [AttachmentParameter], _ call: Call
  ) throws(ActionError) -> [MailAttachment] {
    guard parameters.count <= 20 else {
      throw .invalidInput("bad_attachment", "\(parameters.count) attachments: at most 20")
    }
    var attachments: [MailAttachment] = []
    var total = 0
    for parameter in parameters {
      let attachment = try load(parameter, call)
      total += attachment.bytes.count
      guard total <= maxBytes else {
        throw .invalidInput("attachment_too_big", "the attachments are over 20 MiB together")
      }
      attachments.append(attachment)
    }
    return attachments
  }

  private static func load(
    _ parameter: AttachmentParameter, _ call: Call
  ) throws(ActionError) -> MailAttachment {
    let name = parameter.name.trimmed
    let isNamed = !name.isEmpty && name.unicodeScalars.count <= 255
      && !name.unicodeScalars.contains { $0.properties.generalCategory == .control || $0 == "/" }
    guard isNamed else {
      throw .invalidInput(
        "bad_attachment", "an attachment's name is empty, too long or no file name")
    }
    let url = parameter.url.flatMap { $0.trimmed.isEmpty ? nil : $0.trimmed }
    let type = parameter.type.flatMap { $0.trimmed.isEmpty ? nil : $0.trimmed }
    switch (url, parameter.content_base64) {
    case (let url?, nil):
      let response = try fetch(url, name, call)
      return MailAttachment(
        name: name, type: type ?? response.header("content-type"), bytes: response.body)
    case (nil, let content?):
      guard let bytes = Base64.decode(content) else {
        throw .invalidInput("bad_attachment", "attachment \(name): content_base64 is no base64")
      }
      return MailAttachment(name: name, type: type, bytes: bytes)
    default:
      throw .invalidInput(
        "bad_attachment", "attachment \(name) needs exactly one of url and content_base64")
    }
  }

  private static func fetch(
    _ url: String, _ name: String, _ call: Call
  ) throws(ActionError) -> HTTPResponse {
    let response: HTTPResponse
    do {
      response = try call.http.send(
        HTTPRequest("GET", url, maxResponseBytes: maxResponseBytes, maxRedirects: 5))
    } catch {
      if error.code == "response_too_large" {
        throw .invalidInput("attachment_too_big", "attachment \(name) is over 10 MiB")
      }
      guard error.class == .unknownOutcome || error.class == .unavailable else { throw error }
      throw .unavailable(
        "attachment_unreachable", "attachment \(name) is unreachable: \(error.message)")
    }
    guard (200..<300).contains(response.status) else {
      throw .unavailable(
        "attachment_unreachable", "attachment \(name) is unreachable: HTTP \(response.status)")
    }
    return response
  }
}
