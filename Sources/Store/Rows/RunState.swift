// SPDX-License-Identifier: Apache-2.0
// The states of a run.

/// Where a run is in its life. Who moves it: accepting an event makes it `ready`; the scheduler
/// claims it (`running`), parks it (`waiting`) and ends it; a person may cancel it.
package enum RunState: String, Sendable, Hashable, CaseIterable {
  /// Accepted, or put back by a restart: nobody works on it.
  case ready
  /// The scheduler of the run's incarnation works on it.
  case running
  /// Its next step is due later.
  case waiting
  /// Every step is done.
  case succeeded
  /// A step ended it on purpose.
  case stopped
  /// A fallback said stop.
  case failed
  /// A person or a step took it out.
  case cancelled

  /// Nothing moves it any more.
  package var isTerminal: Bool {
    switch self {
    case .ready, .running, .waiting: false
    case .succeeded, .stopped, .failed, .cancelled: true
    }
  }
}
