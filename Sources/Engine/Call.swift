// SPDX-License-Identifier: Apache-2.0
// One action of a run on its way through gates, attempts and back-offs.
import Pipeline

/// What is known of a call from its plan to its outcome.
struct Call: Sendable {
  let shared: SharedPlan
  /// Of the attempt that is being made, or of the question what its keys refer to.
  var attempt = AttemptNumber(0)
  /// Attempts that have ended and count, those before a restart included.
  var made: Int
  /// What attempts and back-offs have taken of the budget. **Unit** nanoseconds.
  var spent: UInt64
  /// When the attempt was ordered. **Unit** monotonic nanoseconds.
  var began: UInt64 = 0
  var mayHaveSent: Bool
  /// Whether the last attempt's fate was unknown and it is sent again all the same.
  var isResend = false
  /// What it must hold before it may begin, sorted.
  var keys: [SerialKey] = []
  var holdsKeys = false
  /// How often it ran again because its worker died for another's sake.
  var collaterals = 0
  /// How often it ran again because it lost a race at commit.
  var lostRaces = 0

  init(_ plan: CallPlan, mayHaveSent: Bool) {
    shared = SharedPlan(plan)
    made = plan.earlier?.count ?? 0
    spent = UInt64(max(0, plan.earlier?.spentMS ?? 0)).multipliedReportingOverflow(
      by: 1_000_000
    ).partialValue
    // The ledger knows what attempts before this one were answered.
    self.mayHaveSent = mayHaveSent || made > 0
  }

  /// What is to be called.
  var plan: CallPlan {
    @inline(__always) _read { yield shared.plan }
  }
}

/// What stands between a call and its plugin, in the order it is met.
enum Gate: String, Sendable, CaseIterable {
  /// The plugin is disabled and the policy is to wait.
  case disabled
  case credentialRate = "credential_rate"
  case pluginRate = "rate"
  case channelPace = "channel_pace"
  case lock
  case breaker
  case concurrency

  var next: Gate? {
    let all = Gate.allCases
    guard let index = all.firstIndex(of: self), index + 1 < all.count else { return nil }
    return all[index + 1]
  }
}
