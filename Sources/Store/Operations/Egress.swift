// SPDX-License-Identifier: Apache-2.0
// The ledger of requests to the outside world.

import Pipeline

extension WriteTransaction {
  /// Records that a request is about to be made; committed before the host forwards it.
  ///
  /// **Throws** `already_recorded` if the attempt has a request under this number
  package func egressIntent(
    _ run: RunID, attempt: String, request: Int64, effect: SideEffect, digest: String
  ) throws(StoreError) {
    try database.statement(
      """
      INSERT INTO egress (run, attempt, request, effect, digest, state, too_large)
      VALUES (?, ?, ?, ?, ?, 'intent', 0)
      """
    ).bind(run.rawValue).bind(attempt).bind(request).bind(effect.rawValue).bind(digest).run()
  }

  /// The transport has begun to send it.
  package func egressLeft(_ run: RunID, attempt: String, request: Int64) throws(StoreError) {
    let changed = try database.statement(
      """
      UPDATE egress SET state = 'left'
      WHERE run = ? AND attempt = ? AND request = ? AND state = 'intent'
      """
    ).bind(run.rawValue).bind(attempt).bind(request).run()
    if changed == 0 { throw notIntended(run, attempt, request) }
  }

  /// Records the answer. One over 64 KiB is marked instead of kept.
  ///
  /// **Throws** `not_found` without an intent, `already_recorded` if it was answered before
  package func egressAnswered(
    _ run: RunID, attempt: String, request: Int64, response: [UInt8]
  ) throws(StoreError) {
    let isTooLarge = response.count > StoreLimits.keptResponseBytes
    let changed = try database.statement(
      """
      UPDATE egress SET state = 'answered', response = ?, too_large = ?
      WHERE run = ? AND attempt = ? AND request = ? AND state != 'answered'
      """
    ).bind(isTooLarge ? nil : response).bind(isTooLarge).bind(run.rawValue).bind(attempt)
      .bind(request).run()
    guard changed == 0 else { return }
    if try egressGet(run, attempt: attempt, request: request) == nil {
      throw notIntended(run, attempt, request)
    }
    throw StoreError(
      .alreadyRecorded, "request \(request) of attempt \(attempt) was answered before")
  }

  /// Takes an intent back that certainly did not leave the host, so that it may be made again.
  package func egressWithdraw(_ run: RunID, attempt: String, request: Int64) throws(StoreError) {
    try database.statement(
      """
      DELETE FROM egress WHERE run = ? AND attempt = ? AND request = ? AND state = 'intent'
      """
    ).bind(run.rawValue).bind(attempt).bind(request).run()
  }

  /// Forgets a run's requests; `runFinish` does so too.
  package func egressClear(_ run: RunID) throws(StoreError) {
    try database.statement("DELETE FROM egress WHERE run = ?").bind(run.rawValue).run()
  }

  private func notIntended(_ run: RunID, _ attempt: String, _ request: Int64) -> StoreError {
    StoreError(
      .notFound,
      "request \(request) of attempt \(attempt) of run \(run) was not recorded before it was made")
  }
}

extension StoreReading {
  package func egressGet(
    _ run: RunID, attempt: String, request: Int64
  ) throws(StoreError) -> EgressRow? {
    try database.statement(
      """
      SELECT state, digest, effect, response, too_large FROM egress
      WHERE run = ? AND attempt = ? AND request = ?
      """
    ).bind(run.rawValue).bind(attempt).bind(request)
      .first { row throws(StoreError) in try EgressRow(row) }
  }

  /// All requests of an attempt in order: what a recovery looks at.
  package func egressList(
    _ run: RunID, attempt: String
  ) throws(StoreError) -> [(request: Int64, row: EgressRow)] {
    try database.statement(
      """
      SELECT state, digest, effect, response, too_large, request FROM egress
      WHERE run = ? AND attempt = ? ORDER BY request
      """
    ).bind(run.rawValue).bind(attempt)
      .all { row throws(StoreError) in (row.integer(5), try EgressRow(row)) }
  }
}

extension EgressRow {
  fileprivate init(_ row: Statement) throws(StoreError) {
    let text = row.text(0)
    guard let state = State(rawValue: text) else {
      throw StoreError(.damaged, "a request in the ledger has the unknown state \(text)")
    }
    self.init(
      state: state, digest: row.text(1), effect: row.text(2), response: row.bytesOrNil(3),
      isTooLarge: row.boolean(4))
  }
}
