// SPDX-License-Identifier: Apache-2.0
// Whether a failed attempt is made again, and when.
import Pipeline

/// What decides about the next attempt.
struct Retry: Sendable {
  let policy: ResolvedRetry
  let effect: SideEffect
  let onUnknown: OnUnknown

  init(policy: ResolvedRetry, effect: SideEffect, onUnknown: OnUnknown) {
    self.policy = policy
    self.effect = effect
    self.onUnknown = onUnknown
  }

  init(_ plan: CallPlan) {
    self.init(policy: plan.policy.retry, effect: plan.effect, onUnknown: plan.onUnknown)
  }

  /// Whether an outcome may be followed by another attempt at all.
  ///
  /// `unavailable` and `rate_limited` say that nothing was done, so even an action that must not
  /// act twice may try again; a timeout does not, and a fate that is not known only by the word of
  /// whoever wrote the connector.
  func mayFollow(_ outcome: ActionOutcome) -> Bool {
    switch outcome {
    case .succeeded: false
    case .failed(let failure): failure.class == .unavailable || failure.class == .rateLimited
    case .timeout: effect.mayRepeat
    case .unknown: onUnknown == .retry
    }
  }

  /// How long to wait before the next attempt; nil when there is none.
  ///
  /// - Parameters:
  ///   - made: attempts so far, at least 1.
  ///   - spent: of the budget. **Unit** nanoseconds.
  ///   - jitter: any number that differs between runs.
  func wait(
    after outcome: ActionOutcome, made: Int, spent: UInt64, jitter: @autoclosure () -> UInt64
  ) -> UInt64? {
    guard mayFollow(outcome), made < policy.attempts else { return nil }
    // Half of the wait is certain, so that a peer is not asked again at once.
    let full = backOff(made)
    var wait = full / 2 + (full == 0 ? 0 : jitter() % (full / 2 + 1))
    if let asked = outcome.failure?.retryAfterMS, asked > 0 {
      wait = max(wait, UInt64(min(asked, 1_000_000_000_000)) * 1_000_000)
    }
    let total = spent.addingReportingOverflow(wait)
    guard !total.overflow, total.partialValue <= policy.budget.nanoseconds else { return nil }
    return wait
  }

  /// Doubles with each attempt, up to the longest wait.
  private func backOff(_ made: Int) -> UInt64 {
    let longest = policy.maxWait.nanoseconds
    var wait = min(policy.firstWait.nanoseconds, longest)
    for _ in 1..<max(1, made) {
      guard wait < longest else { break }
      wait = min(wait * 2, longest)
    }
    return wait
  }

  /// A number that is the same for the same attempt of the same run on every machine.
  ///
  /// **Source** FNV-1a, 64 bit, its bits mixed once more at the end.
  static func jitter(_ run: RunID, place: String, attempt: Int) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in "\(run) \(place) \(attempt)".utf8 {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
    }
    hash = (hash ^ (hash >> 33)) &* 0xFF51_AFD7_ED55_8CCD
    return hash ^ (hash >> 33)
  }
}
