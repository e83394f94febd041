// SPDX-License-Identifier: Apache-2.0
//
// The installed plugins as a part of a backup.

import Glibc
import Pipeline

extension PluginInstaller {
  /// Copies every build that the lock names, and the lock, into another data folder. The bytes are
  /// not looked at: whoever starts on the copy holds them against its lock.
  ///
  /// **Throws** `lock_unreadable`, `lock_invalid`, `file_unreadable`, `disk_full`,
  /// `folder_unwritable`.
  package func copy(toDataFolder other: String) throws(PluginHostError) {
    let lock = try lock()
    guard !lock.plugins.isEmpty else { return }
    let target = other + "/plugins"
    try FolderWriting.makeFolder(target)
    for (id, entry) in lock.plugins {
      try FolderWriting.makeFolder("\(target)/\(id)")
      for build in entry.builds {
        try copy(place(of: id, build.hash), to: "\(target)/\(id)/\(build.hash)")
      }
      try FolderWriting.sync("\(target)/\(id)")
    }
    try lock.write(target + "/lock.json")
  }

  private func copy(_ folder: String, to target: String) throws(PluginHostError) {
    try FolderWriting.makeFolder(target)
    for name in entries(of: folder) {
      guard let bytes = readFile("\(folder)/\(name)", limit: LoadedImage.mostBytes) else {
        throw PluginHostError(
          code: "file_unreadable",
          message: "\(folder)/\(name) cannot be read: \(systemText(errno))")
      }
      try FolderWriting.write(bytes, to: "\(target)/\(name)", mode: 0o400)
    }
    try FolderWriting.sync(target)
  }
}
