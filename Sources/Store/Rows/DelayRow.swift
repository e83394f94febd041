// SPDX-License-Identifier: Apache-2.0
// Delays as people see them.

import Pipeline

/// One run that waits for a time.
package struct DelayRow: Sendable, Hashable {
  package let run: RunID
  package let project: ProjectID
  package let connector: ConnectorID
  package let connectorName: ConnectorName
  package let wait: StoredWait
  /// **Unit** milliseconds since 1970
  package let dueAt: Int64
}

/// One run whose delay was cancelled.
package struct CancelledDelay: Sendable, Hashable {
  package let run: RunID
  package let connector: ConnectorID
  /// The identifier it was found by, the first of several.
  package let identifier: String
}

/// What cancelling delays came to.
package struct DelayCancelling: Sendable, Hashable {
  /// Each run once, in the order of the pairs.
  package var cancelled: [CancelledDelay] = []
  /// What ending those runs moved besides.
  package var aftermath = RunAftermath()
}

/// What else a run's end changed; whoever drives the runs has to know.
package struct RunAftermath: Sendable, Hashable {
  /// Parents that are due now because their last child has ended.
  package var wokenParents: [RunID] = []
  /// Children cancelled with their parent.
  package var cancelledChildren: [RunID] = []
  /// Children that are under way somewhere: to be cancelled there.
  package var runningChildren: [RunID] = []

  package init() {}
}
