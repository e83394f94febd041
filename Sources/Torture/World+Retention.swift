// SPDX-License-Identifier: Apache-2.0
// What becomes of runs that have ended: they leave the hot tables, and are removed in the end.

import Pipeline
import Store

/// What the journal of a run that is gone promised of records.
struct Promises: Sendable {
  var counted = 0
  var tallied: Int64 = 0

  init(_ journal: [JournalEntry]) {
    for entry in journal where entry.kind == .action && entry.status == .succeeded {
      if entry.action == SimulatedAction.count.id { counted += 1 }
      if entry.action == SimulatedAction.tally.id { tallied += 1 }
    }
  }
}

extension World {
  /// How long ended runs are kept. **Unit** milliseconds
  private static let kept: Int64 = 10_000

  private var archive: Archive { Archive(store, segmentBytes: 30_000) }

  /// Moves ended runs out of the hot tables, as the housekeeper's thread does between batches.
  func tidy() {
    let moved = try? archive.step(nowMS: clock.wall, after: 0)
    note("archived", Int64(moved ?? -1))
    keepState(then: {})
  }

  /// Removes segments whose runs ended long enough ago.
  func retain() {
    // What is queued ends runs too: nothing may end between the look and the removal.
    while store.step() {}
    guard Reckoning(self).noteRemovable(endedBy: clock.wall - World.kept) else { return }
    let report = try? archive.retain(RetentionPolicy(forMS: World.kept), nowMS: clock.wall)
    note("retained", Int64(report?.runs ?? -1))
  }
}
