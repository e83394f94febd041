// SPDX-License-Identifier: Apache-2.0
// Counters of the whole data folder.

extension WriteTransaction {
  /// The number of this start: every fenced write names it.
  package func incarnationNext() throws(StoreError) -> Int64 { try counterNext("incarnation") }

  /// The number of this data folder, which is part of every idempotency key: the one that was
  /// written first stays.
  package func installation(orElse number: Int64) throws(StoreError) -> Int64 {
    try database.statement(
      "INSERT INTO meta (name, value) VALUES ('installation', ?) ON CONFLICT (name) DO NOTHING"
    ).bind(number).run()
    let value = try database.statement("SELECT value FROM meta WHERE name = 'installation'")
      .all { row throws(StoreError) in row.integer(0) }.first
    return value ?? number
  }

  private func counterNext(_ name: String) throws(StoreError) -> Int64 {
    let value = try database.statement(
      """
      INSERT INTO meta (name, value) VALUES (?, 1)
      ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value
      """
    ).bind(name).all { row throws(StoreError) in row.integer(0) }.first
    guard let value else { throw StoreError(.internalFault, "counter \(name) has no value") }
    return value
  }

  /// Gives some free pages back to the disk and drops what has expired; cheap enough for any
  /// quiet moment.
  ///
  /// **Shape** how many dedupe keys went away
  @discardableResult
  package func storeTidy(nowMS: Int64, rows: Int64 = 1_000) throws(StoreError) -> Int {
    let removed = try dedupePurge(nowMS: nowMS, limit: rows)
    try database.statement("DELETE FROM news WHERE expires_at <= ?").bind(nowMS).run()
    _ = try database.statement("PRAGMA incremental_vacuum(256)").all { _ throws(StoreError) in 0 }
    return removed
  }
}
