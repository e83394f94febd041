// SPDX-License-Identifier: Apache-2.0
// What stands above a template or an interactive message.
import JackfieldBase
import JackfieldPlugin
import WhatsAppMedia

/// A header: a text, or an image, a video or a document.
enum MessageHeader {
  case text(String)
  case media(MediaReference)

  /// **Throws**: `invalid_input`, code `bad_header`; what the media throws.
  init(_ value: JSONValue, _ call: Call) throws(ActionError) {
    if let text = TemplateContent.text(of: value) {
      self = .text(text)
    } else if value.asObject != nil {
      self = .media(try MediaReference(value, call))
    } else {
      throw .invalidInput("bad_header", "header is \(value.typeName): write a text or media")
    }
  }

  func inspected(_ inspection: MediaInspection) throws(ActionError) -> MessageHeader {
    guard case .media(let media) = self else { return self }
    let seen = try inspection.inspected(media)
    guard try seen.requireKind() != .audio else {
      throw .invalidInput("bad_header", "a header is a text, an image, a video or a document")
    }
    return .media(seen)
  }

  /// `{type, …}`, the form of a header and of a header's parameter alike.
  func cloudForm() throws(ActionError) -> JSONValue {
    switch self {
    case .text(let text): return ["type": "text", "text": .text(text)]
    case .media(let media):
      let kind = try media.requireKind()
      return .object([
        "type": .text(kind.rawValue), kind.rawValue: try media.cloudForm(kind),
      ])
    }
  }
}
