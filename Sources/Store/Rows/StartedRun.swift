// SPDX-License-Identifier: Apache-2.0
// What starting a run under a key came to.

import Pipeline

/// What to do where a live run has the key already.
package enum EnrolmentRule: String, Sendable, Hashable, CaseIterable {
  /// The run that is there goes on, none is started.
  case leave
  /// It is cancelled, another begins.
  case restart
}

/// The run that now has the key, or simply the run that was started.
package struct StartedRun: Sendable, Hashable {
  package let run: RunID
  /// False where the run was there before and was left alone.
  package let isNew: Bool
  /// The run that was cancelled for it.
  package var replaced: RunID?
  /// What its end moved besides.
  package var aftermath = RunAftermath()
}

/// A key and the live run that has it.
package struct EnrolmentRow: Sendable, Hashable {
  package let key: EnrolmentKey
  package let run: RunID
  /// **Unit** milliseconds since 1970
  package let enteredAt: Int64
}
