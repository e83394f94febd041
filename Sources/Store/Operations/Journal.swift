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

  /// Writes into an entry what became known of its attempt later: all else in it stays as it was.
  ///
  /// **Shape** false where the journal has gone to a segment, which is never changed
  package func journalSettle(
    _ run: RunID, sequence: Int64, news: String
  ) throws(StoreError) -> Bool {
    try database.statement(
      "UPDATE journal SET entry = json_set(entry, '$.settled', json(?)) WHERE run = ? AND seq = ?"
    ).bind(news).bind(run.rawValue).bind(sequence).run() > 0
  }
}

extension StoreReading {
  /// The run's entries in order, wherever they are.
  package func journalGet(_ run: RunID) throws(StoreError) -> [JournalRow] {
    let rows = try hotJournal(run)
    guard rows.isEmpty, let file = try segmentFile(of: run) else { return rows }
    return try file.journal(run)
  }

  /// The entries whose outcome is unknown, without a look at the others.
  package func journalUnknown(
    _ run: RunID
  ) throws(StoreError) -> [(sequence: Int64, entry: String)] {
    let mark = "\"status\":\"unknown\""
    let hot = try database.statement(
      "SELECT seq, entry FROM journal WHERE run = ? AND instr(entry, ?) > 0 ORDER BY seq"
    ).bind(run.rawValue).bind(mark).all { row throws(StoreError) in (row.integer(0), row.text(1)) }
    guard hot.isEmpty, let file = try segmentFile(of: run) else { return hot }
    return try file.journal(run).filter { $0.entry.contains(mark) }.map { ($0.sequence, $0.entry) }
  }

  /// The number of the next entry of a run, for who adds one without knowing the run.
  package func journalNext(_ run: RunID) throws(StoreError) -> Int64 {
    try database.statement("SELECT ifnull(max(seq) + 1, 0) FROM journal WHERE run = ?")
      .bind(run.rawValue).first { row throws(StoreError) in row.integer(0) } ?? 0
  }
}
