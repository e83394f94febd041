// SPDX-License-Identifier: Apache-2.0
// What the main database knows of the journal's segments.

import Calendar
import Pipeline

extension WriteTransaction {
  /// The segment that is being filled, or a new one: each is of one day and of a bounded size.
  func segmentCurrent(limit: Int64, nowMS: Int64) throws(StoreError) -> SegmentRow {
    let day = String(Moment(milliseconds: nowMS).iso.prefix(10).filter { $0 != "-" })
    try database.statement(
      "UPDATE segment SET sealed = 1 WHERE sealed = 0 AND (bytes >= ? OR day != ?)"
    ).bind(limit).bind(day).run()
    if let current = try segments("WHERE sealed = 0 AND dropping = 0").last { return current }
    // Numbers are not given again: a file that was unlinked may still be open somewhere.
    try database.statement(
      """
      INSERT INTO segment (name, day, bytes, runs, last_finished, sealed, dropping)
      VALUES (?1 || '-' || (SELECT ifnull(max(seq), 0) + 1 FROM sqlite_sequence
        WHERE name = 'segment') || '.db', ?1, 0, 0, 0, 0, 0)
      """
    ).bind(day).run()
    guard let made = try segments("WHERE sealed = 0 AND dropping = 0").last else {
      throw StoreError(.internalFault, "a segment that was just made is not there")
    }
    return made
  }

  /// Takes runs out of the hot tables that are in the segment's file, synced. One that somebody
  /// reopened meanwhile stays: its copy in the file is named by nobody.
  func archiveApply(
    _ runs: [ArchivedRun], segment: SegmentRow, bytes: Int64
  ) throws(StoreError) -> Int {
    var moved = 0
    for run in runs {
      let changed = try database.statement(
        """
        UPDATE run SET segment = ?, bytes = ?
        WHERE id = ? AND sequence = ? AND finished_at IS NOT NULL AND segment IS NULL
        """
      ).bind(segment.id).bind(Int64(run.bytes)).bind(run.id.rawValue).bind(run.sequence).run()
      guard changed > 0 else { continue }
      moved += 1
      try hotRowsRemove(run.id)
    }
    try database.statement(
      """
      UPDATE segment SET bytes = ?, runs = runs + ?, last_finished = max(last_finished, ?)
      WHERE id = ?
      """
    ).bind(bytes).bind(Int64(moved)).bind(runs.map(\.finishedAt).max() ?? 0).bind(segment.id)
      .run()
    return moved
  }

  private func hotRowsRemove(_ run: RunID) throws(StoreError) {
    try database.statement("DELETE FROM event WHERE run = ?").bind(run.rawValue).run()
    try database.statement("DELETE FROM journal WHERE run = ?").bind(run.rawValue).run()
  }

  /// Brings a run back into the hot tables, to go on.
  ///
  /// **Throws** `database_damaged` where its segment is gone
  func archiveReturn(_ id: RunID) throws(StoreError) {
    guard let segment = try runSegment(id) else { return }
    guard let file = try SegmentFile.find(segment, beside: database) else {
      throw StoreError(
        .damaged,
        "the file journal/\(segment) with the journal of run \(id) is missing: restore it")
    }
    if let event = try file.event(id) {
      try database.statement(
        "INSERT INTO event (run, body, contact_seed, received_at) VALUES (?, ?, ?, ?)"
      ).bind(id.rawValue).bind(event.body).bind(event.contactSeed).bind(event.receivedAt).run()
    }
    for entry in try file.journal(id) {
      try journalAppend(
        id, sequence: entry.sequence, entry: entry.entry, startedMS: entry.startedMS,
        durationMS: entry.durationMS)
    }
    try database.statement("UPDATE run SET segment = NULL, bytes = NULL WHERE id = ?")
      .bind(id.rawValue).run()
  }

  // MARK: The end of runs

  /// Removes runs that have ended, with all that hangs on them; one with children that have not
  /// ended stays.
  func runsRemove(_ runs: [RunID]) throws(StoreError) -> Int {
    var removed = 0
    for run in runs {
      let changed = try database.statement(
        """
        DELETE FROM run WHERE id = ?1 AND finished_at IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM child_group WHERE parent = ?1 AND open > 0)
        """
      ).bind(run.rawValue).run()
      guard changed > 0 else { continue }
      removed += 1
      try hotRowsRemove(run)
      try database.statement("DELETE FROM child WHERE parent = ?").bind(run.rawValue).run()
      try database.statement("DELETE FROM child_group WHERE parent = ?").bind(run.rawValue).run()
      try transcriptsRemove(run)
      try blobsLetGo(of: run)
    }
    return removed
  }

  /// From now on nothing is added, and the runs in it go.
  func segmentDrop(_ id: Int64) throws(StoreError) {
    try database.statement("UPDATE segment SET sealed = 1, dropping = 1 WHERE id = ?")
      .bind(id).run()
  }

  /// Forgets a segment whose file is gone.
  func segmentForget(_ id: Int64) throws(StoreError) {
    try database.statement("DELETE FROM segment WHERE id = ?").bind(id).run()
  }
}

extension StoreReading {
  /// The segments of the journal, the oldest first.
  package func segmentList() throws(StoreError) -> [SegmentRow] { try segments("") }

  fileprivate func segments(_ filter: StaticString) throws(StoreError) -> [SegmentRow] {
    try database.statement(
      composed: """
        SELECT id, name, bytes, runs, last_finished, sealed, dropping FROM segment
        \(filter) ORDER BY id
        """
    ).all { row throws(StoreError) in
      SegmentRow(
        id: row.integer(0), name: row.text(1), bytes: row.integer(2), runs: row.integer(3),
        lastFinished: row.integer(4), isSealed: row.boolean(5), isDropping: row.boolean(6))
    }
  }

  /// The file a run's event and journal are in; nil while they are in the hot tables.
  func runSegment(_ run: RunID) throws(StoreError) -> String? {
    try database.statement(
      "SELECT segment.name FROM run JOIN segment ON segment.id = run.segment WHERE run.id = ?"
    ).bind(run.rawValue).first { row throws(StoreError) in row.text(0) }
  }

  /// Runs that ended long enough ago to leave the hot tables, the earliest first, up to a size.
  func archiveCandidates(
    finishedBy: Int64, limit: Int, bytes: Int
  ) throws(StoreError) -> [ArchivedRun] {
    let heads = try database.statement(
      """
      SELECT id, sequence, finished_at FROM run INDEXED BY run_unarchived
      WHERE finished_at IS NOT NULL AND segment IS NULL AND finished_at <= ?
      ORDER BY finished_at LIMIT ?
      """
    ).bind(finishedBy).bind(Int64(limit)).all { row throws(StoreError) in
      (RunID(row.integer(0)), row.integer(1), row.integer(2))
    }
    var (runs, size) = ([ArchivedRun](), 0)
    for (id, sequence, finishedAt) in heads {
      let run = ArchivedRun(
        id: id, sequence: sequence, finishedAt: finishedAt, event: try hotEvent(id),
        journal: try hotJournal(id))
      runs.append(run)
      size += run.bytes
      if size >= bytes { break }
    }
    return runs
  }

  /// Runs in a segment, to be removed. Those with children under way are left for another time.
  func segmentRuns(_ id: Int64, limit: Int) throws(StoreError) -> [RunID] {
    try database.statement(
      """
      SELECT id FROM run INDEXED BY run_segment WHERE segment = ?
        AND NOT EXISTS (SELECT 1 FROM child_group WHERE parent = run.id AND open > 0)
      LIMIT ?
      """
    ).bind(id).bind(Int64(limit)).all { row throws(StoreError) in RunID(row.integer(0)) }
  }

  /// Whether any run is left whose journal is in a segment.
  func segmentIsUsed(_ id: Int64) throws(StoreError) -> Bool {
    try database.statement("SELECT 1 FROM run INDEXED BY run_segment WHERE segment = ? LIMIT 1")
      .bind(id).first { _ throws(StoreError) in true } ?? false
  }

  /// Runs with the bytes of their journals, newest first, a page at a time.
  func runSizes(before: RunID?, limit: Int) throws(StoreError) -> [RunSize] {
    try database.statement(
      """
      SELECT id, project, connector, finished_at, ifnull(bytes, 0) FROM run NOT INDEXED
      WHERE id < ? ORDER BY id DESC LIMIT ?
      """
    ).bind(before?.rawValue ?? .max).bind(Int64(limit)).all { row throws(StoreError) in
      RunSize(
        run: RunID(row.integer(0)), project: ProjectID(rawValue: row.text(1)),
        connector: ConnectorID(row.integer(2)), finishedAt: row.integerOrNil(3),
        bytes: row.integer(4))
    }
  }
}
