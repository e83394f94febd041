// SPDX-License-Identifier: Apache-2.0
// Making, recognising and opening the file `main.db`.

import CSQLite

/// The database's file: told apart from others by its first bytes, before SQLite touches it.
enum DatabaseFile {
  static let name = "main.db"

  /// Makes the file where it is missing, and refuses what is not ours; the path of the file.
  static func prepare(in folder: String, of files: any StoreFiles) throws(StoreError) -> String {
    try files.makeFolder(folder)
    let path = folder + "/" + name
    switch try FileHeader.read(path, of: files) {
    case .missing: try create(path, in: folder, of: files)
    case .ours: break
    case .newer(let version): throw newer(path, version)
    case .older(let version): throw older(path, version)
    case .foreign(let what):
      throw StoreError(
        .foreignDatabase,
        "\(path) is \(what), not a database of jackfield: move it away or name another --data")
    }
    return path
  }

  static func newer(_ path: String, _ version: UInt32) -> StoreError {
    StoreError(
      .newerDatabase,
      "\(path) has version \(version), this jackfield knows up to \(Layout.version): "
        + "use the newer jackfield, or another --data")
  }

  /// No release ever wrote one: the layouts before it were taken up by developers only.
  static func older(_ path: String, _ version: UInt32) -> StoreError {
    StoreError(
      .olderDatabase,
      "\(path) has version \(version) from before the first release, this jackfield writes "
        + "\(Layout.version): move the data folder away and apply the documents again, "
        + "or name another --data")
  }

  /// A connection set up for durability: every commit is synced.
  static func connect(
    _ path: String, _ simulation: StoreSimulation
  ) throws(StoreError) -> Database {
    let database = try Database(path: path, simulation)
    try database.execute(
      """
      PRAGMA journal_mode=WAL;
      PRAGMA synchronous=\(simulation.faults.isUnsynced ? "OFF" : "FULL");
      PRAGMA wal_autocheckpoint=0;
      PRAGMA journal_size_limit=67108864;
      PRAGMA cache_size=-16384;
      PRAGMA temp_store=MEMORY;
      """)
    try database.checkVersion(path)
    database.watchLog()
    return database
  }

  /// Built whole under another name, so that a crash leaves no half of it.
  private static func create(
    _ path: String, in folder: String, of files: any StoreFiles
  ) throws(StoreError) {
    let draft = path + ".new"
    files.remove(draft)
    files.remove(draft + "-journal")
    try files.touch(draft)
    do {
      let database = try Database(path: draft, StoreSimulation(files: files))
      try database.execute(Layout.creation)
    }
    try files.rename(draft, to: path)
    files.syncFolder(folder)
  }
}

extension Database {
  /// The header was read before; the log may hold a later one.
  fileprivate func checkVersion(_ path: String) throws(StoreError) {
    let version = try statement("PRAGMA user_version").first { row throws(StoreError) in
      row.integer(0)
    }
    if let version, version > Int64(Layout.version) {
      throw DatabaseFile.newer(path, UInt32(clamping: version))
    }
  }
}
