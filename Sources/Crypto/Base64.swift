// SPDX-License-Identifier: Apache-2.0
// Bytes as base 64 text.

/// Base 64 with padding. **Source** RFC 4648 section 4
package enum Base64 {
  package static func encode(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    var at = 0
    while at < bytes.count {
      let rest = min(3, bytes.count - at)
      var group = UInt32(bytes[at]) << 16
      if rest > 1 { group |= UInt32(bytes[at + 1]) << 8 }
      if rest > 2 { group |= UInt32(bytes[at + 2]) }
      for digit in 0..<4 {
        let value = Int(group >> (18 - 6 * UInt32(digit)) & 63)
        text.append(digit <= rest ? alphabet[value] : padding)
      }
      at += 3
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// nil unless it is the one canonical text of some bytes: padded, without white space, and with
  /// no bit set beyond them.
  package static func decode(_ text: some StringProtocol) -> [UInt8]? {
    let characters = Array(text.utf8)
    guard characters.count % 4 == 0 else { return nil }
    let pads = characters.reversed().prefix(2).prefix { $0 == padding }.count
    var bytes: [UInt8] = []
    bytes.reserveCapacity(characters.count / 4 * 3)
    var group: UInt32 = 0
    for (index, character) in characters.enumerated() {
      let isPad = index >= characters.count - pads
      guard let value = isPad ? 0 : value(character) else { return nil }
      group = group << 6 | value
      guard index % 4 == 3 else { continue }
      bytes.append(UInt8(truncatingIfNeeded: group >> 16))
      bytes.append(UInt8(truncatingIfNeeded: group >> 8))
      bytes.append(UInt8(truncatingIfNeeded: group))
      group = 0
    }
    let extra = bytes.suffix(pads)
    guard extra.allSatisfy({ $0 == 0 }) else { return nil }
    bytes.removeLast(pads)
    return bytes
  }

  private static let padding = UInt8(ascii: "=")
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  private static func value(_ character: UInt8) -> UInt32? {
    switch character {
    case 0x41...0x5A: UInt32(character - 0x41)
    case 0x61...0x7A: UInt32(character - 0x61) + 26
    case 0x30...0x39: UInt32(character - 0x30) + 52
    case 0x2B: 62
    case 0x2F: 63
    default: nil
    }
  }
}
