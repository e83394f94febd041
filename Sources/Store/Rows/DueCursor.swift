// SPDX-License-Identifier: Apache-2.0
// Where a list of due runs goes on.

import Pipeline

/// The runs that are due, the earliest first, and what comes after them.
package struct DueRuns: Sendable {
  package let runs: [RunRow]
  /// When the earliest run that is not among `runs` is due; nil where none waits for a time.
  ///
  /// **Unit** milliseconds since 1970
  package let next: Int64?
}

/// The last run of a page of due ones.
package struct DueCursor: Sendable, Hashable {
  package let dueAt: Int64
  package let run: RunID

  package init(dueAt: Int64, run: RunID) {
    self.dueAt = dueAt
    self.run = run
  }
}
