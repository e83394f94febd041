// SPDX-License-Identifier: Apache-2.0
// Copies of a data folder, and a data folder from a copy.
import Glibc
import PluginHost
import Store

extension Host {
  /// Copies database, journal, blobs and installed plugins into an empty folder, while everything goes on.
  /// The key that opens the credentials is not in the copy.
  ///
  /// - Throws: `HostError`, codes `folder_unwritable`, `disk_full`.
  public func backup(to folder: String) throws(HostError) {
    do throws(StoreError) {
      try blobs.backup(to: folder) { () throws(StoreError) in try archive.backup(to: folder) }
    } catch {
      throw HostError(error.code.rawValue, error.message)
    }
    // No install beside it: what the lock names has to be there.
    try change { () throws(HostError) -> Void in
      try Host.hosting { () throws(PluginHostError) in try installer.copy(toDataFolder: folder) }
    }
  }

  /// Makes a data folder from a backup, and looks through what was made. The folder may hold the
  /// key already, and nothing else.
  ///
  /// - Throws: `HostError`, codes `folder_locked`, `folder_not_empty`, `not_found`,
  ///   `database_damaged`, `newer_database`.
  public static func restore(from backup: String, to folder: String) throws(HostError) {
    do {
      let names = names(in: folder)
      // Asked first where a host may be: that it runs says more than that the folder is full.
      var lock: DataFolderLock? = names.contains("lock") ? try DataFolder.lock(folder) : nil
      guard names.isSubset(of: ["lock", "secret.key"]) else {
        throw HostError(
          "folder_not_empty",
          "\(folder) is not empty: move it away, or name another --data to restore into")
      }
      if lock == nil { lock = try DataFolder.lock(folder) }
      try withExtendedLifetime(lock) { () throws(StoreError) in
        try Archive.restore(from: backup, to: folder)
        try BlobStore.restore(from: backup, to: folder)
        let faults = try Archive.check(folder)
        guard faults.isEmpty else {
          throw StoreError(
            .damaged, "what was restored is damaged (\(faults[0])): check the disk, try again")
        }
      }
      try PluginInstaller(dataFolder: backup) { _ in "" }.copy(toDataFolder: folder)
    } catch let error as StoreError {
      throw HostError(error.code.rawValue, error.message)
    } catch let error as PluginHostError {
      throw HostError(error.code, error.message)
    } catch let error as HostError {
      throw error
    } catch {
      throw HostError("restore_failed", "\(error)")
    }
  }

  private static func names(in folder: String) -> Set<String> {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: Set<String> = []
    while let entry = readdir(stream) {
      names.insert(
        withUnsafeBytes(of: entry.pointee.d_name) { bytes in
          String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        })
    }
    return names.subtracting([".", ".."])
  }
}
