// SPDX-License-Identifier: Apache-2.0
// The policies that hold where nobody says otherwise.

/// The host's defaults.
///
/// **Source** spec/engine.md, Action and Policies.
package enum PolicyHost {
  package static let timeout: Duration = .seconds(60)
  package static let timeoutMax: Duration = .seconds(60)
  package static let fallback: Fallback = .stop
  /// The first attempt included.
  package static let attempts = 3
  package static let firstWait: Duration = .seconds(1)
  package static let maxWait: Duration = .seconds(30)
  package static let budget: Duration = .seconds(120)
  package static let onLimit: OnLimit = .wait
  package static let breaker = BreakerPolicy(
    opensAfter: 5, probeAfter: .seconds(30), maxBackOff: .seconds(600))
  package static let whenDisabled: WhenDisabled = .fail
}
