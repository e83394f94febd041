// SPDX-License-Identifier: Apache-2.0
// Copies the log back into the database beside the writer, and lets the log begin anew.

import CSQLite
import Synchronization

/// The loop of the thread `store-log`, and what the writer does about the log after a commit.
///
/// A log that has become **long** is **copied** back by this thread, which blocks nobody. Under an
/// unbroken stream of commits it never reaches the end, and SQLite begins a log anew only where all
/// of it was copied; so the writer copies what little came in meanwhile, and its next commit is at
/// the log's start. A file that is written where it was written before costs the disk less than one
/// that grows, and no commit ever waits for the copying of a whole log. Only a reader that holds on
/// to an old state lets the log grow; over its limit the writer waits a moment for such a reader,
/// not longer: somebody's look at the data never stops the host.
///
/// Safe because `database` is touched by one thread only, its own or the one that steps the store,
/// and `due` and `length` by the writer's alone.
final class Checkpointer: @unchecked Sendable {
  private let pokes = Inbox<Int32>()
  private let database: Database
  /// **Unit** pages, like all below.
  private let limit: Int32
  private let long: Int32
  /// Whether the thread was asked to copy and has not ended yet.
  private let isCopying = Atomic<Bool>(false)
  /// What of the log is in the database.
  private let copied = Atomic<Int32>(0)
  /// The length at which something is done about the log next.
  private var due: Int32
  /// The length after the last commit.
  private var length: Int32 = 0

  /// - Parameter limit: the most that the log should have; a sixteenth of it is long.
  ///   **Unit** pages
  init(database: Database, limit: Int32) {
    self.database = database
    self.limit = limit
    long = max(limit / 16, 1)
    due = long
  }

  func run() {
    while pokes.takeAll() != nil { copyBack() }
  }

  func copyBack() {
    copy(SQLITE_CHECKPOINT_PASSIVE, by: database)
    isCopying.store(false, ordering: .releasing)
  }

  /// A batch was committed.
  ///
  /// **Isolation** the writer's thread
  func committed(_ writer: Database) {
    if writer.logPages < length {
      copied.store(0, ordering: .relaxed)
      due = long
    }
    length = writer.logPages
    guard length >= due else { return }
    if length >= limit {
      sqlite3_busy_timeout(writer.handle, StoreLimits.logPatienceMS)
      copy(SQLITE_CHECKPOINT_RESTART, by: writer)
      sqlite3_busy_timeout(writer.handle, StoreLimits.busyMS)
    } else if isCopying.load(ordering: .acquiring) {
      return
    } else if length - copied.load(ordering: .relaxed) > long {
      isCopying.store(true, ordering: .relaxed)
      _ = pokes.put(length)
      return
    } else {
      copy(SQLITE_CHECKPOINT_PASSIVE, by: writer)
    }
    due = length + long
  }

  /// A failure here is only a longer log; the writer meets the same disk and reports it.
  private func copy(_ mode: Int32, by connection: Database) {
    var pages: Int32 = 0
    let code = sqlite3_wal_checkpoint_v2(connection.handle, nil, mode, nil, &pages)
    if code == SQLITE_OK { copied.store(max(pages, 0), ordering: .relaxed) }
  }

  func close() { pokes.close() }
}
