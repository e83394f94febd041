// SPDX-License-Identifier: Apache-2.0
// The message `loadFailed`.

/// The worker could not load its plugin, and ends.
package struct LoadFailedMessage: TypedMessage {
  package static let kind = MessageKind.loadFailed

  /// {code, message}.
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
