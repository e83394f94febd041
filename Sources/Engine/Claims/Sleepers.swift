// SPDX-License-Identifier: Apache-2.0
// When the next waiting run is due, all of which are on disk.

/// The earliest due time that is stored, and whether somebody is looking.
struct Sleepers: Sendable {
  /// **Unit** milliseconds since 1970.
  private(set) var next: Int64?
  /// Whether a page of due runs is being read.
  private(set) var isReading = false
  /// Due runs whose waking is not on disk yet: until it is they are still in the next page.
  var waking = 0

  mutating func note(_ time: Int64) {
    next = min(time, next ?? time)
  }

  /// Whether to read a page now.
  func isDue(at wall: Int64) -> Bool {
    guard let next, !isReading, waking == 0 else { return false }
    return next <= wall
  }

  mutating func beginReading() {
    isReading = true
    next = nil
  }

  /// The page is here; what was noted meanwhile counts as well.
  mutating func endReading(next time: Int64?) {
    isReading = false
    if let time { note(time) }
  }
}
