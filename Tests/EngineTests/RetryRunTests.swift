// SPDX-License-Identifier: Apache-2.0
// Runs whose attempts fail and are made again.
import Calendar
import Pipeline
import Testing
import Values

@testable import Engine

@Suite struct RetryRunTests {
  @Test func `an attempt is on disk before its back-off and the outcome counts them all`() throws {
    var desk = try Desk()
    desk.accept(1, try EngineFixture.connector(actions: 1) { $0.fallback = .continue })
    let first = try #require(desk.calls.first?.attempt)
    desk.time.monotonic += 2_000_000_000
    try desk.end(1, .failed(.unavailable, code: "no_connection"))
    let recording = try #require(desk.recording)
    let entry = try #require(recording.journal.first)
    #expect(entry.kind == .attempt && entry.attempts == 1 && entry.error?.code == "no_connection")
    #expect(recording.attempt == first && !recording.keepsWrites && recording.end == nil)
    let retryAt = try #require(entry.retryAt?.milliseconds)
    #expect((desk.time.wall + 500...desk.time.wall + 1_000).contains(retryAt))
    #expect((entry.spentMS ?? 0) - 2_000 == retryAt - desk.time.wall, "the call and the wait")
    desk.pass(.seconds(9))
    #expect(desk.calls.isEmpty, "nothing happens before it is on disk")
    desk.commit(1)
    let second = try #require(desk.calls.first)
    #expect(second.ordinal == 2 && second.mayHaveSent && !second.isResend)
    try desk.finishCall(1, .failed(.unavailable))
    #expect(desk.standing(1)?.reason == .retry)
    desk.pass(.seconds(2))
    try desk.end(1, .failed(.unavailable))
    #expect(desk.recording?.journal.first?.kind == .action)
    #expect(desk.recording?.journal.first?.attempts == 3, "three is all there are")
  }

  @Test func `a restart forgets neither the attempts nor the back-off`() throws {
    let connector = try EngineFixture.connector(actions: 1)
    var desk = try Desk()
    desk.accept(1, connector)
    try desk.end(1, .failed(.unavailable))
    let journal = try #require(desk.recording?.journal)
    let retryAt = try #require(journal.first?.retryAt?.milliseconds)

    var later = try Desk()
    later.time.wall = desk.time.wall
    var seed = EngineFixture.seed(1, connector)
    try seed.progress.restore(journal: journal)
    (seed.journalled, seed.isRecovered) = (1, true)
    later.send(.accepted(seed))
    #expect(later.calls.isEmpty && later.standing(1)?.until == retryAt)
    later.pass(.milliseconds(retryAt - later.time.wall))
    #expect(later.calls.first?.ordinal == 2)
  }

  @Test func `a clock set back does not make a back-off longer than the budget`() throws {
    let connector = try EngineFixture.connector(actions: 1)
    var desk = try Desk()
    desk.accept(1, connector)
    try desk.end(1, .failed(.unavailable))
    var seed = EngineFixture.seed(1, connector)
    try seed.progress.restore(journal: try #require(desk.recording?.journal))
    var later = try Desk()
    later.time.wall = -86_400_000
    later.send(.accepted(seed))
    later.pass(.seconds(120))
    #expect(later.called == [1])
  }

  @Test func `waits at gates do not count into the budget`() throws {
    var policy = PluginPolicy.retrying(RetryPolicy(attempts: 3, budget: .seconds(10)))
    policy.rate = RatePolicy(calls: 1, per: .seconds(60))
    var desk = try Desk(EngineFixture.rules(policy: policy))
    desk.accept(1, try EngineFixture.connector(actions: 1))
    try desk.finishCall(1, .failed(.unavailable))
    desk.pass(.seconds(1))
    #expect(desk.standing(1)?.reason == .rate, "each attempt takes a token")
    desk.pass(.seconds(59))
    #expect(desk.calls.first?.ordinal == 2)
    try desk.finishCall(1, .failed(.unavailable))
    #expect(desk.standing(1)?.reason == .retry)
  }

  @Test func `an unknown fate is sent again only by the word of on_unknown`() throws {
    for (onUnknown, isRetried) in [(OnUnknown.retry, true), (.fail, false), (.continue, false)] {
      var desk = try Desk(EngineFixture.rules(.atMostOnce))
      desk.accept(1, try EngineFixture.connector(actions: 2) { $0.onUnknown = onUnknown })
      try desk.end(1, .failed(.unknownOutcome))
      #expect((desk.recording?.journal.first?.kind == .attempt) == isRetried)
      #expect(desk.recording?.marksUnknown == !isRetried)
      #expect((desk.recording?.end?.state == .failed) == (onUnknown == .fail))
      guard isRetried else { continue }
      desk.commit(1)
      desk.pass(.seconds(1))
      #expect(desk.calls.first?.isResend == true)
    }
  }

  @Test func `a stop leaves a retry to the next start`() throws {
    var desk = try Desk()
    desk.accept(1, try EngineFixture.connector(actions: 1))
    desk.send(.stop)
    try desk.finishCall(1, .failed(.unavailable))
    #expect(desk.engine.isAtRest)
    desk.pass(.seconds(60))
    #expect(desk.calls.isEmpty)
  }

  @Test func `whoever is to be told is told with the outcome and with the end`() throws {
    var options = ConnectorOptions()
    options.alert = ConnectorAlert(to: ["ops@example.com"])
    var desk = try Desk(EngineFixture.rules(policy: .retrying(RetryPolicy(attempts: 2))))
    let connector = try EngineFixture.connector(actions: 1, options: options) {
      var alert = ActionAlert(to: ["dev@example.com"])
      alert.every = .seconds(600)
      $0.alert = alert
    }
    desk.accept(1, connector)
    try desk.end(1, .failed(.unavailable))
    #expect(desk.recording?.alerts.isEmpty == true, "not while it is tried again")
    desk.commit(1)
    desk.pass(.seconds(1))
    try desk.end(1, .failed(.unavailable))
    let alerts = try #require(desk.recording?.alerts)
    #expect(alerts.map(\.subject) == [.actionFailed("a0"), .runFailed])
    #expect(alerts.map(\.to) == [["dev@example.com"], ["ops@example.com"]])
    #expect(alerts.map(\.every) == [.seconds(600), .seconds(3_600)])
    desk.accept(2, connector)
    try desk.end(2, .failed(.unknownOutcome))
    #expect(
      desk.recording?.alerts.map(\.subject) == [.actionUnknown("a0"), .runUnknown, .runFailed])
  }
}
