// SPDX-License-Identifier: Apache-2.0
// Query strings and forms.

import Values

/// `application/x-www-form-urlencoded`, as browsers write it.
///
/// **Source** https://url.spec.whatwg.org/#urlencoded-parsing
enum FormText {
  /// The fields as texts; a repeated name becomes a list. Bytes that are no UTF-8 are replaced, and
  /// a percent sign that begins nothing stands for itself.
  static func fields(_ text: String, what: String) throws(IngressError) -> JSONObject {
    var fields = JSONObject()
    var count = 0
    for pair in text.utf8.split(separator: UInt8(ascii: "&")) {
      count += 1
      guard count <= IngressLimits.formFields else {
        throw IngressError(
          code: "bad_form",
          message: "the \(what) has more than \(IngressLimits.formFields) fields: send JSON")
      }
      let name = pair.prefix { $0 != UInt8(ascii: "=") }
      fields.gather(decoded(name), .text(decoded(pair.dropFirst(name.count + 1))))
    }
    return fields
  }

  private static func decoded(_ text: Substring.UTF8View) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count)
    var rest = text[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "+"): bytes.append(0x20)
      case UInt8(ascii: "%"):
        let digits = rest.prefix(2).compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        if digits.count == 2 {
          bytes.append(UInt8(digits[0] << 4 | digits[1]))
          rest.removeFirst(2)
        } else {
          bytes.append(byte)
        }
      default: bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension JSONObject {
  /// Sets a field, or makes a list of it where it is there already.
  mutating func gather(_ name: String, _ value: JSONValue) {
    switch self[name] {
    case nil: self[name] = value
    case .list(var list):
      list.append(value)
      self[name] = .list(list)
    case .some(let first): self[name] = .list([first, value])
    }
  }
}
