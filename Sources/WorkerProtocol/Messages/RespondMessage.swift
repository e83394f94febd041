// SPDX-License-Identifier: Apache-2.0
// The message `respond`.

/// The answer to a request that a listener took in.
package struct RespondMessage: TypedMessage {
  package static let kind = MessageKind.respond

  /// The exchange's number.
  package var exchange: UInt32
  /// JSON {status, headers}.
  package var head: ArraySlice<UInt8>
  /// The response's body.
  package var body: ArraySlice<UInt8>

  package init(exchange: UInt32, head: ArraySlice<UInt8>, body: ArraySlice<UInt8>) {
    self.exchange = exchange
    self.head = head
    self.body = body
  }

  package init(_ message: Message) throws(ProtocolViolation) {
    var reader = try Self.reader(message)
    exchange = message.exchange
    head = try reader.bytes()
    body = try reader.bytes()
    try reader.finish()
  }

  package func write(into writer: inout PayloadWriter) {
    writer.begin(Self.kind, exchange: exchange)
    writer.bytes(head)
    writer.bytes(body)
  }
}
