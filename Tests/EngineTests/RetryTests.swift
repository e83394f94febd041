// SPDX-License-Identifier: Apache-2.0
// When a failed attempt is made again, by itself.
import Pipeline
import Testing

@testable import Engine

@Suite struct RetryTests {
  private static let second: UInt64 = 1_000_000_000

  private func retry(
    _ effect: SideEffect = .pure, onUnknown: OnUnknown = .fail, attempts: Int = 10,
    budget: Duration = .seconds(120)
  ) -> Retry {
    Retry(
      policy: ResolvedRetry(
        attempts: attempts, firstWait: .seconds(1), maxWait: .seconds(30), budget: budget),
      effect: effect, onUnknown: onUnknown)
  }

  private func outcome(_ class: ErrorClass, retryAfterMS: Int64? = nil) -> ActionOutcome {
    ActionOutcome(
      failure: ActionFailure(`class`, code: "", message: "", retryAfterMS: retryAfterMS))
  }

  @Test func `only unavailable and rate limited and repeatable timeouts are tried again`() {
    for effect in SideEffect.allCases {
      for failure in ErrorClass.allCases {
        let expected =
          switch failure {
          case .unavailable, .rateLimited: true
          case .timeout: effect != .atMostOnce
          default: false
          }
        #expect(retry(effect).mayFollow(outcome(failure)) == expected, "\(effect) \(failure)")
      }
      #expect(!retry(effect).mayFollow(.succeeded([:])))
      #expect(retry(effect, onUnknown: .retry).mayFollow(outcome(.unknownOutcome)))
      #expect(!retry(effect, onUnknown: .continue).mayFollow(outcome(.unknownOutcome)))
    }
  }

  @Test func `waits double from the first to the longest with up to half of them jitter`() {
    for (made, full) in [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 30), (9, 30)] {
      let full = UInt64(full) * Self.second
      for jitter in [0, 1, 12_345_678_901, UInt64.max] {
        let wait = retry().wait(after: outcome(.unavailable), made: made, spent: 0, jitter: jitter)
        #expect((full / 2...full).contains(wait ?? 0), "after \(made)")
      }
    }
  }

  @Test func `attempts end with the policy's number`() {
    let three = retry(attempts: 3)
    #expect(three.wait(after: outcome(.unavailable), made: 2, spent: 0, jitter: 0) != nil)
    #expect(three.wait(after: outcome(.unavailable), made: 3, spent: 0, jitter: 0) == nil)
  }

  @Test func `a peer's retry after counts beyond the longest wait but not beyond the budget`() {
    let asked = retry().wait(
      after: outcome(.rateLimited, retryAfterMS: 90_000), made: 1, spent: 0, jitter: 0)
    #expect(asked == 90 * Self.second)
    let late = retry().wait(
      after: outcome(.rateLimited, retryAfterMS: 90_000), made: 1, spent: 31 * Self.second,
      jitter: 0)
    #expect(late == nil)
    let silly = retry().wait(
      after: outcome(.rateLimited, retryAfterMS: Int64.max), made: 1, spent: 0, jitter: 0)
    #expect(silly == nil)
  }

  @Test func `what is spent and the wait together stay within the budget`() {
    let some = retry(budget: .seconds(10))
    #expect(
      some.wait(after: outcome(.unavailable), made: 1, spent: 9 * Self.second, jitter: 0) != nil)
    #expect(
      some.wait(after: outcome(.unavailable), made: 1, spent: 10 * Self.second, jitter: 0) == nil)
    #expect(
      some.wait(after: outcome(.unavailable), made: 1, spent: UInt64.max, jitter: 0) == nil)
  }

  @Test func `jitter is the same for the same attempt and differs between runs`() {
    let one = Retry.jitter(RunID(1), place: "0-0", attempt: 1)
    #expect(one == Retry.jitter(RunID(1), place: "0-0", attempt: 1))
    let halves = (1...200).map { Retry.jitter(RunID($0), place: "0-0", attempt: 1) % 2 }
    #expect((60...140).contains(halves.count { $0 == 0 }))
  }
}
