// SPDX-License-Identifier: Apache-2.0
// An approved template, filled in.
import JackfieldBase
import JackfieldPlugin

/// A template with what goes into its placeholders.
struct TemplateContent {
  let name: String
  let language: String
  /// The body's values; named where the template's placeholders have names.
  private(set) var values: [(name: String?, text: String)] = []
  var header: MessageHeader?
  private var buttons: [TemplateButton] = []

  /// Reads `{name, language, values, header?, buttons?}`; `values` is a list, or an object for
  /// placeholders with names.
  ///
  /// **Throws**: `invalid_input`, codes `bad_template_name`, `bad_template_value`, `bad_header`,
  /// `bad_button`; what a header throws.
  init(_ value: JSONValue, _ call: Call) throws(ActionError) {
    try Self.checkMembers(of: value)
    name = value["name"]?.asText?.trimmed ?? ""
    language = value["language"]?.asText?.trimmed ?? ""
    guard (1...512).contains(name.utf8.count), name.utf8.allSatisfy(Self.isOfName) else {
      throw .invalidInput(
        "bad_template_name",
        "template \"\(name)\": a name has lower-case letters, digits and underscores")
    }
    guard Self.isLanguage(language) else {
      throw .invalidInput(
        "bad_template_name", "template \(name): language \"\(language)\" is not like en or en_US")
    }
    if let named = value["values"]?.asObject {
      for (name, value) in named { try add(value, name: name) }
    } else {
      for value in value["values"]?.asList ?? [] { try add(value, name: nil) }
    }
    if let given = value["header"], !given.isEmpty {
      let header = try MessageHeader(given, call)
      self.header =
        if case .text(let text) = header { .text(try Self.cleaned(text, "header")) } else { header }
    }
    let stamp = ReplyStamp(call)
    for (index, button) in (value["buttons"]?.asList ?? []).enumerated() where !button.isNull {
      buttons.append(try TemplateButton(button, index, stamp))
    }
  }

  /// A broadcast's template holds attributes of its recipients, which no schema has looked at.
  private static func checkMembers(of value: JSONValue) throws(ActionError) {
    let types: [String: [String]] = [
      "name": ["text"], "language": ["text"], "values": ["list", "object"],
      "header": ["text", "object"], "buttons": ["list"],
    ]
    for (name, member) in value.asObject ?? [:] {
      guard let wanted = types[name] else {
        throw .invalidInput(
          "bad_template_value",
          "template has no \"\(name)\": known are \(types.keys.sorted().joined(separator: ", "))")
      }
      guard wanted.contains(member.typeName) else {
        throw .invalidInput(
          "bad_template_value",
          "template.\(name) is a \(member.typeName): write a \(wanted.joined(separator: " or "))")
      }
    }
  }

  /// Refuses another number of values than the template is known to have.
  ///
  /// **Throws**: `invalid_input`, code `template_values`.
  func check(_ channel: Channel, _ call: Call) throws(ActionError) {
    let condition = RecordCondition.all([
      .field("channel", equals: channel.id), .field("name", equals: name),
      .field("language", equals: language),
    ])
    let page = try call.records.query(RecordQuery(condition, limit: 1), in: "wa_template")
    guard let wanted = page.records.first?["placeholders"]?.asInteger, wanted != values.count
    else { return }
    throw .invalidInput(
      "template_values",
      "template \(name) (\(language)) has \(wanted) placeholders, and \(values.count) values came")
  }

  /// `{name, language, components?}`; without anything to fill in there are no components.
  func cloudForm() throws(ActionError) -> JSONValue {
    var components: [JSONValue] = []
    if let header {
      components.append(["type": "header", "parameters": [try header.cloudForm()]])
    }
    if !values.isEmpty {
      let parameters = values.map { value -> JSONValue in
        var parameter: JSONObject = ["type": "text", "text": .text(value.text)]
        if let name = value.name { parameter["parameter_name"] = .text(name) }
        return .object(parameter)
      }
      components.append(["type": "body", "parameters": .list(parameters)])
    }
    components += buttons.map(\.cloudForm)
    var form: JSONObject = ["name": .text(name), "language": ["code": .text(language)]]
    if !components.isEmpty { form["components"] = .list(components) }
    return .object(form)
  }

  var summary: String {
    "[template \(name) \(language)]" + values.map { "\n" + $0.text }.joined()
  }

  private mutating func add(_ value: JSONValue, name: String?) throws(ActionError) {
    let place = "value \(name ?? String(values.count + 1))"
    guard let text = Self.text(of: value) else {
      throw .invalidInput(
        "bad_template_value", "template \(self.name), \(place) is \(value.typeName): write a text")
    }
    values.append((name, try Self.cleaned(text, place)))
  }

  /// A text or number as the text that is sent.
  static func text(of value: JSONValue) -> String? {
    switch value {
    case .text(let text): text
    case .integer, .number, .boolean: value.json
    default: nil
    }
  }

  /// Line breaks, tabs and runs of more than four spaces become one space: Meta refuses them.
  ///
  /// **Throws**: `invalid_input`, code `bad_template_value`, when nothing is left.
  static func cleaned(_ text: String, _ place: String) throws(ActionError) -> String {
    var cleaned = String.UnicodeScalarView()
    var blank = String.UnicodeScalarView()
    func isBreak(_ scalar: Unicode.Scalar) -> Bool {
      switch scalar {
      case "\n", "\r", "\t", "\u{B}", "\u{C}", "\u{85}", "\u{2028}", "\u{2029}": true
      default: false
      }
    }
    func close() {
      let isOne = blank.count > 4 || blank.contains(where: isBreak)
      cleaned.append(contentsOf: isOne ? " ".unicodeScalars : blank)
      blank = String.UnicodeScalarView()
    }
    for scalar in text.unicodeScalars {
      if scalar == " " || isBreak(scalar) {
        blank.append(scalar)
      } else {
        if !blank.isEmpty { close() }
        cleaned.append(scalar)
      }
    }
    if !blank.isEmpty { close() }
    let result = String(cleaned)
    guard !result.trimmed.isEmpty else {
      throw .invalidInput("bad_template_value", "\(place) of the template is empty")
    }
    return result
  }

  private static func isOfName(_ byte: UInt8) -> Bool {
    (97...122).contains(byte) || (48...57).contains(byte) || byte == UInt8(ascii: "_")
  }

  private static func isLanguage(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: UInt8(ascii: "_"), omittingEmptySubsequences: false)
    guard let first = parts.first, (2...3).contains(first.count),
      first.allSatisfy({ (97...122).contains($0) })
    else { return false }
    guard parts.count <= 2 else { return false }
    return parts.dropFirst().allSatisfy {
      (2...3).contains($0.count) && $0.allSatisfy { (65...90).contains($0) }
    }
  }
}

extension ReplyStamp {
  /// The stamp of a call; nil where its run or action has no name to give.
  init?(_ call: Call) {
    let context = call.context
    func text(_ value: JSONValue?) -> String {
      value?.asText ?? value?.asInteger.map(String.init) ?? ""
    }
    self.init(run: text(context["run"]), action: text(context["action"]))
  }
}
