// SPDX-License-Identifier: Apache-2.0
// What the messages with fields have in common.

/// A message with fields: read from a payload that is hostile, written into a payload.
package protocol TypedMessage: Sendable {
  static var kind: MessageKind { get }

  /// **Throws**: the violation, when the payload is not exactly this message's fields.
  init(_ message: Message) throws(ProtocolViolation)

  /// Begins `writer` anew and writes the whole message.
  func write(into writer: inout PayloadWriter)
}

extension TypedMessage {
  /// A cursor over the payload of a message of this kind.
  static func reader(_ message: Message) throws(ProtocolViolation) -> PayloadReader {
    guard message.kind == kind else {
      throw ProtocolViolation(
        code: "kind_unexpected", reason: "\(message.kind) where \(kind) was expected")
    }
    return PayloadReader(message)
  }

  /// The whole message, for a queue.
  package func encoded() throws(ProtocolViolation) -> EncodedMessage {
    var writer = PayloadWriter(capacity: 256)
    write(into: &writer)
    return try writer.take()
  }
}

extension EncodedMessage {
  /// A message without fields: cancel, stop, abort, left.
  package static func bare(
    _ kind: MessageKind, call: UInt32 = 0, exchange: UInt32 = 0
  ) throws(ProtocolViolation) -> EncodedMessage {
    var writer = PayloadWriter(capacity: Limits.header)
    writer.begin(kind, call: call, exchange: exchange)
    return try writer.take()
  }
}

extension PayloadReader {
  /// A `jf_status`: the runtime writes no number that this version does not list.
  ///
  /// - Parameter other: one that may stand here besides.
  mutating func status(or other: Int32? = nil) throws(ProtocolViolation) -> Int32 {
    let value = try i32()
    guard (0...9).contains(value) || value == other else {
      throw ProtocolViolation(code: "value_unknown", reason: "\(value) is no status")
    }
    return value
  }

  mutating func number(through most: UInt8) throws(ProtocolViolation) -> UInt8 {
    let value = try u8()
    guard value <= most else {
      throw ProtocolViolation(code: "value_unknown", reason: "\(value) is over \(most)")
    }
    return value
  }

  mutating func service() throws(ProtocolViolation) -> ServiceID {
    let value = try u8()
    guard let service = ServiceID(rawValue: value) else {
      throw ProtocolViolation(code: "value_unknown", reason: "\(value) is no service")
    }
    return service
  }
}
