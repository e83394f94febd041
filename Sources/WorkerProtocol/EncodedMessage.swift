// SPDX-License-Identifier: Apache-2.0
// A message ready for the socket, as a queue keeps it.

/// A whole message: header, payload inside or beside it.
///
/// **Ownership**: the descriptors of memory and file are closed with the last copy.
package struct EncodedMessage: Sendable {
  /// **Shape**: header and inline payload, at most `Limits.message` bytes.
  package let bytes: [UInt8]
  /// The payload when it is not inside.
  package let memory: SealedMemory?
  /// The file that a message of the kind `file` is about.
  package let file: AttachedFile?

  init(bytes: [UInt8], memory: SealedMemory?, file: AttachedFile? = nil) {
    self.bytes = bytes
    self.memory = memory
    self.file = file
  }

  /// What goes over the socket beside the bytes; -1 for nothing.
  var descriptor: Int32 { memory?.descriptor ?? file?.descriptor ?? -1 }

  /// **Unit**: bytes that this message holds while it waits.
  package var weight: Int { bytes.count + (memory?.size ?? 0) }
}
