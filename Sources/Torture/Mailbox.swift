// SPDX-License-Identifier: Apache-2.0
// What the store tells, until the host of the simulation looks.

import Synchronization

/// The inbox of one host: completions in the order in which they were told, as they are posted to
/// the loop of a real one.
///
/// **Isolation** any thread; a completion of a host that crashed goes into a mailbox nobody reads.
final class Mailbox: Sendable {
  private let items = Mutex<[@Sendable () -> Void]>([])

  func put(_ completions: [@Sendable () -> Void]) {
    items.withLock { $0 += completions }
  }

  func takeFirst() -> (@Sendable () -> Void)? {
    items.withLock { $0.isEmpty ? nil : $0.removeFirst() }
  }

  func clear() { items.withLock { $0 = [] } }
}
