// SPDX-License-Identifier: Apache-2.0
// The message `log`.

/// One line for the log of a call, or of the plugin when the call is 0.
package struct LogMessage: TypedMessage {
  package static let kind = MessageKind.log

  /// The call's number.
  package var call: UInt32
  /// 0 debug, 1 info, 2 warning, 3 error.
  package var level: UInt8
  /// UTF-8 as the plugin says; not checked.
  package var text: ArraySlice<UInt8>

  package init(call: UInt32, level: UInt8, text: ArraySlice<UInt8>) {
    self.call = call
    self.level = level
    self.text = text
  }

  package init(_ message: Message) throws(ProtocolViolation) {
    var reader = try Self.reader(message)
    call = message.call
    level = try reader.number(through: 3)
    text = try reader.bytes()
    try reader.finish()
  }

  package func write(into writer: inout PayloadWriter) {
    writer.begin(Self.kind, call: call)
    writer.u8(level)
    writer.bytes(text)
  }
}
