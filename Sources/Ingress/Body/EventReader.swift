// SPDX-License-Identifier: Apache-2.0
// From body, query and headers to `event`.

import Crypto
import Pipeline
import Values

/// Reads one request's event. The connector chooses the parser; `auto` leaves it to the content
/// type. Nothing in a request ever names a file or a parser's option.
///
/// **Source** spec/engine.md, Connector; spec/formats.md, Triggers
struct EventReader {
  let request: IngressRequest
  let trigger: WebhookTrigger

  func event(takesBody: Bool) throws(IngressError) -> JSONValue {
    if trigger.isOfChannel { return try channelEvent() }
    var event = takesBody ? try bodyObject() : JSONObject()
    event["custom_variables"] = .object(try FormText.fields(request.query, what: "query string"))
    let kept = keptHeaders()
    if !kept.isEmpty { event["headers"] = .object(kept) }
    return .object(event)
  }

  /// The body apart from everything else, so that no member of it is taken for ours.
  private func channelEvent() throws(IngressError) -> JSONValue {
    guard !request.body.isEmpty else {
      throw IngressError(code: "bad_body", message: "the body is empty: there is nothing to take in")
    }
    let body = try bodyObject()
    var event: JSONObject = ["body": .object(body)]
    if body.count == 1, let text = body["body_text"] { event["body"] = text }
    if body.count == 1, let items = body["items"], request.body.first(where: isNoSpace) == 0x5B {
      event["body"] = items
    }
    let kept = keptHeaders()
    if !kept.isEmpty { event["headers"] = .object(kept) }
    return .object(event)
  }

  private func isNoSpace(_ byte: UInt8) -> Bool { ![0x20, 0x09, 0x0A, 0x0D].contains(byte) }

  private func keptHeaders() -> JSONObject {
    var kept = JSONObject()
    for name in trigger.keepHeaders {
      if let value = request.header(name) { kept[name.lowercased()] = .text(value) }
    }
    return kept
  }

  private func bodyObject() throws(IngressError) -> JSONObject {
    let body = request.body
    if body.isEmpty {
      guard trigger.body == .json else { return [:] }
      throw IngressError(code: "bad_json", message: "the body is empty: send a JSON object")
    }
    try checkCoding()
    switch kind {
    case .json: return try jsonObject(body)
    case .form: return try FormText.fields(String(decoding: body, as: UTF8.self), what: "form")
    case .multipart:
      return try MultipartBody(body, contentType: request.header("content-type") ?? "").fields()
    case .text, .auto: return EventReader.text(body)
    }
  }

  /// What is compressed, or in other characters, would be read as something else than was sent.
  private func checkCoding() throws(IngressError) {
    let coding = (request.header("content-encoding") ?? "").lowercased()
    guard coding.isEmpty || coding == "identity" else {
      throw IngressError(
        code: "unsupported_encoding",
        message: "the body is encoded as \"\(coding.prefix(40))\": send it as it is, without "
          + "Content-Encoding")
    }
    let charset = HeaderParameters(request.header("content-type") ?? "")["charset"]?.lowercased()
    guard let charset, !["utf-8", "utf8", "us-ascii", "ascii", ""].contains(charset) else { return }
    throw IngressError(
      code: "unsupported_charset",
      message: "the body is in the character set \"\(charset.prefix(40))\": send UTF-8")
  }

  /// The connector's choice; `auto` goes by the content type, and reads what has none as JSON if it
  /// begins like it.
  private var kind: WebhookBody {
    guard trigger.body == .auto else { return trigger.body }
    guard let type = request.header("content-type") else {
      let first = request.body.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
      return first == UInt8(ascii: "{") || first == UInt8(ascii: "[") ? .json : .text
    }
    let media = type.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
    switch media {
    case "application/x-www-form-urlencoded": return .form
    case "multipart/form-data": return .multipart
    case "application/json", "text/json": return .json
    case _ where media.hasSuffix("+json"): return .json
    default: return .text
    }
  }

  private func jsonObject(_ body: [UInt8]) throws(IngressError) -> JSONObject {
    let value: JSONValue
    do {
      value = try JSONValue(
        parsing: body,
        limits: JSONLimits(
          depth: IngressLimits.jsonDepth, bytes: max(1, body.count),
          values: IngressLimits.jsonValues))
    } catch {
      throw IngressError(
        code: "bad_json", message: "the body is no JSON: \(error)",
        detail: [
          "line": .integer(Int64(error.line)), "column": .integer(Int64(error.column)),
          "reason": .text(error.reason),
        ])
    }
    switch value {
    case .object(let object): return object
    case .list: return ["items": value]
    default: return EventReader.text(body)
    }
  }

  /// A body that is no object: its text, or its bytes where it is no text.
  static func text(_ body: [UInt8]) -> JSONObject {
    if let text = String(validating: body, as: UTF8.self) { return ["body_text": .text(text)] }
    return ["body_base64": .text(Base64.encode(body))]
  }
}
