// SPDX-License-Identifier: Apache-2.0
// The one writer: gathers bodies into batches, commits each batch with one sync, then tells.

import CSQLite

/// The loop of the thread `store-writer`.
///
/// A batch is what is queued, then what was queued meanwhile, until nothing is or the batch is
/// full: so a lone body is committed at once and a thousand share one sync. Never on a tick: River
/// waited 250 ms for one, and half of its pick-ups took longer.
///
/// Safe because all of it but `inbox` is touched by one thread only: its own, or the one that steps
/// the store.
final class Writer: @unchecked Sendable {
  let inbox = Inbox<any WriteItem>()
  private let database: Database
  private let deliver: Store.Deliver
  private let checkpointer: Checkpointer
  /// Settled bodies of the batch, in order, with the error that takes their result's place.
  private var done: [any WriteItem] = []
  private var overdue: [any WriteItem] = []

  init(
    database: Database, checkpointer: Checkpointer, deliver: @escaping Store.Deliver
  ) {
    self.database = database
    self.checkpointer = checkpointer
    self.deliver = deliver
  }

  func run() {
    while let items = inbox.takeAll() {
      overdue = items
      while !overdue.isEmpty { writeBatch() }
    }
  }

  /// One turn of the loop above that does not wait: at most one batch; false when nothing was
  /// queued.
  func step() -> Bool {
    overdue.append(contentsOf: inbox.takeAvailable())
    guard !overdue.isEmpty else { return false }
    writeBatch()
    return true
  }

  /// Begins, runs what there is, commits, tells.
  private func writeBatch() {
    done.removeAll(keepingCapacity: true)
    do {
      try database.begin()
      let transaction = WriteTransaction(database: database)
      try runBodies(transaction)
      try transaction.stepCountsWrite()
      if database.faults.tellsBeforeCommit { settle(nil) }
      try database.commit()
      settle(nil)
    } catch {
      // Nothing of the batch has happened: not one of its bodies may be told otherwise. Where not
      // even the beginning was possible, those that wait are told instead of trying for ever.
      database.rollback()
      if done.isEmpty { swap(&done, &overdue) }
      settle(
        StoreError(
          .commitFailed, "the write was not made: \(error.message)", sqliteCode: error.sqliteCode))
    }
    checkpointer.committed(database)
  }

  private func runBodies(_ transaction: WriteTransaction) throws(StoreError) {
    while !overdue.isEmpty {
      var taken = 0
      defer { overdue.removeFirst(taken) }
      for item in overdue {
        if isFull { return }
        taken += 1
        done.append(item)
        try run(item, transaction)
      }
      // What came in meanwhile rides along.
      overdue.append(contentsOf: inbox.takeAvailable())
    }
  }

  private var isFull: Bool {
    done.count >= StoreLimits.batchBodies || database.boundBytes >= StoreLimits.batchBytes
  }

  /// **Throws** only what ends the whole batch.
  private func run(_ item: any WriteItem, _ transaction: WriteTransaction) throws(StoreError) {
    database.bodyBegins()
    let failure = item.perform(transaction)
    // A full or failing disk makes SQLite take the transaction back itself, all bodies with it.
    guard database.isInTransaction else {
      throw failure ?? StoreError(.ioFailed, "SQLite took the transaction back")
    }
    if failure == nil {
      try database.bodyEnds()
    } else {
      try database.bodyFails()
    }
  }

  private func settle(_ error: StoreError?) {
    let calls = done.compactMap { $0.settle(error) }
    done.removeAll(keepingCapacity: true)
    if !calls.isEmpty { deliver(calls) }
  }

  /// What is still queued when the store closes is refused.
  func refuseRest() {
    done = inbox.takeAvailable()
    settle(StoreError(.closed, "the store was closed before this was written"))
  }
}
