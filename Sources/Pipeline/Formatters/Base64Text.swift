// SPDX-License-Identifier: Apache-2.0
// Base64 for formatters; the host's own is beside the cryptography, which is above this module.

/// Base64 to and from bytes.
///
/// **Source** RFC 4648 §4 and §5.
enum Base64Text {
  private static let letters = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  static func encode(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    var at = 0
    while at < bytes.count {
      let rest = bytes.count - at
      var group = UInt32(bytes[at]) << 16
      if rest > 1 { group |= UInt32(bytes[at + 1]) << 8 }
      if rest > 2 { group |= UInt32(bytes[at + 2]) }
      text.append(letters[Int(group >> 18)])
      text.append(letters[Int(group >> 12 & 63)])
      text.append(rest > 1 ? letters[Int(group >> 6 & 63)] : UInt8(ascii: "="))
      text.append(rest > 2 ? letters[Int(group & 63)] : UInt8(ascii: "="))
      at += 3
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Either alphabet, with its padding or without; nil for anything else, and for bits that no
  /// encoder leaves.
  static func decode(_ text: String) -> [UInt8]? {
    var letters = Array(text.utf8)[...]
    var padding = 0
    while letters.last == UInt8(ascii: "="), padding < 2 {
      letters.removeLast()
      padding += 1
    }
    guard letters.count % 4 != 1, padding == 0 || (letters.count + padding) % 4 == 0 else {
      return nil
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(letters.count / 4 * 3 + 2)
    var (group, bits): (UInt32, Int) = (0, 0)
    for letter in letters {
      guard let value = value(of: letter) else { return nil }
      group = group << 6 | value
      bits += 6
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(group >> bits & 0xFF))
        group &= (1 << bits) - 1
      }
    }
    return group == 0 ? bytes : nil
  }

  private static func value(of letter: UInt8) -> UInt32? {
    switch letter {
    case 65...90: UInt32(letter - 65)
    case 97...122: UInt32(letter - 71)
    case 48...57: UInt32(letter + 4)
    case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
    case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
    default: nil
    }
  }
}
