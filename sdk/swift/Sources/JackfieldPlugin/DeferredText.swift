// SPDX-License-Identifier: Apache-2.0
// Parameters that are rendered for each recipient.
import Values

/// The second half of a deferred parameter (`x-deferred`): the host has put everything in but what
/// begins with `recipient`, which the action puts in for each person it sends to.
///
/// What the host put in is data: braces in it stay braces. Of the formatters those are here that
/// texts to people need: `default`, `upper`, `lower`, `trim`.
public struct DeferredText: Sendable {
  private let recipient: JSONValue

  /// - Parameter recipient: what `{{recipient.…}}` reads.
  public init(recipient: JSONValue) { self.recipient = recipient }

  /// A value with every text in it rendered; what is missing is empty.
  ///
  /// **Throws**: `invalid_input`, code `bad_recipient_text`.
  public func rendered(_ value: JSONValue) throws(ActionError) -> JSONValue {
    switch value {
    case .text(let text): return try rendered(text)
    case .list(let elements):
      var list: [JSONValue] = []
      for element in elements { list.append(try rendered(element)) }
      return .list(list)
    case .object(let members):
      var object = JSONObject()
      for (name, member) in members { object[name] = try rendered(member) }
      return .object(object)
    default: return value
    }
  }

  private func rendered(_ text: String) throws(ActionError) -> JSONValue {
    do throws(TemplateError) {
      return .text(try render(try Template(parsing: text)))
    } catch {
      throw .invalidInput(
        "bad_recipient_text", "what is put in for each recipient: \(error.description)")
    }
  }

  private func render(_ template: Template) throws(TemplateError) -> String {
    let value = try template.render(root: { $0 == "recipient" ? recipient : nil }) {
      (name, value, arguments) throws(TemplateError) in
      try Self.format(name, value, arguments)
    }.value
    return value?.inlineText ?? ""
  }

  private static func trimmed(_ text: String) -> String {
    var rest = text.drop(while: \.isWhitespace)
    while rest.last?.isWhitespace == true { rest.removeLast() }
    return String(rest)
  }

  private static func format(
    _ name: String, _ value: JSONValue?, _ arguments: [JSONValue]
  ) throws(TemplateError) -> JSONValue? {
    switch name {
    case "default": return value.flatMap { $0.isEmpty ? nil : $0 } ?? arguments.first
    case "upper": return value.map { .text($0.inlineText.uppercased()) }
    case "lower": return value.map { .text($0.inlineText.lowercased()) }
    case "trim": return value.map { .text(trimmed($0.inlineText)) }
    default:
      throw TemplateError(
        code: "unknown_formatter",
        reason: "\"\(name)\" is not there for a recipient: use default, upper, lower or trim",
        offset: 0)
    }
  }
}
