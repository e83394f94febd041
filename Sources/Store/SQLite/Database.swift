// SPDX-License-Identifier: Apache-2.0
// One connection to the database, with its kept statements and its transactions.

import CSQLite

/// A connection.
///
/// **Isolation** one thread: the one that opened it (checked by nobody else than its few owners).
final class Database {
  let handle: OpaquePointer
  /// The file it is connected to.
  let path: String
  /// The files it and its segments are among.
  let files: any StoreFiles
  /// What a simulation broke on purpose.
  let faults: StoreFaults
  /// Keyed by the address of the literal: the same text at two places is two statements.
  private var statements: [UnsafeRawPointer: Statement] = [:]
  /// Those whose text is put together at run time; few, and kept too.
  private var composed: [String: Statement] = [:]
  /// Bytes bound since the batch began: what closes a batch of large bodies.
  var boundBytes = 0
  /// What the batch adds to the statistics of steps.
  var counts = GatheredCounts()
  /// Set while a body of a batch runs that has not written yet.
  private var savepointIsDue = false
  private(set) var hasSavepoint = false
  /// Pages in the log after the last commit of this connection.
  var logPages: Int32 = 0

  /// Once for the process, before its first connection.
  private static let isConfigured = jf_sqlite_configure() == SQLITE_OK

  init(path: String, _ simulation: StoreSimulation = .none) throws(StoreError) {
    _ = Database.isConfigured
    faults = simulation.faults
    files = simulation.files
    self.path = path
    var opened: OpaquePointer?
    let code = sqlite3_open_v2(
      path, &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, simulation.files.vfs)
    guard let opened, code == SQLITE_OK else {
      let error = storeError(code, detail: opened.map { String(cString: sqlite3_errmsg($0)) })
      sqlite3_close_v2(opened)
      throw error
    }
    handle = opened
    sqlite3_extended_result_codes(handle, 1)
    sqlite3_busy_timeout(handle, StoreLimits.busyMS)
  }

  deinit {
    statements.removeAll()
    composed.removeAll()
    sqlite3_close_v2(handle)
  }

  // MARK: Statements

  /// The kept statement of a literal.
  func statement(_ sql: StaticString) throws(StoreError) -> Statement {
    let key = UnsafeRawPointer(sql.utf8Start)
    if let kept = statements[key] { return kept }
    let made = try prepare(sql.description)
    statements[key] = made
    return made
  }

  /// The kept statement of a text made at run time from our own words, never from a value.
  func statement(composed sql: String) throws(StoreError) -> Statement {
    if let kept = composed[sql] { return kept }
    let made = try prepare(sql)
    composed[sql] = made
    return made
  }

  /// Runs statements that take no values and are not kept.
  func execute(_ sql: String) throws(StoreError) {
    let code = sqlite3_exec(handle, sql, nil, nil, nil)
    if code != SQLITE_OK { throw error(code) }
  }

  private func prepare(_ sql: String) throws(StoreError) -> Statement {
    var prepared: OpaquePointer?
    let code = sqlite3_prepare_v3(
      handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
    guard let prepared, code == SQLITE_OK else { throw error(code) }
    return Statement(handle: prepared, database: self)
  }

  // MARK: Transactions

  var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

  /// Begins the only kind of write transaction: the lock is taken at once, never upgraded.
  func begin() throws(StoreError) {
    boundBytes = 0
    _ = try statement("BEGIN IMMEDIATE").runTransactionControl()
  }

  func beginReading() throws(StoreError) {
    _ = try statement("BEGIN").runTransactionControl()
  }

  func commit() throws(StoreError) {
    _ = try statement("COMMIT").runTransactionControl()
  }

  /// Takes everything back; harmless where SQLite has already done so itself.
  func rollback() {
    counts.removeAll()
    hasSavepoint = false
    savepointIsDue = false
    if isInTransaction { _ = sqlite3_exec(handle, "ROLLBACK", nil, nil, nil) }
  }

  /// A body of a batch begins. Its savepoint is made at its first write: most of what only looks
  /// costs nothing.
  func bodyBegins() { savepointIsDue = true }

  /// A body ended well.
  func bodyEnds() throws(StoreError) {
    counts.bodyEnds()
    savepointIsDue = false
    guard hasSavepoint else { return }
    hasSavepoint = false
    _ = try statement("RELEASE body").runTransactionControl()
  }

  /// A body threw: it alone is taken back.
  ///
  /// **Throws** if SQLite cannot; the whole batch is lost then.
  func bodyFails() throws(StoreError) {
    counts.bodyFails()
    savepointIsDue = false
    guard hasSavepoint else { return }
    hasSavepoint = false
    _ = try statement("ROLLBACK TO body").runTransactionControl()
    _ = try statement("RELEASE body").runTransactionControl()
  }

  /// Called before each statement that changes something.
  func willWrite() throws(StoreError) {
    guard savepointIsDue else { return }
    savepointIsDue = false
    _ = try statement("SAVEPOINT body").runTransactionControl()
    hasSavepoint = true
  }

  /// The row id of the last insert.
  var lastRowID: Int64 { sqlite3_last_insert_rowid(handle) }

  /// Keeps `logPages` up to date; replaces SQLite's own automatic checkpoints.
  func watchLog() {
    sqlite3_wal_hook(
      handle,
      { context, _, _, pages in
        guard let context else { return SQLITE_OK }
        Unmanaged<Database>.fromOpaque(context).takeUnretainedValue().logPages = pages
        return SQLITE_OK
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  // MARK: Errors

  func error(_ code: Int32) -> StoreError {
    storeError(code, detail: String(cString: sqlite3_errmsg(handle)))
  }
}

extension Statement {
  /// `BEGIN`, `SAVEPOINT` and the like: never inside the savepoint of a body themselves.
  fileprivate func runTransactionControl() throws(StoreError) -> Bool {
    try each { _ throws(StoreError) in true }
    return true
  }
}
