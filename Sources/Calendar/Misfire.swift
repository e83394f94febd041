// SPDX-License-Identifier: Apache-2.0
// What becomes of due times that passed while nothing ran.

/// What a schedule does about due times it missed because the host was down or busy.
package enum Misfire: String, Sendable, Hashable, CaseIterable {
  /// The latest is fired, the ones before it are counted.
  case once
  /// Each is fired, oldest first.
  case all
  /// Only one that is still on time is fired.
  case skip
}

/// What a schedule owes at one moment.
///
/// **Unit** milliseconds since 1970-01-01T00:00:00Z.
package struct DueTimes: Sendable, Hashable {
  /// The due times to fire, oldest first.
  package var fired: [Int64] = []
  /// How many were passed over; counted up to ``Cron/maxCounted``.
  package var missed = 0
  /// From where to ask the next time: nothing up to here is owed any more.
  package var through: Int64
}

extension Cron {
  /// Missed due times are counted so far: a line of every minute passes this in a week.
  package static let maxCounted = 10_000

  /// The due times later than one moment and not later than another, as `misfire` wants them.
  ///
  /// - Parameters:
  ///   - last: the due time handled last
  ///   - limit: how many `all` fires at once; the rest is owed when asked again
  ///   - tolerance: milliseconds by which a due time may be late and still is on time
  package func due(
    after last: Int64, through now: Int64, zone: Zone, misfire: Misfire, limit: Int,
    tolerance: Int64 = 60_000
  ) -> DueTimes {
    var due = DueTimes(through: last)
    guard now > last, let latest = previous(atOrBefore: now, zone: zone), latest > last else {
      return due
    }
    if misfire == .all {
      var at = last
      while due.fired.count < max(limit, 1), let next = next(after: at, zone: zone), next <= now {
        due.fired.append(next)
        at = next
      }
      due.through = at
      return due
    }
    due.through = latest
    var at = last
    while due.missed < Cron.maxCounted, let next = next(after: at, zone: zone), next < latest {
      due.missed += 1
      at = next
    }
    if misfire == .once || now - latest <= tolerance {
      due.fired = [latest]
    } else {
      due.missed += 1
    }
    return due
  }
}
