// SPDX-License-Identifier: Apache-2.0
// Scanning of UTF-8: valid sequences, and runs of text that need no attention.

/// Byte scans shared by the parser, the writer and the builder.
enum UTF8Scan {
  /// The length of the well-formed sequence at `start`, or 0: overlong forms, surrogates, values
  /// above U+10FFFF and cut sequences are not well-formed.
  /// **Source**: The Unicode Standard, table 3-7
  @inline(__always)
  static func sequenceLength(_ start: UnsafePointer<UInt8>?, _ available: Int) -> Int {
    guard let start, available > 0 else { return 0 }
    let first = start[0]
    if first < 0x80 { return 1 }
    if first < 0xC2 || first > 0xF4 { return 0 }
    guard available > 1 else { return 0 }
    let second = start[1]
    if first < 0xE0 { return second & 0xC0 == 0x80 ? 2 : 0 }
    let low: UInt8 = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80
    let high: UInt8 = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF
    guard second >= low, second <= high, available > 2, start[2] & 0xC0 == 0x80 else { return 0 }
    if first < 0xF0 { return 3 }
    return available > 3 && start[3] & 0xC0 == 0x80 ? 4 : 0
  }

  /// The offset of the first byte that is not part of well-formed UTF-8, or nil.
  static func firstInvalid(in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    guard let start = bytes.baseAddress else { return nil }
    var offset = 0
    while offset < bytes.count {
      if bytes.count - offset >= 8, word(start + offset) & highBits == 0 {
        offset += 8
        continue
      }
      let length = sequenceLength(start + offset, bytes.count - offset)
      if length == 0 { return offset }
      offset += length
    }
    return nil
  }

  static let highBits: UInt64 = 0x8080_8080_8080_8080
  static let ones: UInt64 = 0x0101_0101_0101_0101

  @inline(__always)
  static func word(_ start: UnsafePointer<UInt8>) -> UInt64 {
    UInt64(littleEndian: UnsafeRawPointer(start).loadUnaligned(as: UInt64.self))
  }

  /// Where the high bit is set, that byte is a quotation mark, a backslash, a control character, or
  /// (through a borrow) stands after one; the lowest set bit is always exact.
  @inline(__always)
  static func special(_ word: UInt64) -> UInt64 {
    let quote = word ^ (ones &* 0x22)
    let backslash = word ^ (ones &* 0x5C)
    let control = (word &- ones &* 0x20) & ~word
    return (((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash) | control) & highBits
  }

  /// Whether the byte may stand in a JSON string as it is, ASCII only.
  @inline(__always)
  static func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte < 0x80 && byte != 0x22 && byte != 0x5C
  }

  /// Past the run of plain ASCII text that begins at `start`.
  @inline(__always)
  static func skipPlain(
    _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
  ) -> UnsafePointer<UInt8> {
    var at = start
    while end - at >= 8 {
      let bytes = word(at)
      let found = special(bytes) | (bytes & highBits)
      if found != 0 { return at + found.trailingZeroBitCount >> 3 }
      at += 8
    }
    while at < end, isPlain(at[0]) { at += 1 }
    return at
  }

  /// Past the run that a writer may copy as it is: anything but quotes, backslashes and controls.
  @inline(__always)
  static func skipUnescaped(
    _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
  ) -> UnsafePointer<UInt8> {
    var at = start
    while end - at >= 8 {
      let found = special(word(at))
      if found != 0 { return at + found.trailingZeroBitCount >> 3 }
      at += 8
    }
    while at < end, at[0] >= 0x20, at[0] != 0x22, at[0] != 0x5C { at += 1 }
    return at
  }

  @inline(__always)
  static func equal(_ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>) -> Bool {
    guard a.count == b.count else { return false }
    guard let left = a.baseAddress, let right = b.baseAddress else { return true }
    return equal(left, right, a.count)
  }

  @inline(__always)
  static func equal(
    _ left: UnsafePointer<UInt8>, _ right: UnsafePointer<UInt8>, _ count: Int
  ) -> Bool {
    var offset = 0
    while count - offset >= 8 {
      if word(left + offset) != word(right + offset) { return false }
      offset += 8
    }
    while offset < count {
      if left[offset] != right[offset] { return false }
      offset += 1
    }
    return true
  }
}

extension String {
  /// The UTF-8 of the text, without a copy where the text is stored as UTF-8 (it always is here).
  @inline(__always)
  func withBytes<Result, Failure: Error>(
    _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var copy = self
    var outcome: Swift.Result<Result, Failure>?
    copy.withUTF8 { bytes in
      do throws(Failure) { outcome = .success(try body(bytes)) } catch { outcome = .failure(error) }
    }
    guard let outcome else { preconditionFailure("withUTF8 always calls its body") }
    return try outcome.get()
  }

  /// Whether two texts are the same bytes. `==` would also equate composed and decomposed letters,
  /// and two names of an object that differ in their bytes are two names.
  @inline(__always)
  func hasSameBytes(as other: String) -> Bool {
    // Unequal under Unicode's rules means unequal bytes, and for short texts that is a compare of
    // two words; only a hit has to look at the bytes.
    guard self == other, utf8.count == other.utf8.count else { return false }
    return withBytes { mine in other.withBytes { UTF8Scan.equal(mine, $0) } }
  }
}
