// SPDX-License-Identifier: Apache-2.0
// The journal: what happened in a run, entry by entry.

import Pipeline

extension WriteTransaction {
  /// Adds an entry.
  ///
  /// **Throws** `already_recorded` if the run has this entry: it is never overwritten
  package func journalAppend(
    _ run: RunID, sequence: Int64, entry: String, startedMS: Int64, durationMS: Int64
  ) throws(StoreError) {
    guard (0..<StoreLimits.journalEntries).contains(sequence) else {
      throw StoreError(
        .tooLarge,
        "run \(run) has \(StoreLimits.journalEntries) journal entries, the most there can be: "
          + "split its lists into runs of their own")
    }
    try database.statement(
      "INSERT INTO journal (run, seq, entry, started_ms, duration_ms) VALUES (?, ?, ?, ?, ?)"
    ).bind(run.rawValue).bind(sequence).bind(entry).bind(startedMS).bind(durationMS).run()
  }
}

extension StoreReading {
  /// The run's entries in order.
  package func journalGet(_ run: RunID) throws(StoreError) -> [JournalRow] {
    try database.statement(
      "SELECT seq, entry, started_ms, duration_ms FROM journal WHERE run = ? ORDER BY seq"
    ).bind(run.rawValue).all { row throws(StoreError) in
      JournalRow(
        sequence: row.integer(0), entry: row.text(1), startedMS: row.integer(2),
        durationMS: row.integer(3))
    }
  }
}
