// SPDX-License-Identifier: Apache-2.0
// The engine's own bounds, each with its reason.

/// The engine's own bounds, each with its reason.
package struct EngineLimits: Sendable {
  /// Runs that move at once, those whose call waits for a peer among them: 5,000 such calls are to
  /// be in flight. A run is some kilobytes and its event; more wait on disk.
  package var liveRuns = 8_192
  /// Runs in memory that wait at a gate or for their next attempt, shared out evenly among the
  /// connectors that have some: one that is stuck must not keep the others on disk.
  package var stuckRuns = 4_096
  /// What a connector may have of them however many there are; fewer would make each gate a read.
  package var leastStuckRuns = 16
  /// Runs read back in one page.
  package var claimPage = 256
  /// A call that was collateral this often is charged: it may be the cause after all.
  package var collaterals = 3
  /// A call that lost this many races at commit ends with `conflict`.
  package var lostRaces = 10
  /// Attempts at one call, whatever its policy says: each is a line in the journal.
  package var attempts = 100
  /// Serial keys one call may hold; each is a line of its own.
  package var serialKeys = 1_024
  /// How long a recording waits after the disk refused it, in nanoseconds.
  package var stallRetry: UInt64 = 1_000_000_000
  /// How often the wall clock is looked at while something sleeps, in nanoseconds: it may be set.
  package var clockCheck: UInt64 = 1_000_000_000

  package init() {}
}
