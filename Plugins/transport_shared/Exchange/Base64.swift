// SPDX-License-Identifier: Apache-2.0
// Base64.

/// Base64 with the standard alphabet.
///
/// **Source**: RFC 4648, section 4.
package enum Base64 {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  package static func encode(_ bytes: [UInt8], padded: Bool = true) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity((bytes.count + 2) / 3 * 4)
    bytes.withUnsafeBytes { append($0, to: &result, padded: padded) }
    return result
  }

  /// Appends the encoding of `bytes`, so that a long text needs no second copy.
  package static func append(
    _ bytes: UnsafeRawBufferPointer, to result: inout [UInt8], padded: Bool = true
  ) {
    alphabet.withUnsafeBufferPointer { letters in
      var index = 0
      while index + 2 < bytes.count {
        let group =
          UInt32(bytes[index]) << 16 | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2])
        for shift: UInt32 in [18, 12, 6, 0] { result.append(letters[Int(group >> shift & 63)]) }
        index += 3
      }
      let left = bytes.count - index
      guard left > 0 else { return }
      let second: UInt32 = left == 2 ? UInt32(bytes[index + 1]) << 8 : 0
      let group = UInt32(bytes[index]) << 16 | second
      result.append(letters[Int(group >> 18 & 63)])
      result.append(letters[Int(group >> 12 & 63)])
      if left == 2 { result.append(letters[Int(group >> 6 & 63)]) }
      if padded { result.append(contentsOf: left == 2 ? [0x3D] : [0x3D, 0x3D]) }
    }
  }
}
