// SPDX-License-Identifier: Apache-2.0
// Questions about bytes that claim to be text.

/// What a run of bytes is, as text.
package enum UTF8Check {
  /// Whether every byte is printable ASCII that JSON writes as itself: neither a control
  /// character nor a quote nor a backslash.
  package static func isPlainASCII(_ bytes: UnsafeRawBufferPointer) -> Bool {
    for byte in bytes where byte < 0x20 || byte >= 0x7F || byte == 0x22 || byte == 0x5C {
      return false
    }
    return true
  }

  /// Whether the bytes are well-formed UTF-8: no overlong form, no surrogate.
  ///
  /// **Source**: Unicode, table 3-7.
  package static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var index = 0
    while index < bytes.count {
      let lead = bytes[index]
      index += 1
      if lead < 0x80 { continue }
      let (more, low, high): (Int, UInt8, UInt8)
      switch lead {
      case 0xC2...0xDF: (more, low, high) = (1, 0x80, 0xBF)
      case 0xE0: (more, low, high) = (2, 0xA0, 0xBF)
      case 0xED: (more, low, high) = (2, 0x80, 0x9F)
      case 0xE1...0xEF: (more, low, high) = (2, 0x80, 0xBF)
      case 0xF0: (more, low, high) = (3, 0x90, 0xBF)
      case 0xF1...0xF3: (more, low, high) = (3, 0x80, 0xBF)
      case 0xF4: (more, low, high) = (3, 0x80, 0x8F)
      default: return false
      }
      guard index + more <= bytes.count, bytes[index] >= low, bytes[index] <= high else {
        return false
      }
      for offset in 1..<max(more, 1) where bytes[index + offset] & 0xC0 != 0x80 { return false }
      index += more
    }
    return true
  }

  /// Whether a text holds a control character (C0, DEL or C1): such a text is refused wherever
  /// it would become part of a protocol's line.
  package static func hasControl(_ text: String) -> Bool {
    text.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }
  }

  /// Whether bytes hold a C0 control character or DEL.
  package static func hasControl(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.contains { $0 < 0x20 || $0 == 0x7F }
  }

  /// A text of a peer made fit for a message: control characters become spaces, bytes that are no
  /// UTF-8 become U+FFFD, and it is cut at `limit` bytes.
  package static func printable(_ bytes: some Sequence<UInt8>, limit: Int) -> String {
    let kept = bytes.prefix(limit).map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 }
    let text = String(decoding: kept, as: UTF8.self)
    return String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }

  /// Whether every character is a token character, as in header names and methods.
  ///
  /// **Source**: RFC 9110, section 5.6.2.
  package static func isToken(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy(isTokenByte)
  }

  package static func isToken(_ text: UnsafePointer<CChar>) -> Bool {
    var count = 0
    while text[count] != 0 {
      guard isTokenByte(UInt8(bitPattern: text[count])) else { return false }
      count += 1
    }
    return count > 0
  }

  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E...0x60, 0x7C, 0x7E: true
    default: false
    }
  }
}
