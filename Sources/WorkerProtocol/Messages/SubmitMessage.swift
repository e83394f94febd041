// SPDX-License-Identifier: Apache-2.0
// The message `submit`.

/// An exchange for a transport.
package struct SubmitMessage: TypedMessage {
  package static let kind = MessageKind.submit

  /// The exchange's number.
  package var exchange: UInt32
  /// JSON, an object.
  package var request: ArraySlice<UInt8>
  /// The request's body, or a mail's attachments one after the other.
  package var body: ArraySlice<UInt8>

  package init(exchange: UInt32, request: ArraySlice<UInt8>, body: ArraySlice<UInt8>) {
    self.exchange = exchange
    self.request = request
    self.body = body
  }

  package init(_ message: Message) throws(ProtocolViolation) {
    var reader = try Self.reader(message)
    exchange = message.exchange
    request = try reader.bytes()
    body = try reader.bytes()
    try reader.finish()
  }

  package func write(into writer: inout PayloadWriter) {
    writer.begin(Self.kind, exchange: exchange)
    writer.bytes(request)
    writer.bytes(body)
  }
}
