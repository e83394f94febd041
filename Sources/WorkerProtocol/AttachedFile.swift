// SPDX-License-Identifier: Apache-2.0
// A file that travels with a message.
import Glibc

/// An open file on its way to a transport, or there.
///
/// **Ownership**: closes its descriptor when it goes.
package final class AttachedFile: Sendable {
  package let descriptor: Int32

  /// Takes the descriptor over.
  package init(owning descriptor: Int32) { self.descriptor = descriptor }

  deinit { if descriptor >= 0 { close(descriptor) } }
}

extension EncodedMessage {
  /// The message `file`: an open file for an exchange that is submitted after it.
  package static func file(
    _ file: AttachedFile, exchange: UInt32
  ) -> EncodedMessage {
    let header = MessageHeader(kind: .file, isInMemory: true, exchange: exchange)
    var bytes = [UInt8](repeating: 0, count: Limits.header)
    bytes.withUnsafeMutableBytes { header.write(over: $0) }
    return EncodedMessage(bytes: bytes, memory: nil, file: file)
  }
}
