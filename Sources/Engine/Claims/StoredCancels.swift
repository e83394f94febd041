// SPDX-License-Identifier: Apache-2.0
// Cancels on disk, which a page that is being read may not know of.
import Pipeline

/// Runs that were not in memory when somebody cancelled them. A page read at that time may still
/// bring one: it must then end before it does anything.
///
/// An entry is kept until the cancel is answered and the pages that were asked for before that have
/// come.
struct StoredCancels: Sendable {
  private struct Entry: Sendable {
    let reason: String
    var open = 1
    /// Pages that were being read when the cancel was answered.
    var waitsForRuns = false
    var waitsForDue = false

    var isOver: Bool { open == 0 && !waitsForRuns && !waitsForDue }
  }

  private var entries: [RunID: Entry] = [:]

  var isEmpty: Bool { entries.isEmpty }

  mutating func begin(_ run: RunID, _ reason: String) {
    entries[run, default: Entry(reason: reason, open: 0)].open += 1
  }

  mutating func end(_ run: RunID, readingRuns: Bool, readingDue: Bool) {
    entries[run]?.open -= 1
    entries[run]?.waitsForRuns = readingRuns
    entries[run]?.waitsForDue = readingDue
    if entries[run]?.isOver == true { entries[run] = nil }
  }

  func reason(for run: RunID) -> String? { entries[run]?.reason }

  /// A page of active runs has come.
  mutating func runsRead() {
    update { $0.waitsForRuns = false }
  }

  /// A page of due runs has come.
  mutating func dueRead() {
    update { $0.waitsForDue = false }
  }

  private mutating func update(_ change: (inout Entry) -> Void) {
    guard !entries.isEmpty else { return }
    for id in Array(entries.keys) {
      guard var entry = entries[id] else { continue }
      change(&entry)
      entries[id] = entry.isOver ? nil : entry
    }
  }
}
