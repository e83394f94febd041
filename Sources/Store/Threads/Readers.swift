// SPDX-License-Identifier: Apache-2.0
// The reader threads: each with a connection of its own, each read one short transaction.

/// One read waiting for a reader.
struct ReadItem: Sendable {
  let perform: @Sendable (Database) -> Void
}

/// The readers' shared queue and threads.
final class Readers: Sendable {
  private let inbox = Inbox<ReadItem>()
  private let threads: [NamedThread]
  /// The one connection of a stepped store, used by the thread that steps it.
  private let stepped: ReaderConnection?

  init(path: String, simulation: StoreSimulation, isStepped: Bool) throws(StoreError) {
    guard !isStepped else {
      stepped = ReaderConnection(try Readers.connect(path, simulation))
      threads = []
      return
    }
    stepped = nil
    var threads: [NamedThread] = []
    for number in 1...StoreLimits.readers {
      let connection = ReaderConnection(try Readers.connect(path, simulation))
      threads.append(
        try NamedThread("store-read-\(number)") { [inbox] in
          while let item = inbox.takeOne() { item.perform(connection.database) }
        })
    }
    self.threads = threads
  }

  private static func connect(
    _ path: String, _ simulation: StoreSimulation
  ) throws(StoreError) -> Database {
    let database = try Database(path: path, simulation)
    try database.execute("PRAGMA query_only=ON; PRAGMA cache_size=-4096; PRAGMA temp_store=MEMORY")
    return database
  }

  /// Queues a read; false once closed.
  func put(_ item: ReadItem) -> Bool { inbox.put(item) }

  /// Answers the oldest read of a stepped store; false when none waits.
  func step() -> Bool {
    guard let stepped, let item = inbox.takeOneAvailable() else { return false }
    item.perform(stepped.database)
    return true
  }

  /// Answers a read of a stepped store at once; nil where threads read.
  func answerNow<Value>(
    _ body: (ReadTransaction) throws(StoreError) -> Value
  ) -> Result<Value, StoreError>? {
    guard let stepped else { return nil }
    return Readers.perform(stepped.database, body)
  }

  /// Runs a body as one read transaction.
  static func perform<Value>(
    _ database: Database, _ body: (ReadTransaction) throws(StoreError) -> Value
  ) -> Result<Value, StoreError> {
    do {
      try database.beginReading()
      defer { database.rollback() }
      return .success(try body(ReadTransaction(database: database)))
    } catch {
      return .failure(error)
    }
  }

  func close() {
    inbox.close()
    for thread in threads { thread.join() }
  }
}

/// Hands a connection over to its thread.
///
/// Safe because the opener lets go of it before the thread starts, and a stepped store has one
/// thread.
private final class ReaderConnection: @unchecked Sendable {
  let database: Database
  init(_ database: Database) { self.database = database }
}
