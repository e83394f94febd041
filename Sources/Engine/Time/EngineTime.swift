// SPDX-License-Identifier: Apache-2.0
// The two clocks an input comes with.

/// When an input happened.
///
/// Everything that must be long enough (back-offs, probes, buckets) is measured on the monotonic
/// clock; everything a person wrote down as a time (delays) on the wall clock, which may jump.
package struct EngineTime: Sendable, Hashable {
  /// **Unit** nanoseconds since some start; never goes back.
  package var monotonic: UInt64
  /// **Unit** milliseconds since 1970.
  package var wall: Int64

  package init(monotonic: UInt64, wall: Int64) {
    self.monotonic = monotonic
    self.wall = wall
  }

  /// A monotonic time as the wall clock will show it, if nobody sets it until then.
  func wall(of time: UInt64) -> Int64 {
    if time >= monotonic { return wall + Int64((time - monotonic) / 1_000_000) }
    return wall - Int64((monotonic - time) / 1_000_000)
  }

  /// A wall time on the monotonic clock; now for one that is past.
  func monotonic(of time: Int64) -> UInt64 {
    let ahead = time.subtractingReportingOverflow(wall)
    guard !ahead.overflow, ahead.partialValue > 0 else { return monotonic }
    let bounded = UInt64(min(ahead.partialValue, Int64.max / 2_000_000))
    return monotonic + bounded * 1_000_000
  }
}

extension Duration {
  /// **Unit** nanoseconds; 0 for a negative one, at most 31 years.
  var nanoseconds: UInt64 {
    let (seconds, attoseconds) = components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    return UInt64(min(seconds, 1_000_000_000)) * 1_000_000_000
      + UInt64(attoseconds / 1_000_000_000)
  }
}
