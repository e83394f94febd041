// SPDX-License-Identifier: Apache-2.0
// One prepared statement: bound left to right, run, read, and ready again.

import CSQLite

/// A statement that its connection keeps for the next time.
///
/// **Isolation** the thread of its connection.
final class Statement {
  private let handle: OpaquePointer
  private unowned let database: Database
  private var next: Int32 = 1
  /// Whether it changes nothing, as SQLite tells.
  let isReadOnly: Bool

  init(handle: OpaquePointer, database: Database) {
    self.handle = handle
    self.database = database
    isReadOnly = sqlite3_stmt_readonly(handle) != 0
  }

  deinit { sqlite3_finalize(handle) }

  // MARK: Binding, in the order of the parameters

  func bind(_ value: Int64?) -> Statement {
    if let value {
      sqlite3_bind_int64(handle, next, value)
    } else {
      sqlite3_bind_null(handle, next)
    }
    next += 1
    return self
  }

  func bind(_ value: Bool) -> Statement { bind(value ? 1 : 0 as Int64) }

  func bind(_ value: String?) -> Statement {
    if var value {
      value.withUTF8 { text in
        text.withMemoryRebound(to: CChar.self) { characters in
          // An empty text may have no address; SQLite would read that as null.
          _ = jf_bind_text(handle, next, characters.baseAddress ?? emptyText, Int32(text.count))
        }
        database.boundBytes += text.count
      }
    } else {
      sqlite3_bind_null(handle, next)
    }
    next += 1
    return self
  }

  func bind(_ value: [UInt8]?) -> Statement {
    if let value, value.isEmpty {
      sqlite3_bind_zeroblob(handle, next, 0)
    } else if let value {
      value.withUnsafeBytes { bytes in
        _ = jf_bind_blob(handle, next, bytes.baseAddress, Int32(bytes.count))
      }
      database.boundBytes += value.count
    } else {
      sqlite3_bind_null(handle, next)
    }
    next += 1
    return self
  }

  // MARK: Running

  /// Runs it to its end and answers how many rows it changed.
  @discardableResult
  func run() throws(StoreError) -> Int {
    if !isReadOnly { try database.willWrite() }
    defer { reset() }
    while true {
      let code = sqlite3_step(handle)
      if code == SQLITE_DONE { break }
      if code != SQLITE_ROW { throw database.error(code) }
    }
    return isReadOnly ? 0 : Int(sqlite3_changes(database.handle))
  }

  /// Hands each row to `body` until it answers false.
  func each(_ body: (Statement) throws(StoreError) -> Bool) throws(StoreError) {
    if !isReadOnly { try database.willWrite() }
    defer { reset() }
    while true {
      let code = sqlite3_step(handle)
      if code == SQLITE_DONE { return }
      if code != SQLITE_ROW { throw database.error(code) }
      if try !body(self) { return }
    }
  }

  /// The first row, if there is one.
  func first<T>(_ read: (Statement) throws(StoreError) -> T) throws(StoreError) -> T? {
    var found: T?
    try each { row throws(StoreError) in
      found = try read(row)
      return false
    }
    return found
  }

  /// Every row.
  func all<T>(_ read: (Statement) throws(StoreError) -> T) throws(StoreError) -> [T] {
    var rows: [T] = []
    try each { row throws(StoreError) in
      rows.append(try read(row))
      return true
    }
    return rows
  }

  private func reset() {
    sqlite3_reset(handle)
    next = 1
  }

  // MARK: Columns of the current row, from 0

  func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

  func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

  func integerOrNil(_ column: Int32) -> Int64? { isNull(column) ? nil : integer(column) }

  func boolean(_ column: Int32) -> Bool { integer(column) != 0 }

  func text(_ column: Int32) -> String {
    guard let start = sqlite3_column_text(handle, column) else { return "" }
    let size = Int(sqlite3_column_bytes(handle, column))
    return String(decoding: UnsafeBufferPointer(start: start, count: size), as: UTF8.self)
  }

  func textOrNil(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }

  func bytes(_ column: Int32) -> [UInt8] {
    guard let start = sqlite3_column_blob(handle, column) else { return [] }
    let size = Int(sqlite3_column_bytes(handle, column))
    return [UInt8](UnsafeRawBufferPointer(start: start, count: size))
  }

  func bytesOrNil(_ column: Int32) -> [UInt8]? { isNull(column) ? nil : bytes(column) }

  /// The bytes of a text column, valid only inside `body`: spares a copy where a document is
  /// parsed at once.
  func withText<T, Failure: Error>(
    _ column: Int32, _ body: (UnsafeRawBufferPointer) throws(Failure) -> T
  ) throws(Failure) -> T {
    let start = sqlite3_column_text(handle, column)
    let size = Int(sqlite3_column_bytes(handle, column))
    return try body(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : size))
  }
}

/// An address for the text of no characters.
///
/// Safe because it is allocated once, never written again and never freed.
nonisolated(unsafe) private let emptyText: UnsafePointer<CChar> = {
  let text = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
  text.pointee = 0
  return UnsafePointer(text)
}()
