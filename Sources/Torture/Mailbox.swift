// SPDX-License-Identifier: Apache-2.0
// What the store tells, until the host of the simulation looks.

import Engine
import Pipeline
import Scheduler
import Store
import Synchronization

/// One completion of the store.
enum Delivery: Sendable {
  case accepted(event: Int, Result<EventVerdict, StoreError>)
  case recorded(RecordOrder, Result<Recorded, StoreError>)
  case claimed(ConnectorID, after: RunID, limit: Int, Result<ReadPage, StoreError>)
  case due(until: Int64, limit: Int, Result<ReadPage, StoreError>)
  case storedCancel(RunID, reason: String, ticket: UInt64, Result<RunAftermath?, StoreError>)
  case intent(attempt: UInt64, Result<Bool, StoreError>)
  /// A waiting run was made due at a time, by somebody else than its driver.
  case changed(until: Int64, Result<Bool, StoreError>)
}

/// The inbox of one host: completions in the order in which they were told.
///
/// **Isolation** any thread; a completion of a host that crashed goes into a mailbox nobody reads.
final class Mailbox: Sendable {
  private let items = Mutex<[Delivery]>([])

  func put(_ delivery: Delivery) { items.withLock { $0.append(delivery) } }

  var isEmpty: Bool { items.withLock { $0.isEmpty } }

  func takeFirst() -> Delivery? {
    items.withLock { $0.isEmpty ? nil : $0.removeFirst() }
  }
}
