// SPDX-License-Identifier: Apache-2.0
// A run on its way between the hot tables and a segment.

import Pipeline

/// What leaves the hot tables with a run: its event and its journal. Its head stays, so that lists
/// and searches need no merge over files.
struct ArchivedRun: Sendable {
  struct Event: Sendable {
    let body: String
    let contactSeed: String?
    let receivedAt: Int64
  }

  let id: RunID
  /// The count of the run's writes: where it has moved, somebody has reopened the run meanwhile.
  let sequence: Int64
  let finishedAt: Int64
  /// nil for a child: its event is its parent's.
  let event: Event?
  let journal: [JournalRow]

  /// **Unit** bytes
  var bytes: Int {
    journal.reduce(event?.body.utf8.count ?? 0) { $0 + $1.entry.utf8.count }
  }
}
