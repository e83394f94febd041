// SPDX-License-Identifier: Apache-2.0
//
// Reading numbers and texts out of a file's bytes, every one of which may lie.

/// A file's bytes; reads nil outside of them.
struct ELFReader {
  let bytes: [UInt8]

  var count: Int { bytes.count }

  /// A little-endian number.
  func number<Number: FixedWidthInteger & UnsignedInteger>(
    _ type: Number.Type, at offset: UInt64
  ) -> Number? {
    let size = UInt64(MemoryLayout<Number>.size)
    let (end, overflow) = offset.addingReportingOverflow(size)
    guard !overflow, end <= UInt64(bytes.count) else { return nil }
    var value: Number = 0
    for index in 0..<Int(size) {
      value |= Number(bytes[Int(offset) + index]) << (8 * Number(index))
    }
    return value
  }

  /// A text up to its zero byte, inside of `limit` bytes from `start` on.
  func text(at offset: UInt64, in start: UInt64, size limit: UInt64) -> String? {
    let (from, overflow) = start.addingReportingOverflow(offset)
    let (most, tooFar) = start.addingReportingOverflow(limit)
    guard !overflow, !tooFar, offset < limit, from < UInt64(bytes.count) else { return nil }
    let end = Int(min(most, UInt64(bytes.count)))
    guard let zero = bytes[Int(from)..<end].firstIndex(of: 0) else { return nil }
    return String(decoding: bytes[Int(from)..<zero], as: UTF8.self)
  }

  /// A run of bytes, when all of it is inside.
  func slice(at offset: UInt64, count size: UInt64) -> ArraySlice<UInt8>? {
    let (end, overflow) = offset.addingReportingOverflow(size)
    guard !overflow, end <= UInt64(bytes.count) else { return nil }
    return bytes[Int(offset)..<Int(end)]
  }
}
