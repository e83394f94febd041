// SPDX-License-Identifier: Apache-2.0
// The data folder and its one owner.

import Glibc

/// The folder that holds everything durable.
package enum DataFolder {
  /// Makes the folder and its parents where missing, readable by its owner only.
  ///
  /// **Throws** `folder_unwritable`
  package static func make(_ folder: String) throws(StoreError) {
    var made = ""
    for part in folder.split(separator: "/", omittingEmptySubsequences: false) {
      made += made.isEmpty && part.isEmpty ? "/" : (made.isEmpty || made == "/" ? "" : "/") + part
      if made.isEmpty || made == "/" { continue }
      if mkdir(made, 0o700) != 0 && errno != EEXIST && errno != EISDIR && errno != EROFS {
        throw cannot("make", made, errno)
      }
    }
    var status = stat()
    guard stat(folder, &status) == 0 else { throw cannot("make", folder, errno) }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw cannot("use", folder, ENOTDIR) }
    guard access(folder, W_OK | X_OK) == 0 else { throw cannot("write to", folder, errno) }
  }

  /// Takes the folder for this process until the lock is released or the process ends.
  ///
  /// **Throws** `folder_locked` with the owner's pid, `folder_unwritable`
  package static func lock(_ folder: String) throws(StoreError) -> DataFolderLock {
    try make(folder)
    return try DataFolderLock(path: folder + "/lock", folder: folder)
  }

  /// The error of a system call on a path.
  static func cannot(_ verb: String, _ path: String, _ number: Int32) -> StoreError {
    if number == ENOSPC || number == EDQUOT {
      return StoreError(.diskFull, "cannot \(verb) \(path): the disk is full, free some space")
    }
    let reason = String(cString: strerror(number))
    return StoreError(
      .folderUnwritable,
      "cannot \(verb) \(path) (\(reason)): name a folder you may write to with --data")
  }

  /// Whether nothing is in it.
  static func isEmpty(_ folder: String) throws(StoreError) -> Bool {
    guard let entries = opendir(folder) else { throw cannot("read", folder, errno) }
    defer { closedir(entries) }
    while let entry = readdir(entries) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { return false }
    }
    return true
  }

  /// Makes a rename in the folder durable.
  static func sync(_ folder: String) {
    let file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard file >= 0 else { return }
    fsync(file)
    close(file)
  }
}
