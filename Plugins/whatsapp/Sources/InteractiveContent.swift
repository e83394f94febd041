// SPDX-License-Identifier: Apache-2.0
// Buttons and lists.
import JackfieldBase
import JackfieldPlugin

/// A message with one to three buttons, or with a list of up to ten rows.
///
/// **Source**: WhatsApp Cloud API v23.0, interactive messages: the limits.
struct InteractiveContent {
  /// What can be tapped.
  private enum Choice {
    case buttons([(id: String, title: String)])
    case list(button: String, sections: [Section])
  }

  private struct Section {
    var title: String
    var rows: [(id: String, title: String, description: String?)]
  }

  private let body: String
  private let footer: String?
  var header: MessageHeader?
  private let choice: Choice

  /// Reads `{kind: buttons, body, buttons, header?, footer?}` or `{kind: list, body, button,
  /// sections, header?, footer?}`.
  ///
  /// **Throws**: `invalid_input`, codes `bad_interactive`, `bad_button`, `bad_header`.
  init(_ value: JSONValue, _ call: Call) throws(ActionError) {
    let stamp = ReplyStamp(call)
    body = try Self.text(value["body"], "body", 1_024)
    footer = try value["footer"].flatMap { $0.isEmpty ? nil : $0 }
      .map { value throws(ActionError) in try Self.text(value, "footer", 60) }
    if let given = value["header"], !given.isEmpty {
      let read = try MessageHeader(given, call)
      if case .text(let text) = read { _ = try Self.text(.text(text), "header", 60) }
      header = read
    }
    switch value["kind"]?.asText {
    case "buttons":
      choice = .buttons(try Self.buttons(value["buttons"]?.asList ?? [], stamp))
    case "list":
      if case .media = header {
        throw .invalidInput("bad_header", "the header of a list is a text")
      }
      choice = .list(
        button: try Self.text(value["button"], "button", 20),
        sections: try Self.sections(value["sections"]?.asList ?? [], stamp))
    default:
      throw .invalidInput("bad_interactive", "interactive needs kind: buttons or list")
    }
  }

  func cloudForm() throws(ActionError) -> JSONValue {
    var form = JSONObject()
    form["body"] = ["text": .text(body)]
    if let header { form["header"] = try header.cloudForm() }
    if let footer { form["footer"] = ["text": .text(footer)] }
    switch choice {
    case .buttons(let buttons):
      form["type"] = "button"
      form["action"] = [
        "buttons": .list(
          buttons.map {
            ["type": "reply", "reply": ["id": .text($0.id), "title": .text($0.title)]]
          })
      ]
    case .list(let button, let sections):
      form["type"] = "list"
      form["action"] = [
        "button": .text(button), "sections": .list(sections.map(Self.cloudForm)),
      ]
    }
    return .object(form)
  }

  var summary: String {
    let titles =
      switch choice {
      case .buttons(let buttons): buttons.map(\.title)
      case .list(_, let sections): sections.flatMap(\.rows).map(\.title)
      }
    return body + titles.map { "\n[\($0)]" }.joined()
  }

  private static func cloudForm(_ section: Section) -> JSONValue {
    let rows = section.rows.map { row -> JSONValue in
      var form: JSONObject = ["id": .text(row.id), "title": .text(row.title)]
      if let description = row.description { form["description"] = .text(description) }
      return .object(form)
    }
    return ["title": .text(section.title), "rows": .list(rows)]
  }

  private static func buttons(
    _ given: [JSONValue], _ stamp: ReplyStamp?
  ) throws(ActionError) -> [(id: String, title: String)] {
    guard (1...3).contains(given.count) else {
      throw .invalidInput(
        "bad_interactive", "interactive has \(given.count) buttons: 1 to 3, else use a list")
    }
    var buttons: [(id: String, title: String)] = []
    for (index, button) in given.enumerated() {
      let place = "button \(index + 1)"
      let id = try stamp.stamped(Self.id(button), of: 256, "the id of \(place)")
      buttons.append((id, try text(button["title"], "the title of \(place)", 20)))
    }
    try requireDistinct(buttons.map(\.id))
    return buttons
  }

  private static func sections(
    _ given: [JSONValue], _ stamp: ReplyStamp?
  ) throws(ActionError) -> [Section] {
    let count = given.reduce(0) { $0 + ($1["rows"]?.asList?.count ?? 0) }
    guard (1...10).contains(given.count), (1...10).contains(count) else {
      throw .invalidInput(
        "bad_interactive",
        "the list has \(given.count) sections with \(count) rows: 1 to 10 rows in all")
    }
    var sections: [Section] = []
    for (index, value) in given.enumerated() {
      let place = "section \(index + 1)"
      var section = Section(title: try text(value["title"], "the title of \(place)", 24), rows: [])
      for (number, row) in (value["rows"]?.asList ?? []).enumerated() {
        let place = "row \(number + 1) of \(place)"
        let description = row["description"].flatMap { $0.isEmpty ? nil : $0 }
        section.rows.append(
          (
            id: try stamp.stamped(id(row), of: 200, "the id of \(place)"),
            title: try text(row["title"], "the title of \(place)", 24),
            description: try description.map { value throws(ActionError) in
              try text(value, "the description of \(place)", 72)
            }
          ))
      }
      guard !section.rows.isEmpty else {
        throw .invalidInput("bad_interactive", "\(place) has no rows")
      }
      sections.append(section)
    }
    try requireDistinct(sections.flatMap(\.rows).map(\.id))
    return sections
  }

  private static func id(_ value: JSONValue) -> String {
    value["id"].flatMap { TemplateContent.text(of: $0) } ?? ""
  }

  private static func text(
    _ value: JSONValue?, _ place: String, _ limit: Int
  ) throws(ActionError) -> String {
    let text = value.flatMap { TemplateContent.text(of: $0) } ?? ""
    let count = text.unicodeScalars.count
    guard !text.trimmed.isEmpty, count <= limit else {
      throw .invalidInput(
        "bad_interactive", "\(place) of interactive has \(count) characters: 1 to \(limit)")
    }
    return text
  }

  private static func requireDistinct(_ ids: [String]) throws(ActionError) {
    guard Set(ids).count == ids.count else {
      throw .invalidInput(
        "bad_interactive", "two of the ids are the same: a reply could not be told from another")
    }
  }
}
