// SPDX-License-Identifier: Apache-2.0
// How often and how long something is tried, and how fast.

/// When a failed attempt is made again; what is nil is decided further down, at last by the host.
///
/// **Source** spec/engine.md, Retry.
package struct RetryPolicy: Sendable, Hashable {
  /// The first one included.
  package var attempts: Int?
  package var firstWait: Duration?
  package var maxWait: Duration?
  /// Of the action in all; waits for rates, locks and breakers do not count.
  package var budget: Duration?

  package init(
    attempts: Int? = nil, firstWait: Duration? = nil, maxWait: Duration? = nil,
    budget: Duration? = nil
  ) {
    self.attempts = attempts
    self.firstWait = firstWait
    self.maxWait = maxWait
    self.budget = budget
  }
}

/// How many calls are made in a time.
package struct RatePolicy: Sendable, Hashable {
  package var calls: Int
  package var per: Duration
  package var onLimit: OnLimit?

  package init(calls: Int, per: Duration, onLimit: OnLimit? = nil) {
    self.calls = calls
    self.per = per
    self.onLimit = onLimit
  }
}

/// What a call does that is over its rate.
package enum OnLimit: String, Sendable, Hashable, CaseIterable {
  case wait
  /// It fails with `Rate Limit Exceeded`.
  case fail
}

/// When calls of a plugin are held back because it keeps failing.
package struct BreakerPolicy: Sendable, Hashable {
  /// Failures in a row.
  package var opensAfter: Int
  /// Until the first probe.
  package var probeAfter: Duration
  /// The longest wait between two probes.
  package var maxBackOff: Duration

  package init(opensAfter: Int, probeAfter: Duration, maxBackOff: Duration) {
    self.opensAfter = opensAfter
    self.probeAfter = probeAfter
    self.maxBackOff = maxBackOff
  }
}

/// What runs do at an action whose plugin is disabled.
package enum WhenDisabled: String, Sendable, Hashable, CaseIterable {
  /// The action fails.
  case fail
  /// They wait until it is enabled.
  case wait
}
