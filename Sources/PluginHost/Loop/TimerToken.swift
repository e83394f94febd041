// SPDX-License-Identifier: Apache-2.0
//
// One timer of a loop, and its handle.

/// A timer that was scheduled: the handle to cancel it, and its place in the heap.
///
/// **Isolation** the loop's thread.
package final class TimerToken {
  /// When it is due. **Unit** nanoseconds of the monotonic clock.
  package let due: UInt64
  /// Breaks ties: timers due at the same moment run in the order they were scheduled.
  let sequence: UInt64
  /// Its index in the heap; nil once it has run or was cancelled.
  var place: Int?
  var work: (() -> Void)?

  init(due: UInt64, sequence: UInt64, work: @escaping () -> Void) {
    self.due = due
    self.sequence = sequence
    self.work = work
  }

  /// Whether it is still going to run.
  package var isPending: Bool { place != nil }

  func isBefore(_ other: TimerToken) -> Bool {
    due < other.due || (due == other.due && sequence < other.sequence)
  }
}
