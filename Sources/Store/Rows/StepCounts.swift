// SPDX-License-Identifier: Apache-2.0
// The statistics of a step.

/// How often each thing happened at a step, or what one recording adds to that.
package struct StepCounts: Sendable, Hashable {
  package var entered: Int64
  package var passed: Int64
  package var filtered: Int64
  /// Runs that are waiting there now: it also goes down. The store keeps it for waits that name
  /// their step, and counts those it cancels.
  package var waiting: Int64
  package var cancelled: Int64
  package var succeeded: Int64
  package var failed: Int64

  package init(
    entered: Int64 = 0, passed: Int64 = 0, filtered: Int64 = 0, waiting: Int64 = 0,
    cancelled: Int64 = 0, succeeded: Int64 = 0, failed: Int64 = 0
  ) {
    self.entered = entered
    self.passed = passed
    self.filtered = filtered
    self.waiting = waiting
    self.cancelled = cancelled
    self.succeeded = succeeded
    self.failed = failed
  }
}
