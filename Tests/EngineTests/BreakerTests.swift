// SPDX-License-Identifier: Apache-2.0
// The breaker by itself.
import Pipeline
import Testing

@testable import Engine

@Suite struct BreakerTests {
  private static let second: UInt64 = 1_000_000_000
  private let policy = BreakerPolicy(
    opensAfter: 3, probeAfter: .seconds(30), maxBackOff: .seconds(100))

  /// A breaker that three failures have opened at 0.
  private func opened() -> Breaker {
    var breaker = Breaker()
    for run in Int64(1)...3 { breaker.report(RunID(run), isFailure: true, policy, at: 0) }
    return breaker
  }

  @Test func `it opens on failures in a row and a success between them counts from the start`() {
    var breaker = Breaker()
    for isFailure in [true, true, false, true, true] {
      breaker.report(RunID(1), isFailure: isFailure, policy, at: 0)
      let told1 = breaker.admit(RunID(9), at: 0)
      #expect(told1 == .go)
    }
    breaker.report(RunID(1), isFailure: true, policy, at: 0)
    let told2 = breaker.admit(RunID(9), at: 0)
    #expect(told2 == .wait(until: 30 * Self.second))
  }

  @Test func `one probe goes when its time is over and a success closes it`() {
    var breaker = opened()
    let told3 = breaker.admit(RunID(8), at: 30 * Self.second - 1)
    #expect(told3 == .wait(until: 30 * Self.second))
    let told4 = breaker.admit(RunID(8), at: 30 * Self.second)
    #expect(told4 == .probe)
    let told5 = breaker.admit(RunID(9), at: 31 * Self.second)
    #expect(told5 == .wait(until: nil))
    breaker.report(RunID(7), isFailure: false, policy, at: 31 * Self.second)
    let told6 = breaker.admit(RunID(9), at: 31 * Self.second)
    #expect(told6 == .wait(until: nil), "not the probe")
    breaker.report(RunID(8), isFailure: false, policy, at: 32 * Self.second)
    #expect(breaker.isIdle)
  }

  @Test func `each failed probe doubles the wait up to the maximum`() {
    var breaker = opened()
    var now = 30 * Self.second
    for wait in [60, 100, 100] as [UInt64] {
      let told7 = breaker.admit(RunID(8), at: now)
      #expect(told7 == .probe)
      breaker.report(RunID(8), isFailure: true, policy, at: now)
      let told8 = breaker.admit(RunID(9), at: now)
      #expect(told8 == .wait(until: now + wait * Self.second))
      now += wait * Self.second
    }
  }

  @Test func `a probe without a verdict leaves its place to the next`() {
    var breaker = opened()
    _ = breaker.admit(RunID(8), at: 30 * Self.second)
    breaker.abandon(RunID(9), at: 31 * Self.second)
    let told9 = breaker.admit(RunID(9), at: 31 * Self.second)
    #expect(told9 == .wait(until: nil))
    breaker.abandon(RunID(8), at: 31 * Self.second)
    let told10 = breaker.admit(RunID(9), at: 31 * Self.second)
    #expect(told10 == .probe)
  }

  @Test func `a reset by hand closes it and forgets the wait`() {
    var breaker = opened()
    breaker.reset()
    let told11 = breaker.admit(RunID(9), at: 1)
    #expect(told11 == .go)
    #expect(breaker.isIdle)
  }

  @Test(arguments: [
    (ErrorClass.unavailable, true), (.timeout, true), (.unknownOutcome, true),
    (.rateLimited, false), (.denied, false), (.invalidInput, false), (.notFound, false),
    (.conflict, false), (.failed, false), (.bug, false),
  ])
  func `only what speaks against the way there counts and not a peer's own refusal`(
    class: ErrorClass, isFailure: Bool
  ) {
    let outcome = ActionOutcome(failure: ActionFailure(`class`, code: "", message: ""))
    #expect(outcome.isTransportFailure == isFailure)
    #expect(!ActionOutcome.succeeded([:]).isTransportFailure)
  }
}
