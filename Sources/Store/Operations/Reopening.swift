// SPDX-License-Identifier: Apache-2.0
// What a person does about a run that has ended, or whose fate is not known.

import Pipeline

extension WriteTransaction {
  /// Says whether what may have left did. The mark `unknown` becomes `sent` or `not_sent`; how the
  /// run goes on is not decided here.
  ///
  /// **Shape** false if nothing about the run is unknown
  package func runResolve(_ id: RunID, sent: Bool, nowMS: Int64) throws(StoreError) -> Bool {
    try database.statement(
      "UPDATE run SET mark = ?, updated_at = ? WHERE id = ? AND mark = 'unknown'"
    ).bind(sent ? "sent" : "not_sent").bind(nowMS).bind(id.rawValue).run() > 0
  }

  /// Makes a run that failed, stopped or was cancelled ready again, at its position or another, on
  /// its version or another. Its fence grows on; its journal stays; what the ledger knows of it
  /// goes, so that its requests are made again.
  ///
  /// - Parameter evenSucceeded: also one that succeeded: elements of its loops may have failed.
  ///
  /// **Shape** the run as it now is; nil if it has not ended so
  /// **Throws** `already_recorded` if another run was entered under its key meanwhile, if the run of
  /// an element of the step it stands in has not ended, or if its element was run anew since
  package func runReopen(
    _ id: RunID, position: String? = nil, version: Int64? = nil, evenSucceeded: Bool = false,
    nowMS: Int64
  ) throws(StoreError) -> RunRow? {
    let changed = try database.statement(
      """
      UPDATE run SET state = 'ready', sequence = sequence + 1, retries = retries + 1,
        position = ifnull(?, position), version = ifnull(?, version), reason = NULL,
        finished_at = NULL, updated_at = ?
      WHERE id = ? AND finished_at IS NOT NULL AND (? OR state <> 'succeeded')
      """
    ).bind(position).bind(version).bind(nowMS).bind(id.rawValue).bind(evenSucceeded).run()
    guard changed > 0, let row = try runGet(id) else { return nil }
    try archiveReturn(id)
    try egressClear(id)
    if let key = row.enrolment {
      if let other = try enrolmentGet(key) {
        throw StoreError(
          .alreadyRecorded,
          "run \(other.run) was entered under the key of run \(id) meanwhile: cancel it first")
      }
      try enrolmentPut(key, id, nowMS: nowMS)
    }
    if let place = row.child { try childReopened(id, place) }
    if let step = Position(text: row.position)?.step { try childrenHaveEnded(of: id, step: step) }
    return row
  }

  /// The element counts as under way again. A parent that still waits waits for it too; one that
  /// went on is not woken a second time.
  private func childReopened(_ id: RunID, _ place: ChildPlace) throws(StoreError) {
    let changed = try database.statement(
      """
      UPDATE child SET state = NULL, saved = NULL
      WHERE parent = ? AND step = ? AND element = ? AND run = ?
      """
    ).bind(place.parent.rawValue).bind(Int64(place.step)).bind(Int64(place.element))
      .bind(id.rawValue).run()
    guard changed > 0 else {
      throw StoreError(
        .alreadyRecorded,
        "the element of run \(id) was run anew when run \(place.parent) was retried: retry the "
          + "newer run")
    }
    try database.statement("UPDATE child_group SET open = open + 1 WHERE parent = ? AND step = ?")
      .bind(place.parent.rawValue).bind(Int64(place.step)).run()
  }
}
