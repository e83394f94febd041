// SPDX-License-Identifier: Apache-2.0
// Strings: runs of plain text by the word, UTF-8 checked, escapes resolved.

extension JSONParser {
  /// What stands between two quotes, and whether that is the text itself.
  struct Written {
    var bytes: UnsafeBufferPointer<UInt8>
    var isPlain: Bool
  }

  /// Reads a string; `at` is on its opening quote. With escapes, `unescaped` is the text.
  @inline(__always)
  mutating func string() throws(JSONError) -> Written {
    let first = at + 1
    at = UTF8Scan.skipPlain(first, end)
    if at < end, at[0] == 0x22 {
      defer { at += 1 }
      return Written(bytes: UnsafeBufferPointer(start: first, count: at - first), isPlain: true)
    }
    return try rareString(first)
  }

  /// The rest of a string that is not plain ASCII; `at` is on the first byte that is not.
  @inline(never)
  private mutating func rareString(_ first: UnsafePointer<UInt8>) throws(JSONError) -> Written {
    var isPlain = true
    var run = first
    while true {
      at = UTF8Scan.skipPlain(at, end)
      guard at < end else { throw unexpectedEnd("the closing quotation mark is missing") }
      switch at[0] {
      case 0x22:
        if !isPlain { unescaped.append(run, at - run) }
        let bytes = UnsafeBufferPointer(start: first, count: at - first)
        at += 1
        return Written(bytes: bytes, isPlain: isPlain)
      case 0x5C:
        if isPlain { unescaped.removeAll() }
        isPlain = false
        unescaped.append(run, at - run)
        try escape()
        run = at
      case ..<0x20:
        throw failure(
          "control_character", "\(shown()) in a string: write it as an escape such as \\n")
      default:
        let length = UTF8Scan.sequenceLength(at, end - at)
        if length == 0 {
          throw failure("invalid_utf8", "byte 0x\(JSONError.hex(UInt32(at[0]), 2)) is not UTF-8")
        }
        at += length
      }
    }
  }

  /// Resolves the escape whose backslash is at `at`.
  private mutating func escape() throws(JSONError) {
    guard end - at >= 2 else {
      at = end
      throw unexpectedEnd("the string and its escape are not finished")
    }
    let letter = at[1]
    switch letter {
    case 0x22, 0x5C, 0x2F: unescaped.append(letter)
    case 0x62: unescaped.append(0x08)
    case 0x66: unescaped.append(0x0C)
    case 0x6E: unescaped.append(0x0A)
    case 0x72: unescaped.append(0x0D)
    case 0x74: unescaped.append(0x09)
    case 0x75:
      try scalarEscape()
      return
    default:
      at += 1
      throw failure("invalid_escape", "\(shown()) after a backslash is no escape")
    }
    at += 2
  }

  private mutating func scalarEscape() throws(JSONError) {
    let backslash = at
    var value = try fourDigits()
    if value >= 0xDC00, value <= 0xDFFF { throw lone(backslash, value) }
    if value >= 0xD800, value <= 0xDBFF {
      guard end - at >= 2, at[0] == 0x5C, at[1] == 0x75 else { throw lone(backslash, value) }
      let high = value
      let low = try fourDigits()
      guard low >= 0xDC00, low <= 0xDFFF else { throw lone(backslash, high) }
      value = 0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)
    }
    // Surrogates are dealt with above, and two of them reach U+10FFFF at most: never the stand-in.
    for byte in UTF8.encode(Unicode.Scalar(value) ?? "\u{FFFD}") ?? UTF8.encodedReplacementCharacter
    {
      unescaped.append(byte)
    }
  }

  /// The number of `\uXXXX` at `at`, which then stands behind it.
  private mutating func fourDigits() throws(JSONError) -> UInt32 {
    at += 2
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard at < end else { throw unexpectedEnd("an escape needs four hexadecimal digits") }
      switch at[0] {
      case 0x30...0x39: value = value << 4 | UInt32(at[0] - 0x30)
      case 0x41...0x46: value = value << 4 | UInt32(at[0] - 0x37)
      case 0x61...0x66: value = value << 4 | UInt32(at[0] - 0x57)
      default:
        throw failure(
          "invalid_escape", "\(shown()) in an escape that needs four hexadecimal digits")
      }
      at += 1
    }
    return value
  }

  private mutating func lone(_ place: UnsafePointer<UInt8>, _ value: UInt32) -> JSONError {
    at = place
    return failure(
      "lone_surrogate",
      "the escape \\u\(JSONError.hex(value, 4)) is half of a surrogate pair without the other")
  }
}
