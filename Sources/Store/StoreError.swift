// SPDX-License-Identifier: Apache-2.0
// The error of this module.

/// Why the store refused or could not do something: what happened, then what to do about it.
/// It never carries a value of a record, a body or a secret.
package struct StoreError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The closed set of reasons; the raw value is stable and may be stored and matched.
  package enum Code: String, Sendable, Hashable, CaseIterable {
    /// The folder or a file in it cannot be made, read or written.
    case folderUnwritable = "folder_unwritable"
    /// Another process owns the data folder.
    case folderLocked = "folder_locked"
    /// No space left for the database.
    case diskFull = "disk_full"
    /// `main.db` is no database of this program.
    case foreignDatabase = "foreign_database"
    /// `main.db` was written by a newer version of this program.
    case newerDatabase = "newer_database"
    /// `main.db` was written by a version from before the first release.
    case olderDatabase = "older_database"
    /// The database's file is damaged.
    case damaged = "database_damaged"
    /// The batch could not be made durable: nothing of it has happened.
    case commitFailed = "commit_failed"
    /// The writer of this change is no longer the owner of the run: it must stop.
    case zombie
    /// A record has another version than the one it was read at.
    case conflictVersion = "conflict_version"
    /// A unique value of a record is taken.
    case conflictUnique = "conflict_unique"
    /// The same thing was recorded before.
    case alreadyRecorded = "already_recorded"
    /// What the operation names does not exist.
    case notFound = "not_found"
    /// A value is over a limit of the store.
    case tooLarge = "too_large"
    /// A project keeps as many bytes of blobs as it may.
    case blobsFull = "blobs_full"
    /// A query that means nothing.
    case invalidQuery = "invalid_query"
    /// The store was closed before this was done.
    case closed = "store_closed"
    /// The disk or the file system failed.
    case ioFailed = "io_failed"
    /// SQLite refused a statement: a bug of ours.
    case internalFault = "store_internal"
  }

  package let code: Code
  package let message: String
  /// SQLite's extended result code, 0 where SQLite had no part in it.
  package let sqliteCode: Int32

  package init(_ code: Code, _ message: String, sqliteCode: Int32 = 0) {
    self.code = code
    self.message = message
    self.sqliteCode = sqliteCode
  }

  /// A lost race over a record: the call may run again on fresh data.
  package var isConflict: Bool { code == .conflictVersion || code == .conflictUnique }

  package var description: String { "\(code.rawValue): \(message)" }
}
