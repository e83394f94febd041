// SPDX-License-Identifier: Apache-2.0
// A file of the journal: the events and journals of runs that have ended.

import CSQLite
import Calendar

/// One segment, `journal/YYYYMMDD-N.db`: appended to until it is full or its day is over, then only
/// read, and removed as a whole. A database of its own, so that removing many runs is an unlink: a
/// table of 480 MiB dropped inside the only writer took 5.1 s.
///
/// **Isolation** the thread that opened it
struct SegmentFile {
  /// `JKFS`
  private static let applicationID: UInt32 = 0x4A4B_4653
  static let folder = "journal"

  let database: Database

  /// The folder of segments beside a database's file.
  static func folder(beside path: String) -> String {
    path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex) + "/" + folder
  }

  /// Opens one beside the main database, and makes it where it is missing.
  static func open(
    _ name: String, beside path: String, of files: any StoreFiles
  ) throws(StoreError) -> SegmentFile {
    let folder = folder(beside: path)
    let path = folder + "/" + name
    if try files.head(of: path, size: 1) == nil {
      try files.makeFolder(folder)
      try files.touch(path)
      files.syncFolder(folder)
    }
    let segment = SegmentFile(database: try Database(path: path, StoreSimulation(files: files)))
    if try segment.pragma("page_count") == 0 { try segment.database.execute(creation) }
    try segment.prepare(path)
    return segment
  }

  /// Opens one that has to be there; nil where it is not.
  static func find(_ name: String, beside main: Database) throws(StoreError) -> SegmentFile? {
    let path = folder(beside: main.path) + "/" + name
    // Never made here: it may be removed at this very moment.
    guard try main.files.head(of: path, size: 1) != nil else { return nil }
    let segment = SegmentFile(
      database: try Database(path: path, StoreSimulation(files: main.files)))
    try segment.prepare(path)
    return segment
  }

  /// Takes the file away, with what a crash may have left beside it.
  static func remove(_ name: String, beside main: Database) {
    let path = folder(beside: main.path) + "/" + name
    main.files.remove(path)
    main.files.remove(path + "-journal")
  }

  private func prepare(_ path: String) throws(StoreError) {
    // EXTRA: the rollback journal's removal is synced too. With FULL a lost power can bring it
    // back, and take from here what was already deleted from the main database.
    try database.execute("PRAGMA synchronous=EXTRA; PRAGMA cache_size=-2048")
    guard try pragma("application_id") == Int64(SegmentFile.applicationID) else {
      throw StoreError(
        .foreignDatabase,
        "\(path) is not a file of this journal: move it away, or restore the data folder")
    }
  }

  /// EXTRA from the first transaction on: a run that left nothing to append is followed by no
  /// other that would sync the removal of this one's journal.
  private static let creation = """
    PRAGMA synchronous=EXTRA;
    PRAGMA page_size=4096;
    BEGIN IMMEDIATE;
    PRAGMA application_id=\(applicationID);
    PRAGMA user_version=1;
    CREATE TABLE event (
      run INTEGER PRIMARY KEY, body TEXT NOT NULL, contact_seed TEXT, received_at INTEGER NOT NULL);
    CREATE TABLE journal (
      run INTEGER NOT NULL, seq INTEGER NOT NULL, entry TEXT NOT NULL, started_ms INTEGER NOT NULL,
      duration_ms INTEGER NOT NULL, PRIMARY KEY (run, seq)) WITHOUT ROWID;
    COMMIT;
    """

  private func pragma(_ name: StaticString) throws(StoreError) -> Int64 {
    try database.statement(composed: "PRAGMA \(name)")
      .first { row throws(StoreError) in row.integer(0) } ?? 0
  }

  /// **Unit** bytes
  func size() throws(StoreError) -> Int64 { try pragma("page_count") * (try pragma("page_size")) }

  /// Adds runs, all or none, on disk when it returns. A run that is there from a crash between
  /// this and the deletion of its hot rows, or from before it was reopened, is replaced.
  func append(_ runs: [ArchivedRun]) throws(StoreError) {
    try database.begin()
    do {
      for run in runs { try append(run) }
      try database.commit()
    } catch {
      database.rollback()
      throw error
    }
  }

  private func append(_ run: ArchivedRun) throws(StoreError) {
    try database.statement("DELETE FROM journal WHERE run = ?").bind(run.id.rawValue).run()
    if let event = run.event {
      try database.statement(
        "INSERT OR REPLACE INTO event (run, body, contact_seed, received_at) VALUES (?, ?, ?, ?)"
      ).bind(run.id.rawValue).bind(event.body).bind(event.contactSeed).bind(event.receivedAt).run()
    }
    for entry in run.journal {
      try database.statement(
        "INSERT INTO journal (run, seq, entry, started_ms, duration_ms) VALUES (?, ?, ?, ?, ?)"
      ).bind(run.id.rawValue).bind(entry.sequence).bind(entry.entry).bind(entry.startedMS)
        .bind(entry.durationMS).run()
    }
  }
}
