// SPDX-License-Identifier: Apache-2.0
// A message as it was received.

/// A received message whose header has been checked; its payload has not.
///
/// **Ownership**: the payload is a copy, nobody else can change it. Fields read from it are slices
/// that share its memory.
package struct Message: Sendable {
  package let header: MessageHeader
  package let payload: [UInt8]
  /// With a message of the kind `file`, and only there.
  package let file: AttachedFile?

  package init(header: MessageHeader, payload: [UInt8], file: AttachedFile? = nil) {
    self.header = header
    self.payload = payload
    self.file = file
  }

  package var kind: MessageKind { header.kind }
  package var call: UInt32 { header.call }
  package var exchange: UInt32 { header.exchange }
}
