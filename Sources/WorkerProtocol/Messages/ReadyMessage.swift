// SPDX-License-Identifier: Apache-2.0
// The message `ready`.

/// The worker has loaded its plugin.
package struct ReadyMessage: TypedMessage {
  package static let kind = MessageKind.ready

  /// {abi, pid}.
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
