// SPDX-License-Identifier: Apache-2.0
// Ids of records, handed out before their commit so that a write can be answered with its id.

import Synchronization

/// Counts upwards from the highest id ever used; an id whose write fails is never used again.
package final class RecordIDAllocator: Sendable {
  private let next: Atomic<Int64>

  init(next: Int64) { self.next = Atomic(next) }

  /// A new id, as records carry it.
  package func reserve() -> RecordID {
    RecordID(next.wrappingAdd(1, ordering: .relaxed).oldValue)
  }
}
