// SPDX-License-Identifier: Apache-2.0
// Reading a run's event and journal, wherever they are.

import Pipeline

extension SegmentFile {
  func event(_ run: RunID) throws(StoreError) -> ArchivedRun.Event? {
    try ArchivedRun.event(run, in: database)
  }

  func journal(_ run: RunID) throws(StoreError) -> [JournalRow] {
    try ArchivedRun.journal(run, in: database)
  }
}

extension StoreReading {
  func hotEvent(_ run: RunID) throws(StoreError) -> ArchivedRun.Event? {
    try ArchivedRun.event(run, in: database)
  }

  func hotJournal(_ run: RunID) throws(StoreError) -> [JournalRow] {
    try ArchivedRun.journal(run, in: database)
  }

  /// The segment of a run that has left the hot tables.
  func segmentFile(of run: RunID) throws(StoreError) -> SegmentFile? {
    guard let name = try runSegment(run) else { return nil }
    return try SegmentFile.find(name, beside: database)
  }
}

extension ArchivedRun {
  /// The tables have the same names and columns in the main database and in a segment.
  fileprivate static func event(
    _ run: RunID, in database: Database
  ) throws(StoreError) -> Event? {
    try database.statement("SELECT body, contact_seed, received_at FROM event WHERE run = ?")
      .bind(run.rawValue).first { row throws(StoreError) in
        Event(body: row.text(0), contactSeed: row.textOrNil(1), receivedAt: row.integer(2))
      }
  }

  fileprivate static func journal(
    _ run: RunID, in database: Database
  ) throws(StoreError) -> [JournalRow] {
    try database.statement(
      "SELECT seq, entry, started_ms, duration_ms FROM journal WHERE run = ? ORDER BY seq"
    ).bind(run.rawValue).all { row throws(StoreError) in
      JournalRow(
        sequence: row.integer(0), entry: row.text(1), startedMS: row.integer(2),
        durationMS: row.integer(3))
    }
  }
}
