// SPDX-License-Identifier: Apache-2.0
// Copies of a data folder's database and journal, taken while it is in use.

import CSQLite
import Glibc

extension Archive {
  /// Copies the database and every segment into an empty folder, as one state: what was committed
  /// before the call is in it. The folder opens like any other. Keys, plugins and the like are not
  /// the store's and are not in it.
  ///
  /// Segments are neither added to nor removed meanwhile; runs and records go on.
  ///
  /// **Throws** `folder_unwritable` if the folder is not empty; what was begun is left there
  package func backup(to folder: String) throws(StoreError) {
    try exclusively { () throws(StoreError) in
      try DataFolder.make(folder)
      guard try DataFolder.isEmpty(folder) else {
        throw StoreError(
          .folderUnwritable, "\(folder) is not empty: name a folder of its own for each backup")
      }
      let source = try store.readAndWait { read throws(StoreError) in read.database.path }
      let target = folder + "/" + DatabaseFile.name
      try FileCopy.database(source, to: target + ".new")
      let segments = try Archive.segments(of: target + ".new")
      for name in segments {
        let from = SegmentFile.folder(beside: source) + "/" + name
        try DataFolder.make(SegmentFile.folder(beside: target))
        try FileCopy.database(from, to: SegmentFile.folder(beside: target) + "/" + name)
      }
      if !segments.isEmpty { DataFolder.sync(SegmentFile.folder(beside: target)) }
      // Under its own name only when all is there: half a backup is none.
      guard rename(target + ".new", target) == 0 else {
        throw DataFolder.cannot("make", target, errno)
      }
      DataFolder.sync(folder)
    }
  }

  /// Puts a backup into an empty data folder, after looking through all of it.
  ///
  /// **Throws** `foreign_database`, `newer_database`, `database_damaged` for a backup that is none,
  /// `folder_unwritable` for a folder that is not empty
  package static func restore(from backup: String, to folder: String) throws(StoreError) {
    let source = backup + "/" + DatabaseFile.name
    guard try FileHeader.isOurs(source, of: HostFiles()) else {
      throw StoreError(
        .notFound, "\(backup) holds no backup: name the folder that backup was given")
    }
    let faults = try check(backup)
    guard faults.isEmpty else {
      throw StoreError(
        .damaged, "the backup in \(backup) is damaged (\(faults[0])): restore an older one")
    }
    try DataFolder.make(folder)
    guard access(folder + "/" + DatabaseFile.name, F_OK) != 0 else {
      throw StoreError(
        .folderUnwritable,
        "\(folder) has a database already: move it away, or name another --data")
    }
    for name in try segments(of: source) {
      try DataFolder.make(SegmentFile.folder(beside: folder + "/" + DatabaseFile.name))
      try FileCopy.database(
        backup + "/" + SegmentFile.folder + "/" + name,
        to: folder + "/" + SegmentFile.folder + "/" + name)
    }
    let target = folder + "/" + DatabaseFile.name
    try FileCopy.database(source, to: target + ".restored")
    guard rename(target + ".restored", target) == 0 else {
      throw DataFolder.cannot("make", target, errno)
    }
    DataFolder.sync(folder)
  }

  /// What is wrong with the store and its segments, an empty list when nothing. Reads every page.
  package func faults() throws(StoreError) -> [String] {
    try exclusively { () throws(StoreError) in
      let (faults, path) = try store.readAndWait { read throws(StoreError) in
        (try read.storeFaults(), read.database.path)
      }
      return try faults + Archive.segmentFaults(beside: path)
    }
  }

  /// The same for a folder that nobody has open.
  package static func check(_ folder: String) throws(StoreError) -> [String] {
    let path = folder + "/" + DatabaseFile.name
    let database = try Database(path: path)
    return try ReadTransaction(database: database).storeFaults() + segmentFaults(beside: path)
  }

  private static func segmentFaults(beside path: String) throws(StoreError) -> [String] {
    var faults: [String] = []
    let database = try Database(path: path)
    for name in try segments(of: path) {
      do throws(StoreError) {
        guard let file = try SegmentFile.find(name, beside: database) else {
          faults.append("journal/\(name) is missing")
          continue
        }
        let found = try ReadTransaction(database: file.database).storeFaults()
        faults += found.map { "journal/\(name): \($0)" }
      } catch {
        faults.append("journal/\(name): \(error.message)")
      }
    }
    return faults
  }

  private static func segments(of path: String) throws(StoreError) -> [String] {
    let database = try Database(path: path)
    return try ReadTransaction(database: database).segmentList().filter { $0.runs > 0 }.map(\.name)
  }
}
