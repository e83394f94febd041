// SPDX-License-Identifier: Apache-2.0
// The store of one data folder: a writer, readers, and the thread that keeps the log short.

import CSQLite
import Synchronization

/// All that is durable. Opened once for each data folder, by the process that holds its lock.
///
/// **Isolation** any thread; bodies run on the store's own threads, completions where `deliver`
/// puts them.
package final class Store: Sendable {
  /// Gets the completions of one batch, in the order of their bodies; called on a thread of the
  /// store, typically posts them to a loop in one go.
  package typealias Deliver = @Sendable ([@Sendable () -> Void]) -> Void

  let writer: Writer
  let readers: Readers
  let checkpointer: Checkpointer
  private let deliver: Deliver
  private let threads: Threads
  private let isClosing = Atomic(false)

  /// Who runs the writer and the checkpointer.
  private enum Threads {
    case own(writer: NamedThread, log: NamedThread)
    /// Nobody but the caller of `step`.
    case none
  }

  /// Hands out ids of records before their commit.
  package let recordIDs: RecordIDAllocator

  /// Opens `folder`/main.db, or makes it.
  ///
  /// **Throws** `folder_unwritable`, `disk_full`, `foreign_database`, `newer_database`,
  /// `database_damaged`; a database it refuses is left untouched.
  package static func open(
    folder: String,
    deliver: @escaping Deliver = { completions in for completion in completions { completion() } }
  ) throws(StoreError) -> Store {
    let path = try DatabaseFile.prepare(in: folder, of: HostFiles())
    return try Store(path: path, simulation: .none, isStepped: false, deliver: deliver)
  }

  init(
    path: String, simulation: StoreSimulation, isStepped: Bool, deliver: @escaping Deliver
  ) throws(StoreError) {
    let database = try DatabaseFile.connect(path, simulation)
    recordIDs = RecordIDAllocator(next: try Store.nextRecordID(database))
    let checkpointer = Checkpointer(
      database: try DatabaseFile.connect(path, simulation), limit: simulation.logPages)
    let writer = Writer(database: database, checkpointer: checkpointer, deliver: deliver)
    readers = try Readers(path: path, simulation: simulation, isStepped: isStepped)
    if isStepped {
      threads = .none
    } else {
      threads = .own(
        writer: try NamedThread("store-writer") { writer.run() },
        log: try NamedThread("store-log") { checkpointer.run() })
    }
    self.writer = writer
    self.checkpointer = checkpointer
    self.deliver = deliver
  }

  // MARK: Writing

  /// Queues a body for the next batch; `completion` gets its value after the batch is on disk.
  ///
  /// A body that throws is taken back alone. If the batch itself cannot be committed, each of its
  /// bodies gets `commit_failed` and none has happened.
  package func write<Value: Sendable>(
    _ body: @escaping @Sendable (WriteTransaction) throws(StoreError) -> Value,
    completion: @escaping @Sendable (Result<Value, StoreError>) -> Void
  ) {
    let item = WriteBody(isDirect: false, body: body, completion: completion)
    if !writer.inbox.put(item) {
      deliver([{ completion(.failure(Store.closed)) }])
    }
  }

  /// Writes and waits for the disk; for commands, never for the loop's thread under load.
  package func writeAndWait<Value: Sendable>(
    _ body: @escaping @Sendable (WriteTransaction) throws(StoreError) -> Value
  ) throws(StoreError) -> Value {
    let waiting = Waiting<Result<Value, StoreError>>()
    let item = WriteBody(isDirect: true, body: body) { waiting.bring($0) }
    guard writer.inbox.put(item) else { throw Store.closed }
    if case .none = threads { while writer.step() {} }
    return try waiting.wait().get()
  }

  /// Bodies that wait for the writer: when it grows, stop taking events in.
  package var queuedWrites: Int { writer.inbox.count }

  // MARK: Reading

  /// Queues a read; `completion` is delivered like a write's.
  package func read<Value: Sendable>(
    _ body: @escaping @Sendable (ReadTransaction) throws(StoreError) -> Value,
    completion: @escaping @Sendable (Result<Value, StoreError>) -> Void
  ) {
    let item = ReadItem { [deliver] database in
      let result = Readers.perform(database, body)
      deliver([{ completion(result) }])
    }
    if !readers.put(item) {
      deliver([{ completion(.failure(Store.closed)) }])
    }
  }

  /// Reads and waits.
  package func readAndWait<Value: Sendable>(
    _ body: @escaping @Sendable (ReadTransaction) throws(StoreError) -> Value
  ) throws(StoreError) -> Value {
    if let answer = readers.answerNow(body) { return try answer.get() }
    let waiting = Waiting<Result<Value, StoreError>>()
    let item = ReadItem { waiting.bring(Readers.perform($0, body)) }
    guard readers.put(item) else { throw Store.closed }
    return try waiting.wait().get()
  }

  // MARK: The end

  /// Writes what is queued, ends the threads, and leaves the log empty. Later calls are refused.
  /// Not from a completion: it waits for the threads that bring them.
  package func close() {
    guard !isClosing.exchange(true, ordering: .acquiringAndReleasing) else { return }
    writer.inbox.close()
    switch threads {
    case .own(let writerThread, _): writerThread.join()
    case .none: while writer.step() {}
    }
    writer.refuseRest()
    readers.close()
    checkpointer.close()
    if case .own(_, let logThread) = threads { logThread.join() }
  }

  private static let closed = StoreError(.closed, "the store is closed")
}

extension Store {
  private static func nextRecordID(_ database: Database) throws(StoreError) -> Int64 {
    let last = try database.statement(
      """
      SELECT max((SELECT ifnull(max(seq), 0) FROM sqlite_sequence WHERE name = 'record'),
                 (SELECT ifnull(max(id), 0) FROM record))
      """
    ).first { row throws(StoreError) in row.integer(0) }
    let next = (last ?? 0).addingReportingOverflow(1)
    guard !next.overflow else {
      throw StoreError(.damaged, "the record ids are used up: restore the data folder")
    }
    return next.partialValue
  }
}
