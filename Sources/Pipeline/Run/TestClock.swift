// SPDX-License-Identifier: Apache-2.0
// A clock that goes as far as it is told.

import Calendar

/// The time of a dry run: a delay of three days passes in an instant.
package struct TestClock: Sendable, Hashable {
  package private(set) var now: Moment

  package init(_ now: Moment) { self.now = now }

  /// Goes on to a moment; it never goes back.
  package mutating func pass(until moment: Moment) { now = max(now, moment) }
}
