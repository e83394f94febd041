// SPDX-License-Identifier: Apache-2.0
// Files that travel with a mail.
import JackfieldBase
import JackfieldPlugin

/// An attachment as parameters write it: by URL, with its bytes, a blob as it is named, or an entry
/// of the gallery.
struct AttachmentParameter: Decodable {
  var url: String?
  var content_base64: String?
  var blob: String?
  var file: String?
  var name: String?
  var type: String?
  /// What a named blob carries along; the host knows better.
  var bytes: Int?
}

/// Gets the bytes of attachments. Nothing is sent without its attachments.
enum AttachmentLoader {
  /// **Unit**: bytes, together.
  static let maxBytes = 20 << 20
  /// **Unit**: bytes of one response, the host's own limit.
  static let maxResponseBytes = 10 << 20

  /// **Throws**: `invalid_input`: `bad_attachment`, `attachment_too_big`; `not_found`:
  /// `attachment_not_found`, `media_not_found`; `unavailable`, code `attachment_unreachable`;
  /// `denied` where the host of a URL is not granted.
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
      total += attachment.blob?.bytes ?? attachment.bytes.count
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
    let type = parameter.type.given
    let sources = [parameter.url, parameter.content_base64, parameter.blob, parameter.file]
    guard sources.count(where: { $0 != nil }) == 1 else {
      throw .invalidInput(
        "bad_attachment",
        "attachment \(parameter.name.given ?? "without a name") needs exactly one of url, "
          + "content_base64, blob and file")
    }
    if let blob = parameter.blob {
      return try load(Blob(blob: blob, type: type, name: parameter.name.given), call)
    }
    if let file = parameter.file {
      return try load(file: file, named: parameter.name, type, call)
    }
    let name = try checked(parameter.name)
    if let url = parameter.url.given { return try fetch(url, name, type, call) }
    guard let bytes = parameter.content_base64.flatMap(Base64.decode) else {
      throw .invalidInput("bad_attachment", "attachment \(name): content_base64 is no base64")
    }
    return MailAttachment(name: name, type: type, bytes: bytes)
  }

  private static func checked(_ name: String?) throws(ActionError) -> String {
    let name = (name ?? "").trimmed
    let isNamed = !name.isEmpty && name.unicodeScalars.count <= 255
      && !name.unicodeScalars.contains { $0.properties.generalCategory == .control || $0 == "/" }
    guard isNamed else {
      throw .invalidInput(
        "bad_attachment", "an attachment's name is empty, too long or no file name")
    }
    return name
  }

  // MARK: blobs and the gallery

  /// A blob with its true size; it goes from its file into the mail, not through here.
  private static func load(_ blob: Blob, _ call: Call) throws(ActionError) -> MailAttachment {
    do {
      let found = try call.blobs.look(blob)
      return MailAttachment(found, name: try checked(found.name), type: found.type)
    } catch {
      guard error.class == .notFound else { throw error }
      throw .notFound(
        "attachment_not_found",
        "attachment \(blob.name ?? "") is gone, or was not handed to this action: give the whole "
          + "value, as {{saved.body}}")
    }
  }

  private static func load(
    file: String, named name: String?, _ type: String?, _ call: Call
  ) throws(ActionError) -> MailAttachment {
    let entry = try call.records.named(file, in: "media", kind: "media")
    let name = try checked(name.given ?? entry.text("name"))
    let type = type ?? entry.text("type")
    if let blob = entry.text("blob") {
      return try load(Blob(blob: blob, type: type, name: name), call)
    }
    guard let url = entry.text("url") else {
      throw .notFound("media_not_found", "media \(file) has neither a file nor a URL: add it again")
    }
    return try fetch(url, name, type, call)
  }

  private static func fetch(
    _ url: String, _ name: String, _ type: String?, _ call: Call
  ) throws(ActionError) -> MailAttachment {
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
    return MailAttachment(
      name: name, type: type ?? response.header("content-type"), bytes: response.body)
  }
}
