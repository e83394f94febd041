// SPDX-License-Identifier: Apache-2.0
// The parts of a multipart body.
import JackfieldPlugin

/// Names to values, files or lists of them, as the parts of `multipart/form-data`.
enum FormParts {
  static let most = 100

  /// **Throws**: `invalid_input`, code `bad_body`.
  static func read(_ body: JSONValue?) throws(ActionError) -> [HTTPPart] {
    guard let object = body?.asObject, !object.isEmpty else {
      throw .invalidInput(
        "bad_body", "body must be an object of names and values or blobs for body_kind multipart")
    }
    var parts: [HTTPPart] = []
    for (name, value) in object {
      guard !name.isEmpty else {
        throw .invalidInput("bad_body", "body has a part without a name: name it")
      }
      for element in value.asList ?? [value] { parts.append(try part(name, element)) }
    }
    guard (1...most).contains(parts.count) else {
      throw .invalidInput(
        "bad_body", "body has \(parts.count) parts, a form has 1 to \(most): send several")
    }
    return parts
  }

  private static func part(_ name: String, _ value: JSONValue) throws(ActionError) -> HTTPPart {
    if let blob = Blob(value) {
      return .blob(name: name, blob, fileName: value["name"]?.asText, type: blob.type)
    }
    guard let text = FormFields.scalar(value) else {
      throw .invalidInput(
        "bad_body", "body.\(name) is a \(value.typeName): a part is a value, or a blob as "
          + "{{saved.body}}")
    }
    return .value(name: name, text)
  }
}
