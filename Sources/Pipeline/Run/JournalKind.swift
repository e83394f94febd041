// SPDX-License-Identifier: Apache-2.0
// What a line of a journal is about, and how that ended.

/// What a journal entry is about.
package enum JournalKind: String, Sendable, Hashable, CaseIterable {
  case filter, action, delay, format
  /// A wait for the contact's message.
  case message
  /// An attempt at an action that is followed by another one.
  case attempt
  /// A wait for news of what an action sent; its own entry follows.
  case news
  /// The beginning or the end of a loop inside the run.
  case loop
  /// The runs of a loop's elements: made, or all ended.
  case children
  /// A person had the ended run go on.
  case retry
  /// The run was ended from outside.
  case cancel
}

/// How a component ended, or that it has begun to wait.
package enum JournalStatus: String, Sendable, Hashable, CaseIterable {
  /// A filter held, or did not; a delay's time came.
  case passed, filtered
  case succeeded, failed, unknown, skipped, timeout
  /// A loop has begun.
  case running
  /// The run is parked.
  case waiting
  /// Somebody cancelled a wait so that the run goes on.
  case resumed
  case cancelled
  /// A delay's time had passed already and its step was left.
  case pastDue = "past_due"

  init(_ status: ActionStatus) {
    switch status {
    case .succeeded: self = .succeeded
    case .failed: self = .failed
    case .unknown: self = .unknown
    case .skipped: self = .skipped
    case .timeout: self = .timeout
    }
  }

  var action: ActionStatus? { ActionStatus(rawValue: rawValue) }
}
