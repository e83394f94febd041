// SPDX-License-Identifier: Apache-2.0
// The headers of a request.
import JackfieldPlugin

/// Headers as parameters write them: names to a text or a list of texts.
enum RequestHeaders {
  /// The headers in order.
  ///
  /// **Throws**: `invalid_input`: code `bad_header` for a name that is no token or a value that is
  /// no text, `forbidden_header` for those the host writes, `control_character`.
  static func read(_ object: JSONObject?) throws(ActionError) -> [HTTPHeader] {
    var headers: [HTTPHeader] = []
    for (name, value) in object ?? JSONObject() {
      guard isToken(name) else {
        throw .invalidInput("bad_header", "header name is no HTTP token: \(shown(name))")
      }
      guard !forbidden.contains(name.lowercased()) else {
        throw .invalidInput(
          "forbidden_header", "header \(name) is written by the host: leave it out")
      }
      for value in value.asList ?? [value] where !value.isNull {
        headers.append(HTTPHeader(name, try text(value, name)))
      }
    }
    return headers
  }

  private static func text(_ value: JSONValue, _ name: String) throws(ActionError) -> String {
    guard let text = FormFields.scalar(value) else {
      throw .invalidInput("bad_header", "header \(name) is a \(value.typeName): write a text")
    }
    guard !text.unicodeScalars.contains(where: { $0.value < 32 && $0 != "\t" || $0.value == 127 })
    else {
      throw .invalidInput("control_character", "header \(name) has a control character in it")
    }
    return text
  }

  /// RFC 9110 §5.6.2.
  static func isToken(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { byte in
      switch byte {
      case 48...57, 65...90, 97...122: true
      default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
      }
    }
  }

  private static func shown(_ name: String) -> String {
    name.isEmpty ? "(empty)" : String(name.unicodeScalars.prefix(40).filter { $0.value >= 32 })
  }

  private static let forbidden: Set<String> = [
    "host", "content-length", "transfer-encoding", "connection",
  ]
}
