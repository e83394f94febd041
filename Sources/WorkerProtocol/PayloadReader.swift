// SPDX-License-Identifier: Apache-2.0
// Reads the fields of a payload, all of them hostile.

/// A cursor over a payload: every read checks what is left first, and nothing is copied.
package struct PayloadReader {
  private let kind: MessageKind
  private let payload: [UInt8]
  private var offset = 0

  package init(_ message: Message) {
    kind = message.kind
    payload = message.payload
  }

  package mutating func u8() throws(ProtocolViolation) -> UInt8 { try whole() }
  package mutating func u32() throws(ProtocolViolation) -> UInt32 { try whole() }
  package mutating func i32() throws(ProtocolViolation) -> Int32 { try whole() }
  package mutating func i64() throws(ProtocolViolation) -> Int64 { try whole() }

  /// A `u32` length and that many bytes.
  ///
  /// **Ownership**: shares the payload's memory and keeps it alive.
  package mutating func bytes() throws(ProtocolViolation) -> ArraySlice<UInt8> {
    let count = Int(try u32())
    try need(count)
    defer { offset += count }
    return payload[offset..<offset + count]
  }

  /// Ends the reading: bytes left over are a violation.
  package func finish() throws(ProtocolViolation) {
    guard offset == payload.count else {
      throw ProtocolViolation(
        code: "trailing_bytes",
        reason: "\(kind): \(payload.count - offset) bytes after the last field")
    }
  }

  private mutating func whole<Number: FixedWidthInteger & BitwiseCopyable>(
  ) throws(ProtocolViolation) -> Number {
    try need(MemoryLayout<Number>.size)
    defer { offset += MemoryLayout<Number>.size }
    return payload.withUnsafeBytes {
      Number(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Number.self))
    }
  }

  private func need(_ count: Int) throws(ProtocolViolation) {
    guard count <= payload.count - offset else {
      throw ProtocolViolation(
        code: "field_out_of_range",
        reason: "\(kind): a field of \(count) bytes, \(payload.count - offset) left")
    }
  }
}
