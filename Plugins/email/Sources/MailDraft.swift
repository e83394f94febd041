// SPDX-License-Identifier: Apache-2.0
// What every copy of a mail has in common.
import JackfieldBase
import JackfieldPlugin

/// Subject, bodies and headers, checked. Control characters are refused, never cleaned.
struct MailDraft {
  let subject: String
  let text: String?
  let html: String?
  let fromName: String?
  let replyTo: String?
  let headers: [HTTPHeader]

  /// **Throws**: `invalid_input`: `no_content`, `too_long`, `control_character`, `bad_header`,
  /// `bad_address`.
  init(
    subject: String, text: String?, html: String? = nil, fromName: String? = nil,
    replyTo: String? = nil, headers: JSONObject? = nil
  ) throws(ActionError) {
    self.subject = try Self.line(subject, "subject")
    guard !subject.trimmed.isEmpty else { throw .invalidInput("no_content", "subject is empty") }
    guard subject.unicodeScalars.count <= 998 else {
      throw .invalidInput("too_long", "subject is over 998 characters")
    }
    self.html = Self.given(html)
    guard let text = Self.given(text) ?? self.html.map(HTMLText.plain) else {
      throw .invalidInput("no_content", "text and html are both empty: give at least one")
    }
    self.text = text
    for (name, body) in [("text", text), ("html", self.html ?? "")] where body.utf8.count > 1 << 20 {
      throw .invalidInput("too_long", "\(name) is over 1 MiB")
    }
    self.fromName = try Self.given(fromName).map { (name) throws(ActionError) in
      try Self.line(name, "from_name")
    }
    self.replyTo = try Self.given(replyTo).map { (address) throws(ActionError) in
      guard let parsed = MailAddress(address) else {
        throw .invalidInput("bad_address", "reply_to is no mail address")
      }
      return parsed.written
    }
    self.headers = try Self.headers(headers)
  }

  private static func headers(_ object: JSONObject?) throws(ActionError) -> [HTTPHeader] {
    var headers: [HTTPHeader] = []
    for (name, value) in object ?? JSONObject() {
      let lower = name.lowercased()
      let isAllowed =
        lower.hasPrefix("x-") || lower.hasPrefix("list-") || lower == "in-reply-to"
        || lower == "references"
      guard isAllowed, name.utf8.allSatisfy({ (33...126).contains($0) && $0 != 58 }) else {
        throw .invalidInput(
          "bad_header", "headers may be X-*, List-*, In-Reply-To and References only")
      }
      guard let text = value.asText else {
        throw .invalidInput("bad_header", "header \(name) is a \(value.typeName): write a text")
      }
      headers.append(HTTPHeader(name, try line(text, "header \(name)")))
    }
    return headers
  }

  /// A text that becomes part of a header.
  private static func line(_ text: String, _ name: String) throws(ActionError) -> String {
    let hasControl = text.unicodeScalars.contains { $0.properties.generalCategory == .control }
    guard !hasControl else {
      throw .invalidInput("control_character", "\(name) has a control character in it")
    }
    return text
  }

  private static func given(_ text: String?) -> String? {
    text.flatMap { $0.trimmed.isEmpty ? nil : $0 }
  }
}
