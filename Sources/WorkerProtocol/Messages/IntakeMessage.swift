// SPDX-License-Identifier: Apache-2.0
// The message `intake`.

/// Whether a listener is to take requests, or to answer 503.
package struct IntakeMessage: TypedMessage {
  package static let kind = MessageKind.intake

  /// False: answer 503 with Retry-After.
  package var isOpen: Bool

  package init(isOpen: Bool) {
    self.isOpen = isOpen
  }

  package init(_ message: Message) throws(ProtocolViolation) {
    var reader = try Self.reader(message)
    isOpen = try reader.number(through: 1) == 1
    try reader.finish()
  }

  package func write(into writer: inout PayloadWriter) {
    writer.begin(Self.kind)
    writer.u8(isOpen ? 1 : 0)
  }
}
