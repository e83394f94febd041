// SPDX-License-Identifier: Apache-2.0
// A message ready for the socket, as a queue keeps it.

/// A whole message: header, payload inside or beside it.
///
/// **Ownership**: the sealed memory's descriptor is closed with the last copy.
package struct EncodedMessage: Sendable {
  /// **Shape**: header and inline payload, at most `Limits.message` bytes.
  package let bytes: [UInt8]
  /// The payload when it is not inside.
  package let memory: SealedMemory?

  /// **Unit**: bytes that this message holds while it waits.
  package var weight: Int { bytes.count + (memory?.size ?? 0) }
}
