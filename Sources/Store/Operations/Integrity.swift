// SPDX-License-Identifier: Apache-2.0
// Whether the database is sound.

extension StoreReading {
  /// What SQLite finds wrong with the whole file, an empty list when nothing. Reads every page.
  package func storeFaults() throws(StoreError) -> [String] {
    let lines = try database.statement("PRAGMA integrity_check").all { row throws(StoreError) in
      row.text(0)
    }
    return lines == ["ok"] ? [] : lines
  }
}
