// SPDX-License-Identifier: Apache-2.0
// What is sent: exactly one of the four contents.
import JackfieldBase
import JackfieldPlugin
import WhatsAppMedia

/// The content of a message, checked against WhatsApp's limits.
enum MessageContent {
  case text(String, previewsURL: Bool)
  case media(MediaReference, caption: String?)
  case template(TemplateContent)
  case interactive(InteractiveContent)

  /// **Throws**: `invalid_input`, codes `no_content`, `several_contents` and those of the content.
  init(_ p: SendMessage.Parameters, _ call: Call) throws(ActionError) {
    let text = p.text.flatMap { $0.isEmpty ? nil : $0 }
    let media = p.media.flatMap { $0.isEmpty ? nil : $0 }
    let template = p.template.flatMap { $0.isEmpty ? nil : $0 }
    let interactive = p.interactive.flatMap { $0.isEmpty ? nil : $0 }
    let alone = [template, interactive].compactMap { $0 }
    guard alone.isEmpty || alone.count == 1 && text == nil && media == nil else {
      throw .invalidInput(
        "several_contents", "a template or interactive message stands alone: leave the others out")
    }
    if let template {
      self = .template(try TemplateContent(template, call))
    } else if let interactive {
      self = .interactive(try InteractiveContent(interactive, call))
    } else if let media {
      self = .media(try MediaReference(media, call), caption: text)
    } else if let text {
      self = .text(text, previewsURL: p.preview_url ?? false)
    } else {
      throw .invalidInput("no_content", "text is empty, and so are template, media and interactive")
    }
  }

  /// Whether the 24-hour session decides about it: only templates may open one.
  var needsSession: Bool {
    if case .template = self { false } else { true }
  }

  /// The content once its links have been looked at.
  ///
  /// **Throws**: what looking at them throws; `invalid_input`, code `bad_caption`.
  func inspected(isCloud: Bool, _ call: Call) throws(ActionError) -> MessageContent {
    let inspection = MediaInspection(isCloud: isCloud, call)
    if case .media(let media, let caption) = self {
      let media = try inspection.inspected(media)
      try media.requireCaption(caption)
      return .media(media, caption: caption)
    }
    return try withHeader { (header) throws(ActionError) in try header.inspected(inspection) }
  }

  /// The content with its files uploaded, where they are the host's own.
  func uploaded(
    by upload: (MediaReference) throws(ActionError) -> MediaReference
  ) throws(ActionError) -> MessageContent {
    if case .media(let media, let caption) = self {
      return .media(try upload(media), caption: caption)
    }
    return try withHeader { (header) throws(ActionError) in
      if case .media(let media) = header { .media(try upload(media)) } else { header }
    }
  }

  private func withHeader(
    _ change: (MessageHeader) throws(ActionError) -> MessageHeader
  ) throws(ActionError) -> MessageContent {
    switch self {
    case .text, .media: return self
    case .template(var template):
      if let header = template.header { template.header = try change(header) }
      return .template(template)
    case .interactive(var message):
      if let header = message.header { message.header = try change(header) }
      return .interactive(message)
    }
  }

  /// As the Cloud API takes it: the type, and what stands under its name.
  func cloudForm() throws(ActionError) -> (type: String, value: JSONValue) {
    switch self {
    case .text(let text, let previewsURL):
      return ("text", ["preview_url": .boolean(previewsURL), "body": .text(text)])
    case .media(let media, let caption):
      let kind = try media.requireKind()
      return (kind.rawValue, try media.cloudForm(kind, caption: caption))
    case .template(let template): return ("template", try template.cloudForm())
    case .interactive(let message): return ("interactive", try message.cloudForm())
    }
  }

  /// What the message record says.
  var summary: String {
    switch self {
    case .text(let text, _): text
    case .media(let media, let caption):
      "[\(media.kind?.rawValue ?? "media")] \(media.shown)" + (caption.map { "\n\($0)" } ?? "")
    case .template(let template): template.summary
    case .interactive(let message): message.summary
    }
  }
}

extension MediaReference {
  /// `{link | id, caption?, filename?}`; only documents have a file name.
  func cloudForm(_ kind: MediaKind, caption: String? = nil) throws(ActionError) -> JSONValue {
    var form: JSONObject
    switch source {
    case .url(let url): form = ["link": .text(url)]
    case .id(let id): form = ["id": .text(id)]
    case .blob: throw .bug("not_uploaded", "a file of the host was sent before it was uploaded")
    }
    if let caption { form["caption"] = .text(caption) }
    if kind == .document, let filename { form["filename"] = .text(filename) }
    return .object(form)
  }
}
