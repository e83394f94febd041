// SPDX-License-Identifier: Apache-2.0
// Percent-encoding.

/// Percent-encoding of RFC 3986 and of HTML forms.
enum PercentCoding {
  /// A text as a part of a query string: everything but the unreserved characters is encoded.
  static func query(_ text: String) -> String { encoded(text, space: nil) }

  /// A text as `application/x-www-form-urlencoded`: the same, with `+` for a space.
  static func form(_ text: String) -> String { encoded(text, space: UInt8(ascii: "+")) }

  static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, 65...90, 97...122: true
    default: "-._~".utf8.contains(byte)
    }
  }

  /// Adds one byte as `%XX`.
  static func append(_ byte: UInt8, to out: inout [UInt8]) {
    let digits = Array("0123456789ABCDEF".utf8)
    out += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
  }

  private static func encoded(_ text: String, space: UInt8?) -> String {
    var out: [UInt8] = []
    for byte in text.utf8 {
      if isUnreserved(byte) {
        out.append(byte)
      } else if byte == UInt8(ascii: " "), let space {
        out.append(space)
      } else {
        append(byte, to: &out)
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}
