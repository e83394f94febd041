// SPDX-License-Identifier: Apache-2.0
// The ids WhatsApp Web uses.
import JackfieldPlugin

/// Reads the ids of people and groups as the bridges write them.
enum GatewayAddress {
  /// The digits of `49…@c.us`, `49…:12@s.whatsapp.net` or `49…`; an id of another sort, as `…@lid`,
  /// as it is.
  static func number(_ id: String) -> String {
    let parts = id.split(separator: "@", maxSplits: 1)
    guard let user = parts.first, parts.count == 1 || isOfPhone(parts[1]) else { return id }
    return String(user.prefix { $0 != ":" })
  }

  /// An id that a bridge gives as text, or as `{_serialized}`.
  static func text(_ value: JSONValue?) -> String? {
    let text = value?.asText ?? value?["_serialized"]?.asText ?? value?["id"]?.asText
    return text.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The first of these members that holds an id or text.
  static func text(_ value: JSONValue, _ names: String...) -> String? {
    for name in names {
      if let text = text(value[name]) { return text }
    }
    return nil
  }

  /// A segment of a URL's path: everything but letters, digits, `-`, `.`, `_` and `~` escaped.
  static func segment(_ text: String) -> String {
    var out = ""
    for byte in text.utf8 {
      switch byte {
      case 48...57, 65...90, 97...122, 45, 46, 95, 126:
        out.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let hex = String(byte, radix: 16, uppercase: true)
        out += "%" + (hex.count < 2 ? "0" : "") + hex
      }
    }
    return out
  }

  /// The elements of a list, or the values of an object keyed by id.
  static func elements(_ value: JSONValue?) -> [JSONValue] {
    value?.asList ?? value?.asObject?.values ?? []
  }

  private static func isOfPhone(_ server: Substring) -> Bool {
    server == "c.us" || server == "s.whatsapp.net"
  }
}
