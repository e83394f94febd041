// SPDX-License-Identifier: Apache-2.0
// The moments at which a cron line is due, where clocks do change.

extension Cron {
  /// The next moment at which it is due, later than another; nil when it never comes.
  ///
  /// **Unit** milliseconds since 1970-01-01T00:00:00Z.
  package func next(after milliseconds: Int64, zone: Zone) -> Int64? {
    guard !neverComes, milliseconds.magnitude < Moment.limit else { return nil }
    var second = floorDivide(milliseconds, by: 1_000) + 1
    let horizon = second + Cron.horizonDays * 86_400
    while second < horizon {
      let stretch = CronStretch(zone, at: second, followsClock: followsClock)
      if let found = stretch.first(of: self, from: second) { return found * 1_000 }
      guard let end = stretch.period.end else { return nil }
      second = end
    }
    return nil
  }

  /// The last moment at which it was due, not later than another; nil when it never comes.
  ///
  /// **Unit** milliseconds since 1970-01-01T00:00:00Z.
  package func previous(atOrBefore milliseconds: Int64, zone: Zone) -> Int64? {
    guard !neverComes, milliseconds.magnitude < Moment.limit else { return nil }
    var second = floorDivide(milliseconds, by: 1_000)
    let horizon = second - Cron.horizonDays * 86_400
    while second > horizon {
      let stretch = CronStretch(zone, at: second, followsClock: followsClock)
      if let found = stretch.last(of: self, through: second) { return found * 1_000 }
      guard let start = stretch.period.start else { return nil }
      second = start - 1
    }
    return nil
  }
}

/// A stretch without a change of the clocks, and what the change before it skipped or repeated.
private struct CronStretch {
  let period: ZonePeriod
  /// What the clocks were put forward over, on the wall.
  private var skipped: Range<Int64>?
  /// What they show for the second time, on the wall.
  private var repeated: Range<Int64>?

  init(_ zone: Zone, at second: Int64, followsClock: Bool) {
    period = zone.period(at: second)
    guard !followsClock, let start = period.start else { return }
    let before = zone.period(at: start - 1)
    if before.offset < period.offset {
      skipped = (start + before.offset)..<(start + period.offset)
    } else if before.offset > period.offset {
      // What the stretch before this one was too short to show is not shown again.
      let shown = before.start.map { $0 + before.offset } ?? .min
      let end = start + before.offset
      repeated = min(max(shown, start + period.offset), end)..<end
    }
  }

  /// **Unit** seconds since 1970.
  func first(of cron: Cron, from second: Int64) -> Int64? {
    if let skipped, second == period.start,
      cron.firstMinute(from: up(skipped.lowerBound), before: up(skipped.upperBound)) != nil
    {
      return second
    }
    let end = period.end.map { up($0 + period.offset) }
    var found = cron.firstMinute(from: up(second + period.offset), before: end)
    if let minute = found, let repeated, repeated.contains(minute * 60) {
      found = cron.firstMinute(from: up(repeated.upperBound), before: end)
    }
    return found.map { $0 * 60 - period.offset }
  }

  func last(of cron: Cron, through second: Int64) -> Int64? {
    let start = period.start.map { up($0 + period.offset) }
    var found = cron.lastMinute(
      through: floorDivide(second + period.offset, by: 60), from: start)
    if let minute = found, let repeated, repeated.contains(minute * 60) {
      found = cron.lastMinute(through: up(repeated.lowerBound) - 1, from: start)
    }
    if let minute = found { return minute * 60 - period.offset }
    guard let skipped, let start = period.start,
      cron.firstMinute(from: up(skipped.lowerBound), before: up(skipped.upperBound)) != nil
    else { return nil }
    return start
  }

  /// Seconds to minutes, rounded up.
  private func up(_ second: Int64) -> Int64 { -floorDivide(-second, by: 60) }
}
