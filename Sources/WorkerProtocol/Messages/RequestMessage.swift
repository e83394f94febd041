// SPDX-License-Identifier: Apache-2.0
// The message `request`.

/// What a call asks of the host.
package struct RequestMessage: TypedMessage {
  package static let kind = MessageKind.request

  /// The call's number.
  package var call: UInt32
  /// The exchange's number.
  package var exchange: UInt32
  /// The service and its function.
  package var service: ServiceID
  /// What is asked, an object.
  package var json: ArraySlice<UInt8>
  /// Raw bytes: an HTTP body, a mail's attachments one after the other.
  package var body: ArraySlice<UInt8>

  package init(
    call: UInt32, exchange: UInt32, service: ServiceID,
    json: ArraySlice<UInt8>, body: ArraySlice<UInt8>
  ) {
    self.call = call
    self.exchange = exchange
    self.service = service
    self.json = json
    self.body = body
  }

  package init(_ message: Message) throws(ProtocolViolation) {
    var reader = try Self.reader(message)
    call = message.call
    exchange = message.exchange
    service = try reader.service()
    json = try reader.bytes()
    body = try reader.bytes()
    try reader.finish()
  }

  package func write(into writer: inout PayloadWriter) {
    writer.begin(Self.kind, call: call, exchange: exchange)
    writer.u8(service.rawValue)
    writer.bytes(json)
    writer.bytes(body)
  }
}
