// SPDX-License-Identifier: Apache-2.0
// The message `reply`.

/// The answer to a request of a call.
package struct ReplyMessage: TypedMessage {
  package static let kind = MessageKind.reply

  /// The call's number.
  package var call: UInt32
  /// The exchange's number.
  package var exchange: UInt32
  /// A `jf_status`: 0 with a value, else the class of the error.
  package var status: Int32
  /// The value, or {code, message, provider_code?, retry_after_ms?, detail?}; may be empty.
  package var json: ArraySlice<UInt8>
  /// Raw bytes: an HTTP response's body.
  package var body: ArraySlice<UInt8>

  package init(
    call: UInt32, exchange: UInt32, status: Int32, json: ArraySlice<UInt8>, body: ArraySlice<UInt8>
  ) {
    self.call = call
    self.exchange = exchange
    self.status = status
    self.json = json
    self.body = body
  }

  package init(_ message: Message) throws(ProtocolViolation) {
    var reader = try Self.reader(message)
    call = message.call
    exchange = message.exchange
    status = try reader.status()
    json = try reader.bytes()
    body = try reader.bytes()
    try reader.finish()
  }

  package func write(into writer: inout PayloadWriter) {
    writer.begin(Self.kind, call: call, exchange: exchange)
    writer.i32(status)
    writer.bytes(json)
    writer.bytes(body)
  }
}
