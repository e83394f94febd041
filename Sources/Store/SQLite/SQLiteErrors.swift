// SPDX-License-Identifier: Apache-2.0
// From SQLite's result codes to errors that say what to do.

import CSQLite

/// The error of a result code. SQLite's own text goes in only where it cannot hold a value.
func storeError(_ code: Int32, detail: String?) -> StoreError {
  func make(_ kind: StoreError.Code, _ message: String) -> StoreError {
    StoreError(kind, message, sqliteCode: code)
  }
  switch code & 0xff {
  case SQLITE_FULL:
    return make(
      .diskFull, "the disk of the data folder is full: free some space, nothing was written")
  case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH, SQLITE_CANTOPEN:
    return make(
      .folderUnwritable,
      "the database cannot be opened for writing: check the owner and the mode of the data folder")
  case SQLITE_CORRUPT, SQLITE_NOTADB:
    return make(
      .damaged,
      "the database is damaged (SQLite code \(code)): stop, copy the data folder, and restore")
  case SQLITE_IOERR:
    return make(
      .ioFailed,
      "the disk of the data folder failed (SQLite code \(code)): see the kernel's log")
  case SQLITE_TOOBIG:
    return make(.tooLarge, "a value is larger than the database takes")
  case SQLITE_CONSTRAINT:
    return make(.alreadyRecorded, "this was recorded before (\(detail ?? "constraint"))")
  case SQLITE_BUSY, SQLITE_LOCKED:
    return make(
      .ioFailed,
      "another program holds the database's lock: only jackfield may open the data folder")
  default:
    return make(
      .internalFault, "SQLite refused a statement (code \(code), \(detail ?? "no detail"))")
  }
}
