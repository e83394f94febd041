// SPDX-License-Identifier: Apache-2.0
// When the next waiting run is due, all of which are on disk.

import Pipeline

/// Where a run stands among those that wait for a time.
package struct DuePlace: Sendable, Hashable, Comparable {
  /// **Unit** milliseconds since 1970.
  package let dueAt: Int64
  package let run: RunID

  package init(dueAt: Int64, run: RunID) {
    self.dueAt = dueAt
    self.run = run
  }

  package static func < (left: DuePlace, right: DuePlace) -> Bool {
    (left.dueAt, left.run) < (right.dueAt, right.run)
  }
}

/// The earliest due time that is stored, and whether somebody is looking.
struct Sleepers: Sendable {
  /// **Unit** milliseconds since 1970.
  private(set) var next: Int64?
  /// Whether a page of due runs is being read.
  private(set) var isReading = false
  /// Up to where all that is due stays where it is: the next page begins behind it, so that who is
  /// held or cannot be read does not hide those behind.
  private(set) var passed: DuePlace?
  /// When `passed` was first set; it is looked at again once a minute.
  private var passedSince: UInt64 = 0
  /// The earliest time noted while a page was being read.
  private var notedMeanwhile: Int64?
  /// Due runs whose waking is not on disk yet: until it is they are still in the next page.
  var waking = 0

  mutating func note(_ time: Int64) {
    next = min(time, next ?? time)
    if isReading { notedMeanwhile = min(time, notedMeanwhile ?? time) }
    if let passed, time <= passed.dueAt { self.passed = nil }
  }

  /// All up to this place stays where it is.
  mutating func passOver(_ place: DuePlace, at now: EngineTime) {
    if let notedMeanwhile, notedMeanwhile <= place.dueAt { return }
    if passed == nil { passedSince = now.monotonic }
    passed = max(place, passed ?? place)
    note(now.wall + Sleepers.again)
  }

  /// How soon those that were passed over are looked at again, in milliseconds.
  private static let again: Int64 = 60_000

  /// Whether to read a page now.
  func isDue(at wall: Int64) -> Bool {
    guard let next, !isReading, waking == 0 else { return false }
    return next <= wall
  }

  mutating func beginReading(at now: EngineTime) {
    isReading = true
    next = nil
    notedMeanwhile = nil
    if now.monotonic >= passedSince + UInt64(Sleepers.again) * 1_000_000 { passed = nil }
    // While there are some, they are looked at again.
    if passed != nil { next = now.wall + Sleepers.again }
  }

  /// The page is here; what was noted meanwhile counts as well.
  mutating func endReading(next time: Int64?) {
    isReading = false
    if let time { note(time) }
  }
}
