// SPDX-License-Identifier: Apache-2.0
// Percent-encoding.

/// Percent-encoding of everything but the unreserved characters.
///
/// **Source**: RFC 3986, section 2.
package enum Percent {
  package static func encode(
    _ bytes: some Sequence<UInt8>, alsoPlain: String = ""
  ) -> [UInt8] {
    let digits = Array("0123456789ABCDEF".utf8)
    let plain = Array(alsoPlain.utf8)
    var result: [UInt8] = []
    for byte in bytes {
      if isUnreserved(byte) || plain.contains(byte) {
        result.append(byte)
      } else {
        result += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return result
  }

  package static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
    default: false
    }
  }
}
