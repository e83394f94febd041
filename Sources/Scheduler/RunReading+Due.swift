// SPDX-License-Identifier: Apache-2.0
// Due runs read back, past those that stay where they are.
import Engine
import Pipeline
import Store

/// A page of due runs.
package struct DuePage: Sendable {
  package var page = RunPage()
  /// Up to where everything that is due stays where it is.
  package var passed: DuePlace?
  /// When the earliest run is due that was not looked at.
  package var next: Int64?
}

extension RunReading {
  /// Rows that one read walks past at most, in pages: it must not keep others from reading.
  private static let pages = 16

  /// The due runs that can go on. Those of a project that is held, and those that cannot be read
  /// back, are passed over: however many there are, they hide nobody behind them.
  ///
  /// - Parameters:
  ///   - after: what was passed over before.
  ///   - held: the projects whose runs are not to be woken.
  /// - Throws: `StoreError`.
  package func due(
    until: Int64, after: DuePlace?, limit: Int, held: Set<ProjectID>,
    _ transaction: some StoreReading
  ) throws(StoreError) -> DuePage {
    var found = DuePage()
    var cursor = after
    for _ in 0..<RunReading.pages {
      let due = try transaction.runListDue(
        nowMS: until, after: cursor.map { DueCursor(dueAt: $0.dueAt, run: $0.run) }, limit: limit)
      found.next = due.next
      let page = try self.page(due.runs.filter { !held.contains($0.project) }, transaction)
      let readable = Set(page.seeds.map(\.progress.runID))
      for row in due.runs {
        guard !readable.contains(row.id) else { break }
        found.passed = DuePlace(dueAt: row.dueAt ?? 0, run: row.id)
      }
      found.page.add(page)
      guard page.seeds.isEmpty, due.runs.count == limit else { break }
      cursor = found.passed
    }
    return found
  }
}
