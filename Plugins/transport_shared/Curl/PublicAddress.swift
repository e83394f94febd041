// SPDX-License-Identifier: Apache-2.0
// Which addresses belong to the public internet.
import Glibc

/// Judges the address that is really connected to, not the text of a URL.
///
/// **Source**: the IANA registries of special-purpose IPv4 and IPv6 addresses.
package enum PublicAddress {
  package static func isPublic(_ address: UnsafePointer<sockaddr>) -> Bool {
    let raw = UnsafeRawPointer(address)
    switch Int32(address.pointee.sa_family) {
    case AF_INET:
      return isPublic(v4: Array(UnsafeRawBufferPointer(start: raw + 4, count: 4)))
    case AF_INET6:
      return isPublic(v6: Array(UnsafeRawBufferPointer(start: raw + 8, count: 16)))
    default:
      return false
    }
  }

  package static func isPublic(text: String) -> Bool {
    var bytes = [UInt8](repeating: 0, count: 16)
    if inet_pton(AF_INET, text, &bytes) == 1 { return isPublic(v4: Array(bytes[..<4])) }
    if inet_pton(AF_INET6, text, &bytes) == 1 { return isPublic(v6: bytes) }
    return false
  }

  private static let closedV4: [(base: [UInt8], bits: Int)] = [
    ([0], 8), ([10], 8), ([100, 64], 10), ([127], 8), ([169, 254], 16), ([172, 16], 12),
    ([192, 0, 0], 24), ([192, 0, 2], 24), ([192, 88, 99], 24), ([192, 168], 16),
    ([198, 18], 15), ([198, 51, 100], 24), ([203, 0, 113], 24), ([224], 4), ([240], 4),
  ]

  /// Prefixes that are never public; those with an IPv4 address inside are closed altogether.
  private static let closedV6: [(base: [UInt8], bits: Int)] = [
    ([0, 0, 0, 0, 0, 0, 0, 0], 64), ([0x00, 0x64, 0xFF, 0x9B], 32), ([0x01, 0x00], 16),
    ([0x20, 0x01, 0x00], 23), ([0x20, 0x01, 0x0D, 0xB8], 32), ([0x20, 0x02], 16),
    ([0x3F, 0xFF, 0x00], 20), ([0x5F, 0x00], 16), ([0xFC], 7), ([0xFE, 0x80], 10),
    ([0xFE, 0xC0], 10), ([0xFF], 8),
  ]

  package static func isPublic(v4 address: [UInt8]) -> Bool {
    !closedV4.contains { covers($0.base, $0.bits, address) }
  }

  package static func isPublic(v6 address: [UInt8]) -> Bool {
    // ::ffff:a.b.c.d is the IPv4 address itself.
    let mapped: [UInt8] = Array(repeating: 0, count: 10) + [0xFF, 0xFF]
    if address.starts(with: mapped) { return isPublic(v4: Array(address[12...])) }
    return !closedV6.contains { covers($0.base, $0.bits, address) }
  }

  private static func covers(_ base: [UInt8], _ bits: Int, _ address: [UInt8]) -> Bool {
    for bit in 0..<bits {
      let (index, mask) = (bit / 8, UInt8(0x80) >> UInt8(bit % 8))
      let wanted = index < base.count ? base[index] & mask : 0
      if address[index] & mask != wanted { return false }
    }
    return true
  }
}
