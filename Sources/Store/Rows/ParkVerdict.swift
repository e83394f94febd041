// SPDX-License-Identifier: Apache-2.0
// What parking a run came to.

/// Whether a run that was to wait does.
package enum ParkVerdict: Sendable, Hashable {
  case parked
  /// Its delay was cancelled at once, by a cancel that also holds for delays made after it, or
  /// because the run it is an element of was cancelled. `end`: the run is cancelled and finished.
  /// `resume`: it is parked and due now.
  case held(DelayCancelMode, RunAftermath)
}

/// What becomes of a run whose delay is cancelled.
package enum DelayCancelMode: String, Sendable, Hashable, CaseIterable {
  /// The run is cancelled and finished.
  case end
  /// The run goes on after the delay.
  case resume
}
