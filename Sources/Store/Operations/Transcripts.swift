// SPDX-License-Identifier: Apache-2.0
// Calls that can run again: the last of each action, as long as their runs are kept.

import Pipeline

extension WriteTransaction {
  /// Keeps a transcript, and only the last twenty of its action that failed, the last twenty that
  /// did not, and the last two thousand of all. One that is too long is left out: the attempt is
  /// recorded all the same.
  ///
  /// **Shape** whether it was kept
  @discardableResult
  package func transcriptPut(_ row: TranscriptRow) throws(StoreError) -> Bool {
    guard row.content.utf8.count <= StoreLimits.transcriptBytes else { return false }
    try database.statement(
      """
      INSERT OR REPLACE INTO transcript (run, seq, connector, component, failed, content)
      VALUES (?, ?, ?, ?, ?, ?)
      """
    ).bind(row.run.rawValue).bind(row.sequence).bind(row.connector.rawValue).bind(row.component)
      .bind(row.isFailure).bind(row.content).run()
    try database.statement(
      """
      DELETE FROM transcript WHERE connector = ?1 AND component = ?2 AND failed = ?3 AND id <= (
        SELECT id FROM transcript WHERE connector = ?1 AND component = ?2 AND failed = ?3
        ORDER BY id DESC LIMIT 1 OFFSET ?4)
      """
    ).bind(row.connector.rawValue).bind(row.component).bind(row.isFailure)
      .bind(StoreLimits.transcripts).run()
    try database.statement(
      """
      DELETE FROM transcript WHERE id <= (SELECT max(id) FROM transcript) - ?
      """
    ).bind(StoreLimits.allTranscripts).run()
    return true
  }

  /// Forgets those of a run that is removed.
  func transcriptsRemove(_ run: RunID) throws(StoreError) {
    try database.statement("DELETE FROM transcript WHERE run = ?").bind(run.rawValue).run()
  }
}

extension StoreReading {
  /// The transcript of the attempt with this journal entry; nil when none is kept.
  package func transcriptGet(
    _ run: RunID, sequence: Int64
  ) throws(StoreError) -> String? {
    try database.statement("SELECT content FROM transcript WHERE run = ? AND seq = ?")
      .bind(run.rawValue).bind(sequence).first { row throws(StoreError) in row.text(0) }
  }

  /// The journal entries of a run that have a transcript, in order.
  package func transcriptList(_ run: RunID) throws(StoreError) -> [Int64] {
    try database.statement("SELECT seq FROM transcript WHERE run = ? ORDER BY seq")
      .bind(run.rawValue).all { row throws(StoreError) in row.integer(0) }
  }
}
