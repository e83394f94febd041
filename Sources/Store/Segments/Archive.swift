// SPDX-License-Identifier: Apache-2.0
// Moves ended runs out of the hot tables, and removes them in the end.

import Pipeline
import Synchronization

/// The keeper of the journal's segments. One for each store.
///
/// **Isolation** any thread but the loop's and the store's own: each call reads, writes and waits
/// for the disk; one at a time, the others wait.
package final class Archive: Sendable {
  let store: Store
  private let segmentBytes: Int64
  /// Whoever adds to a segment, removes one or copies them all.
  private let turn = Mutex<Void>(())

  /// - Parameter segmentBytes: when a file is full; tests take small ones.
  package init(_ store: Store, segmentBytes: Int64 = StoreLimits.segmentBytes) {
    self.store = store
    self.segmentBytes = segmentBytes
  }

  /// Moves one small batch of runs that ended a minute ago: into the segment's file, synced, and
  /// only then out of the hot tables. A crash between the two leaves a copy nobody names.
  ///
  /// **Shape** how many were moved; 0 when there is nothing to do for now
  package func step(
    nowMS: Int64, after ageMS: Int64 = StoreLimits.archiveAfterMS
  ) throws(StoreError) -> Int {
    try exclusively { () throws(StoreError) in
      let runs = try store.readAndWait { read throws(StoreError) in
        try read.archiveCandidates(
          finishedBy: nowMS - ageMS, limit: StoreLimits.archiveRuns,
          bytes: StoreLimits.archiveBytes)
      }
      if runs.isEmpty { return 0 }
      let limit = segmentBytes
      let (segment, path, files) = try store.writeAndWait { write throws(StoreError) in
        (
          try write.segmentCurrent(limit: limit, nowMS: nowMS), write.database.path,
          write.database.files
        )
      }
      let file = try SegmentFile.open(segment.name, beside: path, of: files)
      try file.append(runs)
      let size = try file.size()
      return try store.writeAndWait { write throws(StoreError) in
        try write.archiveApply(runs, segment: segment, bytes: size)
      }
    }
  }

  /// Removes what is not to be kept: whole segments of the oldest runs, and runs of connectors that
  /// keep less. Their place in a segment is free when its last run is gone.
  package func retain(
    _ policy: RetentionPolicy, nowMS: Int64
  ) throws(StoreError) -> RetentionReport {
    try exclusively { () throws(StoreError) in
      var report = RetentionReport()
      if !policy.connectors.isEmpty || !policy.projects.isEmpty {
        report.runs += try trim(policy, nowMS: nowMS)
      }
      let segments = try store.readAndWait { read throws(StoreError) in
        try read.segmentList()
      }
      var total = segments.reduce(0) { $0 + $1.bytes }
      for segment in segments {
        let isOver = policy.bytes.map { total > $0 } ?? false
        let isOld = policy.forMS.map { segment.lastFinished <= nowMS - $0 } ?? false
        let isUnused = try isUnused(segment)
        guard segment.isDropping || isOver || isOld || isUnused else { continue }
        total -= segment.bytes
        report.runs += try drop(segment, &report)
      }
      return report
    }
  }

  func exclusively<Value: Sendable>(
    _ body: () throws(StoreError) -> Value
  ) throws(StoreError) -> Value {
    try turn.withLock { _ throws(StoreError) in try body() }
  }

  // MARK: Removing

  private func isUnused(_ segment: SegmentRow) throws(StoreError) -> Bool {
    guard segment.isSealed else { return false }
    return try store.readAndWait { read throws(StoreError) in
      try !read.segmentIsUsed(segment.id)
    }
  }

  /// The heads of its runs go first, a few at a time, then the file: at no moment is a run listed
  /// whose journal is gone.
  private func drop(
    _ segment: SegmentRow, _ report: inout RetentionReport
  ) throws(StoreError) -> Int {
    try store.writeAndWait { write throws(StoreError) in
      try write.segmentDrop(segment.id)
      guard write.database.faults.removesFilesFirst else { return }
      SegmentFile.remove(segment.name, beside: write.database)
    }
    var removed = 0
    while true {
      let count = try store.writeAndWait { write throws(StoreError) in
        try write.runsRemove(
          try write.segmentRuns(segment.id, limit: StoreLimits.archiveRuns))
      }
      removed += count
      if count == 0 { break }
    }
    let isGone = try store.writeAndWait { write throws(StoreError) in
      // Children of its runs may still be under way: the next pass looks again.
      if try write.segmentIsUsed(segment.id) { return false }
      SegmentFile.remove(segment.name, beside: write.database)
      try write.segmentForget(segment.id)
      return true
    }
    guard isGone else { return removed }
    report.segments += 1
    report.bytes += segment.bytes
    return removed
  }

  /// The runs of connectors and projects that are older than those keep, or beyond their bytes from
  /// the newest on: one walk over the heads of all runs.
  private func trim(_ policy: RetentionPolicy, nowMS: Int64) throws(StoreError) -> Int {
    var (cursor, removed) = (RunID?.none, 0)
    var tally = RetentionTally(policy, nowMS: nowMS)
    while true {
      let page = try store.readAndWait { [cursor] read throws(StoreError) in
        try read.runSizes(before: cursor, limit: StoreLimits.runPage)
      }
      guard let last = page.last else { return removed }
      cursor = last.run
      removed += try remove(page.filter { tally.isOver($0) }.map(\.run))
    }
  }

  private func remove(_ runs: [RunID]) throws(StoreError) -> Int {
    var removed = 0
    var rest = runs[...]
    while !rest.isEmpty {
      let part = Array(rest.prefix(StoreLimits.archiveRuns))
      rest = rest.dropFirst(part.count)
      removed += try store.writeAndWait { write throws(StoreError) in try write.runsRemove(part) }
    }
    return removed
  }
}
