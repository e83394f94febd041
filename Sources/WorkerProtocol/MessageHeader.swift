// SPDX-License-Identifier: Apache-2.0
// The sixteen bytes in front of every payload.

/// The fixed part of a message.
///
/// **Shape**: little endian `kind u8, flags u8, reserved u16 = 0, call u32, exchange u32,
/// length u32`.
package struct MessageHeader: Sendable, Equatable {
  /// The only flag: the payload is a sealed memfd attached to the message.
  static let flagMemory: UInt8 = 1

  package var kind: MessageKind
  package var isInMemory: Bool
  /// The call this is about, 0 for none.
  package var call: UInt32
  /// The exchange this is about (per call for requests), 0 for none.
  package var exchange: UInt32
  /// **Unit**: bytes of payload, wherever it is.
  package var length: UInt32

  package init(
    kind: MessageKind, isInMemory: Bool = false, call: UInt32 = 0, exchange: UInt32 = 0,
    length: UInt32 = 0
  ) {
    self.kind = kind
    self.isInMemory = isInMemory
    self.call = call
    self.exchange = exchange
    self.length = length
  }

  /// Reads and checks a header as it came from `sender`; `carried` bytes follow it.
  package init(
    parsing bytes: UnsafeRawBufferPointer, from sender: Side
  ) throws(ProtocolViolation) {
    guard bytes.count >= Limits.header else {
      throw ProtocolViolation(
        code: "message_too_short", reason: "a message of \(bytes.count) bytes has no header")
    }
    guard let kind = MessageKind(rawValue: bytes[0]), kind.sender == sender else {
      throw ProtocolViolation(
        code: "kind_unknown", reason: "kind \(bytes[0]) is none of the \(sender)'s")
    }
    guard bytes[1] & ~Self.flagMemory == 0, bytes[2] == 0, bytes[3] == 0 else {
      throw ProtocolViolation(
        code: "reserved_not_zero", reason: "\(kind): a reserved bit or byte of the header is set")
    }
    self.init(
      kind: kind, isInMemory: bytes[1] & Self.flagMemory != 0,
      call: Self.word(bytes, 4), exchange: Self.word(bytes, 8), length: Self.word(bytes, 12))
    try check(carried: bytes.count - Limits.header)
  }

  private func check(carried: Int) throws(ProtocolViolation) {
    guard kind.callNumber.allows(call), kind.exchangeNumber.allows(exchange) else {
      throw ProtocolViolation(
        code: "number_wrong", reason: "\(kind): call \(call), exchange \(exchange)")
    }
    guard Int(length) <= kind.payloadLimit else {
      throw ProtocolViolation(
        code: "payload_too_large",
        reason: "\(kind): \(length) bytes, at most \(kind.payloadLimit)")
    }
    guard carried == (isInMemory ? 0 : Int(length)) else {
      throw ProtocolViolation(
        code: "length_mismatch",
        reason: "\(kind): the header says \(length) bytes, the message carries \(carried)")
    }
  }

  /// Writes the header over the first sixteen bytes of `bytes`.
  func write(over bytes: UnsafeMutableRawBufferPointer) {
    bytes[0] = kind.rawValue
    bytes[1] = isInMemory ? Self.flagMemory : 0
    bytes.storeBytes(of: 0, toByteOffset: 2, as: UInt16.self)
    bytes.storeBytes(of: call.littleEndian, toByteOffset: 4, as: UInt32.self)
    bytes.storeBytes(of: exchange.littleEndian, toByteOffset: 8, as: UInt32.self)
    bytes.storeBytes(of: length.littleEndian, toByteOffset: 12, as: UInt32.self)
  }

  private static func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt32 {
    UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }
}
