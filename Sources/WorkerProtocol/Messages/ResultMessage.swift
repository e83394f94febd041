// SPDX-License-Identifier: Apache-2.0
// The message `result`.

/// How a call ended.
package struct ResultMessage: TypedMessage {
  package static let kind = MessageKind.result

  /// The call's number.
  package var call: UInt32
  /// The status of a result that waits for news of what was sent (`jf_call_interface.result_wait`).
  package static let waits: Int32 = 64

  /// A `jf_status`: 0 with a value, else the class of the error; or `waits`.
  package var status: Int32
  /// The result, or {code, message, provider_code?, retry_after_ms?, detail?}; with `waits`
  /// {result, count, within_ms}.
  package var json: ArraySlice<UInt8>

  package init(call: UInt32, status: Int32, json: ArraySlice<UInt8>) {
    self.call = call
    self.status = status
    self.json = json
  }

  package init(_ message: Message) throws(ProtocolViolation) {
    var reader = try Self.reader(message)
    call = message.call
    status = try reader.status(or: Self.waits)
    json = try reader.bytes()
    try reader.finish()
  }

  package func write(into writer: inout PayloadWriter) {
    writer.begin(Self.kind, call: call)
    writer.i32(status)
    writer.bytes(json)
  }
}
