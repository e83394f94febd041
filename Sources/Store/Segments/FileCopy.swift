// SPDX-License-Identifier: Apache-2.0
// Copying a database's file whole, while others write to it.

import CSQLite
import Glibc

/// Copies by SQLite's own backup, which sees one state of the file.
enum FileCopy {
  /// **Throws** `folder_unwritable`, `disk_full`, `database_damaged`
  ///
  /// **Source** https://www.sqlite.org/backup.html
  static func database(_ from: String, to: String) throws(StoreError) {
    let source = try Database(path: from)
    try HostFiles().touch(to)
    let target = try Database(path: to)
    guard let backup = sqlite3_backup_init(target.handle, "main", source.handle, "main") else {
      throw target.error(sqlite3_errcode(target.handle))
    }
    // In one step: it is one read transaction, so a commit beside it does not make it begin again.
    let code = sqlite3_backup_step(backup, -1)
    let end = sqlite3_backup_finish(backup)
    guard code == SQLITE_DONE, end == SQLITE_OK else {
      throw target.error(code == SQLITE_DONE ? end : code)
    }
    try sync(to)
  }

  private static func sync(_ path: String) throws(StoreError) {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw DataFolder.cannot("read", path, errno) }
    defer { close(file) }
    guard fsync(file) == 0 else { throw DataFolder.cannot("write", path, errno) }
  }
}
