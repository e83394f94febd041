// SPDX-License-Identifier: Apache-2.0
// The body of a request, by kind.
import JackfieldPlugin

/// What `body` means.
enum BodyKind: String, Decodable {
  case none, query, form, json, raw, blob, multipart
}

/// The body as it is sent, and what goes into the URL instead.
struct RequestBody {
  var bytes: [UInt8] = []
  var contentType: String?
  var query: String?
  /// Bytes that stay where they are until they are sent.
  var blob: Blob?
  var parts: [HTTPPart] = []

  /// **Throws**: `invalid_input`, code `bad_body`; for JSON text with the place of the mistake.
  init(_ kind: BodyKind, _ body: JSONValue?, contentType: String?) throws(ActionError) {
    let isAbsent = body == nil || body == .null || body == .text("")
    if contentType != nil && (kind == .none || kind == .query) {
      throw .invalidInput(
        "bad_body", "content_type is given, but body_kind \(kind.rawValue) sends no body")
    }
    switch kind {
    case .none:
      guard isAbsent else {
        throw .invalidInput("bad_body", "body is given: say what it is in body_kind")
      }
      return
    case .query:
      if !isAbsent { query = try FormFields(body, kind: kind).query }
      return
    case .form:
      bytes = isAbsent ? [] : Array(try FormFields(body, kind: kind).form.utf8)
      self.contentType = contentType ?? "application/x-www-form-urlencoded"
    case .json:
      bytes = try Self.json(body)
      self.contentType = contentType ?? "application/json"
    case .raw:
      guard let text = FormFields.scalar(body ?? .null) else {
        throw .invalidInput("bad_body", "body must be a text for body_kind raw")
      }
      bytes = Array(text.utf8)
      self.contentType = contentType ?? "text/plain; charset=utf-8"
    case .blob:
      guard let blob = Blob(body) else {
        throw .invalidInput(
          "bad_body", "body must name a blob for body_kind blob, as {{saved.body}} does")
      }
      self.blob = blob
      self.contentType = contentType ?? blob.type ?? "application/octet-stream"
    case .multipart:
      guard contentType == nil else {
        throw .invalidInput(
          "bad_body", "content_type is given, but a multipart body writes its own: leave it out")
      }
      parts = try FormParts.read(body)
    }
  }

  /// A value is written; a text must already be JSON.
  private static func json(_ body: JSONValue?) throws(ActionError) -> [UInt8] {
    guard case .text(let text) = body else { return (body ?? .null).jsonBytes }
    do { _ = try JSONValue(parsing: text) } catch {
      throw .invalidInput("bad_body", "body is no JSON: \(error)")
    }
    return Array(text.utf8)
  }
}
