// SPDX-License-Identifier: Apache-2.0
// The message `progress`.

/// What a call has done so far.
package struct ProgressMessage: TypedMessage {
  package static let kind = MessageKind.progress

  /// The call's number.
  package var call: UInt32
  /// Any JSON value.
  package var json: ArraySlice<UInt8>

  package init(call: UInt32, json: ArraySlice<UInt8>) {
    self.call = call
    self.json = json
  }

  package init(_ message: Message) throws(ProtocolViolation) {
    var reader = try Self.reader(message)
    call = message.call
    json = try reader.bytes()
    try reader.finish()
  }

  package func write(into writer: inout PayloadWriter) {
    writer.begin(Self.kind, call: call)
    writer.bytes(json)
  }
}
