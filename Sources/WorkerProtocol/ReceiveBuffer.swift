// SPDX-License-Identifier: Apache-2.0
// The memory messages are received into.

/// Room for one message or a batch of them, used again and again.
///
/// **Isolation**: one thread at a time. A host's loop shares one among all sockets.
/// **Ownership**: freed with the object. Pages that no message reached are never resident.
package final class ReceiveBuffer {
  let memory: UnsafeMutableRawBufferPointer
  package let slots: Int

  /// Room for `slots` messages, at most `Limits.batch`.
  package init(slots: Int = 1) {
    self.slots = min(max(slots, 1), Limits.batch)
    memory = .allocate(byteCount: self.slots * Limits.message, alignment: 16)
  }

  deinit { memory.deallocate() }

  /// Zeroes the beginning of the first slot, where a message was that held a secret.
  package func wipe(_ count: Int) {
    let part = memory[..<min(count, Limits.message)]
    _ = UnsafeMutableRawBufferPointer(rebasing: part).initializeMemory(as: UInt8.self, repeating: 0)
  }

  func slot(_ index: Int, count: Int) -> UnsafeRawBufferPointer {
    let start = index * Limits.message
    return UnsafeRawBufferPointer(rebasing: memory[start..<start + count])
  }
}
