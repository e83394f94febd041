// SPDX-License-Identifier: Apache-2.0
// Names and values of a query string or a form.
import JackfieldPlugin

/// The fields of a `query` or `form` body: names to values or lists of values.
struct FormFields {
  let pairs: [(name: String, value: String)]

  /// **Throws**: `invalid_input`, code `bad_body`, when a value is an object or a list of lists.
  init(_ body: JSONValue?, kind: BodyKind) throws(ActionError) {
    guard let object = body?.asObject else {
      throw .invalidInput(
        "bad_body", "body must be an object of names and values for body_kind \(kind.rawValue)")
    }
    var pairs: [(name: String, value: String)] = []
    for (name, value) in object {
      for element in value.asList ?? [value] {
        guard let text = Self.scalar(element) else {
          throw .invalidInput(
            "bad_body", "body.\(name) is a \(element.typeName): a form takes values and lists")
        }
        pairs.append((name, text))
      }
    }
    self.pairs = pairs
  }

  var query: String { join(PercentCoding.query) }
  var form: String { join(PercentCoding.form) }

  private func join(_ encode: (String) -> String) -> String {
    pairs.map { "\(encode($0.name))=\(encode($0.value))" }.joined(separator: "&")
  }

  /// A value as text; nil for lists and objects.
  static func scalar(_ value: JSONValue) -> String? {
    switch value {
    case .null: ""
    case .boolean(let truth): truth ? "true" : "false"
    case .integer(let integer): String(integer)
    case .number(let number): number.text
    case .text(let text): text
    case .list, .object: nil
    }
  }
}
