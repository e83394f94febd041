// SPDX-License-Identifier: Apache-2.0
// One line of a run's history.

/// An entry of a run's journal.
package struct JournalRow: Sendable, Hashable {
  /// Counts from 0 within the run.
  package let sequence: Int64
  /// **Shape** JSON text
  package let entry: String
  /// **Unit** milliseconds since 1970
  package let startedMS: Int64
  package let durationMS: Int64
}
