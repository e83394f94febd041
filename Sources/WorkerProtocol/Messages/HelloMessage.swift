// SPDX-License-Identifier: Apache-2.0
// The message `hello`.

/// The first message: what the worker is to become.
package struct HelloMessage: TypedMessage {
  package static let kind = MessageKind.hello

  /// {plugin, project, settings, interface, actions, services, max_calls, listener_settings?}.
  package var json: ArraySlice<UInt8>

  package init(json: ArraySlice<UInt8>) {
    self.json = json
  }

  package init(_ message: Message) throws(ProtocolViolation) {
    var reader = try Self.reader(message)
    json = try reader.bytes()
    try reader.finish()
  }

  package func write(into writer: inout PayloadWriter) {
    writer.begin(Self.kind)
    writer.bytes(json)
  }
}
