// SPDX-License-Identifier: Apache-2.0
// Writes a message, header and payload in one run of bytes.

/// A message in the making. Reusable: `begin` keeps the memory of the message before.
package struct PayloadWriter: Sendable {
  /// The header's sixteen bytes, then the payload.
  private(set) var bytes: [UInt8]
  private var header = MessageHeader(kind: .stop)

  package init(capacity: Int = 1_024) {
    bytes = []
    bytes.reserveCapacity(capacity)
  }

  /// Starts a message over.
  package mutating func begin(_ kind: MessageKind, call: UInt32 = 0, exchange: UInt32 = 0) {
    header = MessageHeader(kind: kind, call: call, exchange: exchange)
    bytes.removeAll(keepingCapacity: bytes.capacity <= 1 << 20)
    bytes.append(contentsOf: repeatElement(0, count: Limits.header))
  }

  package mutating func u8(_ value: UInt8) { bytes.append(value) }
  package mutating func u32(_ value: UInt32) { whole(value) }
  package mutating func i32(_ value: Int32) { whole(value) }
  package mutating func i64(_ value: Int64) { whole(value) }

  /// A `u32` length and the bytes.
  package mutating func bytes(_ value: ArraySlice<UInt8>) {
    u32(UInt32(value.count))
    bytes.append(contentsOf: value)
  }

  package mutating func bytes(_ value: [UInt8]) { bytes(value[...]) }

  package mutating func bytes(_ value: UnsafeRawBufferPointer) {
    u32(UInt32(value.count))
    bytes.append(contentsOf: value)
  }

  /// Several pieces as one field: a `u32` length of all, then each.
  package mutating func bytes(joining pieces: [UnsafeRawBufferPointer]) {
    u32(UInt32(pieces.reduce(0) { $0 + $1.count }))
    for piece in pieces { bytes.append(contentsOf: piece) }
  }

  /// Ends the message and hands it out for a queue; the writer's memory goes with it.
  ///
  /// **Throws**: `payload_too_large` when the payload is over its kind's bound,
  /// `socket_failed` when the sealed memory cannot be made.
  package mutating func take() throws(ProtocolViolation) -> EncodedMessage {
    let memory = try finish()
    defer { bytes = [] }
    return EncodedMessage(bytes: bytes, memory: memory)
  }

  /// Fills the header in, and moves a large payload out into sealed memory.
  mutating func finish() throws(ProtocolViolation) -> SealedMemory? {
    let count = bytes.count - Limits.header
    guard count <= header.kind.payloadLimit else {
      throw ProtocolViolation(
        code: "payload_too_large",
        reason: "\(header.kind): \(count) bytes, at most \(header.kind.payloadLimit)")
    }
    header.length = UInt32(count)
    header.isInMemory = count > Limits.inlinePayload
    let memory = header.isInMemory ? try SealedMemory(sealing: bytes[Limits.header...]) : nil
    if memory != nil { bytes.removeSubrange(Limits.header...) }
    let header = header
    bytes.withUnsafeMutableBytes { header.write(over: $0) }
    return memory
  }

  private mutating func whole(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }
}
