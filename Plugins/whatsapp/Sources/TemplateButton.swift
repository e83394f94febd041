// SPDX-License-Identifier: Apache-2.0
// The buttons of a template that take a value.
import JackfieldBase
import JackfieldPlugin

/// What fills in one button: the end of its URL, or what a quick reply brings back.
struct TemplateButton {
  private let index: Int
  private let isReply: Bool
  private let text: String

  /// Reads a text, the end of the URL of the button at this place, or `{kind, value, index?}`.
  ///
  /// **Throws**: `invalid_input`, code `bad_button`.
  init(_ value: JSONValue, _ place: Int, _ stamp: ReplyStamp?) throws(ActionError) {
    guard let written = TemplateContent.text(of: value["value"] ?? value), !written.isEmpty else {
      throw .invalidInput("bad_button", "button \(place + 1) of the template has no value")
    }
    let kind = value["kind"]?.asText ?? "url"
    guard kind == "url" || kind == "quick_reply" else {
      throw .invalidInput(
        "bad_button", "button \(place + 1) is of kind \(kind): write url or quick_reply")
    }
    index = value["index"]?.asInteger.map { Int(clamping: $0) } ?? place
    guard (0...9).contains(index) else {
      throw .invalidInput("bad_button", "button \(place + 1): index is 0 to 9, not \(index)")
    }
    isReply = kind == "quick_reply"
    if isReply {
      text = try stamp.stamped(written, of: 128, "the value of button \(place + 1)")
    } else {
      text = try TemplateContent.cleaned(written, "button \(place + 1)")
    }
  }

  var cloudForm: JSONValue {
    [
      "type": "button", "sub_type": isReply ? "quick_reply" : "url", "index": .text("\(index)"),
      "parameters": [
        isReply
          ? ["type": "payload", "payload": .text(text)] : ["type": "text", "text": .text(text)]
      ],
    ]
  }
}

extension ReplyStamp? {
  /// An id with the stamp before it.
  ///
  /// **Throws**: `invalid_input`, code `bad_button`, when both together are over the limit.
  func stamped(_ id: String, of limit: Int, _ place: String) throws(ActionError) -> String {
    let room = self?.room(of: limit) ?? limit
    guard !id.isEmpty, id.unicodeScalars.count <= room else {
      throw .invalidInput(
        "bad_button",
        "\(place) has \(id.unicodeScalars.count) characters: 1 to \(room), the rest of WhatsApp's "
          + "\(limit) says which run and action sent it")
    }
    return self?.written(id) ?? id
  }
}
