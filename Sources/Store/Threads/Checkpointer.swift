// SPDX-License-Identifier: Apache-2.0
// Copies the log back into the database beside the writer, which never waits for it.

import CSQLite

/// The loop of the thread `store-log`.
///
/// Passive checkpoints never block anybody, but under an unbroken stream of commits they never
/// reach the log's end either; so the writer empties a log of 64 MiB itself, when this thread has
/// already copied nearly all of it.
///
/// Safe because `database` is touched by one thread only: its own, or the one that steps the store.
final class Checkpointer: @unchecked Sendable {
  private let pokes = Inbox<Int32>()
  private let database: Database

  init(database: Database) { self.database = database }

  func run() {
    while pokes.takeAll() != nil { copyBack() }
  }

  func copyBack() {
    // A failure here is only a longer log; the writer meets the same disk and reports it.
    sqlite3_wal_checkpoint_v2(database.handle, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
  }

  /// A batch was committed and the log has so many pages.
  func committed(pages: Int32) {
    if pages >= StoreLimits.checkpointPages && pokes.count == 0 { _ = pokes.put(pages) }
  }

  func close() { pokes.close() }
}
