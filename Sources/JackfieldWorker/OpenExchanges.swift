// SPDX-License-Identifier: Apache-2.0
// The exchanges of a transport or a listener that have not ended.
import PluginRuntime

/// Numbers that are open; what a plugin says of any other is passed over.
///
/// **Isolation**: any thread.
// Safe because: what changes is touched only under `lock`.
final class OpenExchanges: @unchecked Sendable {
  private let lock = Lock()
  private var open: Set<UInt32> = []
  private var isStopping = false

  /// False when the number is 0, over 32 bits or open already.
  func begin(_ exchange: UInt64) -> Bool {
    guard let number = UInt32(exactly: exchange), number != 0 else { return false }
    return lock.locked { open.insert(number).inserted }
  }

  func contains(_ exchange: UInt64) -> Bool {
    guard let number = UInt32(exactly: exchange) else { return false }
    return lock.locked { open.contains(number) }
  }

  /// The number, once; nil when it is not open.
  func end(_ exchange: UInt64) -> UInt32? {
    guard let number = UInt32(exactly: exchange) else { return nil }
    return lock.locked { open.remove(number) }
  }

  /// Nothing new comes. True when nothing is open.
  func stop() -> Bool {
    lock.locked {
      isStopping = true
      return open.isEmpty
    }
  }

  /// Whether the host said stop and all that was open has ended.
  var isDone: Bool { lock.locked { isStopping && open.isEmpty } }
}
