// SPDX-License-Identifier: Apache-2.0
// Runs that wait until a contact writes.

import Pipeline

extension WriteTransaction {
  /// Hands a message to a run that waits for one: it is due, whatever the clock is set to. The first message wins, and one
  /// that comes before the time that passed was acted upon wins over the time.
  ///
  /// **Shape** false if the run no longer waits for a message.
  /// **Throws** `too_large`
  package func messageWake(
    _ id: RunID, payload: String, nowMS: Int64
  ) throws(StoreError) -> Bool {
    guard payload.utf8.count <= StoreLimits.wakeBytes else {
      throw StoreError(
        .tooLarge,
        "a message of \(payload.utf8.count) bytes cannot wake a run, the most is "
          + "\(StoreLimits.wakeBytes): keep its media elsewhere and hand over where")
    }
    guard let row = try runGet(id), let wait = row.wait, let contact = wait.contact else {
      return false
    }
    let changed = try database.statement(
      """
      UPDATE run SET due_at = 0, wake = ?, sequence = sequence + 1, updated_at = ?
      WHERE id = ? AND state = 'waiting' AND wait_kind = 'message' AND wake IS NULL
      """
    ).bind(StoredWake.message(payload).text).bind(nowMS).bind(id.rawValue).run()
    guard changed > 0 else { return false }
    try messageWaitClear(id, row.project, contact)
    return true
  }
}

extension StoreReading {
  /// The runs that wait for a message of a contact, oldest first.
  package func messageWaiters(
    _ project: ProjectID, contact: String, limit: Int = StoreLimits.runPage
  ) throws(StoreError) -> [RunID] {
    try database.statement(
      "SELECT run FROM message_wait WHERE project = ? AND contact = ? ORDER BY run LIMIT ?"
    ).bind(project.rawValue).bind(contact).bind(Int64(min(max(limit, 0), StoreLimits.runPage)))
      .all { row throws(StoreError) in RunID(row.integer(0)) }
  }
}
