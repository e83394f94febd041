// SPDX-License-Identifier: Apache-2.0
//
// Files that are on disk when they are there.

import Glibc

/// Writes, syncs and removes what the installer keeps.
enum FolderWriting {
  /// Makes a file that is not there yet, with all of its bytes on disk.
  ///
  /// **Throws** `folder_unwritable`, `disk_full`.
  static func write(_ bytes: [UInt8], to path: String, mode: mode_t) throws(PluginHostError) {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw cannot("make", path, errno) }
    defer { close(file) }
    var offset = 0
    while offset < bytes.count {
      let count = bytes[offset...].withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw cannot("write", path, errno) }
      offset += count
    }
    guard fchmod(file, mode) == 0, fsync(file) == 0 else { throw cannot("write", path, errno) }
  }

  /// Makes a folder, which may be there.
  static func makeFolder(_ path: String) throws(PluginHostError) {
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw cannot("make", path, errno) }
  }

  /// Makes the names in a folder durable.
  static func sync(_ folder: String) throws(PluginHostError) {
    let file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard file >= 0 else { throw cannot("open", folder, errno) }
    defer { close(file) }
    guard fsync(file) == 0 else { throw cannot("write", folder, errno) }
  }

  /// Removes a folder of files; what cannot be removed stays.
  static func remove(_ folder: String) {
    for name in entries(of: folder) {
      unlink(folder + "/" + name)
    }
    rmdir(folder)
  }

  static func cannot(_ verb: String, _ path: String, _ number: Int32) -> PluginHostError {
    if number == ENOSPC || number == EDQUOT {
      return PluginHostError(
        code: "disk_full", message: "cannot \(verb) \(path): the disk is full, free some space")
    }
    return PluginHostError(
      code: "folder_unwritable", message: "cannot \(verb) \(path): \(systemText(number))")
  }
}
