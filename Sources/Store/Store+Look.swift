// SPDX-License-Identifier: Apache-2.0
// A look into a data folder that nobody need have open.

extension Store {
  /// Reads a folder's database with a connection of its own, beside a host or without one. Nothing
  /// is made, nothing changed.
  ///
  /// **Shape** nil where there is no database
  /// **Throws** `foreign_database`, `newer_database`, `older_database`, `folder_unwritable`,
  /// `database_damaged`
  package static func look<Value>(
    into folder: String, _ body: (ReadTransaction) throws(StoreError) -> Value
  ) throws(StoreError) -> Value? {
    let path = folder + "/" + DatabaseFile.name
    guard try FileHeader.isOurs(path, of: HostFiles()) else { return nil }
    let database = try Database(path: path)
    try database.execute("PRAGMA query_only=ON")
    return try body(ReadTransaction(database: database))
  }

  /// The version of the layout that this program writes.
  package static var layoutVersion: Int { Int(Layout.version) }
}
