// SPDX-License-Identifier: Apache-2.0
// Calls whose result counts once news of what they sent have come.
import Pipeline
import Testing
import Values

@testable import Engine

@Suite struct NewsTests {
  private static let wait = NewsWait(result: ["ok": true], count: 2, within: .seconds(60))

  /// A desk on which a run that waited for news has been woken, with its wake on disk.
  private func woken(_ wake: Wake, _ rules: ProjectRules? = nil) throws -> Desk {
    var desk = try Desk(rules)
    let connector = try EngineFixture.connector(actions: 2)
    desk.accept(1, connector)
    try desk.end(1, .waits(Self.wait))
    let journal = try #require(desk.recording?.journal)
    desk.commit(1)
    desk.send(.configured(EngineFixture.project, try EngineFixture.rules(refusal: Self.disabled)))
    desk.send(.sleeping(until: 0))
    var seed = EngineFixture.seed(1, connector)
    try seed.progress.restore(journal: journal)
    (seed.journalled, seed.isRecovered, seed.wake) = (journal.count, true, wake)
    desk.send(.due([seed], next: nil))
    let order = try #require(desk.recording)
    #expect(order.isWake && order.journal.map(\.kind) == [.news])
    desk.commit(1)
    return desk
  }

  private static let disabled = ActionFailure(.denied, code: "plugin_not_enabled", message: "off")

  @Test func `news that came are the outcome, and the call is not made again`() throws {
    var desk = try woken(.news([NewsTold(target: "t", news: ["state": "succeeded"])]))
    let order = try #require(desk.recording, "also where its plugin is off by now")
    #expect(order.journal.map(\.kind) == [.action] && order.journal[0].status == .succeeded)
    #expect(order.journal[0].output == ["ok": true] && order.attempt == nil && !order.marksUnknown)
    #expect(desk.calls.isEmpty)
    desk.commit(1)
    #expect(desk.recording?.journal.map(\.status) == [.failed], "the next action is refused")
  }

  @Test func `a time that passes makes it unknown, and that is marked`() throws {
    let desk = try woken(.due(at: .init(milliseconds: 0)))
    let order = try #require(desk.recording)
    #expect(order.marksUnknown && order.journal.map(\.status) == [.unknown])
    #expect(order.end?.state == .failed && desk.calls.isEmpty, "on_unknown is fail")
  }

  @Test func `the result and what the call did are recorded as the run is parked`() throws {
    var desk = try Desk()
    desk.accept(1, try EngineFixture.connector(actions: 2))
    try desk.end(1, .waits(Self.wait))
    let order = try #require(desk.recording)
    #expect(order.keepsWrites && order.attempt != nil && order.parks && order.end == nil)
    #expect(
      order.wait
        == WaitOrder(
          due: desk.time.wall + 60_000, kind: .news, identifiers: [], component: "a0",
          messageContact: nil, newsKey: nil, newsCount: 2))
    #expect(order.journal.map(\.kind) == [.news] && order.journal[0].status == .waiting)
    desk.commit(1)
    #expect(desk.engine.liveCount == 0 && desk.calls.isEmpty, "no worker, no memory")
  }

  @Test func `a lost race runs the call again instead of parking the run`() throws {
    var desk = try Desk()
    desk.accept(1, try EngineFixture.connector(actions: 1))
    try desk.end(1, .waits(Self.wait))
    desk.send(.recorded(RunID(1), .lostRace(detail: "x")))
    #expect(desk.called == [1] && desk.calls[0].ordinal == 1, "the same attempt")
    try desk.finishCall(1)
    desk.commit(1)
    #expect(desk.ends.map(\.state) == [.succeeded])
  }

  @Test func `what can never be stored fails the action`() throws {
    var desk = try Desk()
    desk.accept(1, try EngineFixture.connector(actions: 1))
    try desk.end(1, .waits(Self.wait))
    desk.send(.recorded(RunID(1), .rejected(code: "too_large", message: "m")))
    let order = try #require(desk.recording)
    #expect(order.wait == nil && order.journal.map(\.status) == [.failed])
  }

  @Test func `a cancel during the call ends the run with its recording`() throws {
    var desk = try Desk()
    desk.accept(1, try EngineFixture.connector(actions: 1))
    let attempt = try #require(desk.engine.openAttempts[RunID(1)])
    desk.send(.cancel(RunID(1), reason: "r", ticket: 7))
    desk.send(.ended(RunID(1), attempt: attempt, .waits(Self.wait)))
    let order = try #require(desk.recording)
    #expect(order.wait == nil && order.end?.state == .cancelled)
    #expect(order.journal.map(\.kind) == [.news, .cancel])
    desk.commit(1)
    #expect(desk.ends.map(\.state) == [.cancelled])
  }

  @Test func `a serial key is free while the run waits`() throws {
    let rules = try EngineFixture.rules { $0.serialKey = ["text"] }
    let connector = try EngineFixture.connector([EngineFixture.action("a0", text: "same")])
    var desk = try Desk(rules)
    desk.accept(1, connector)
    desk.accept(2, connector)
    #expect(desk.called.isEmpty)
    try desk.end(1, .waits(Self.wait))
    #expect(desk.called.isEmpty, "not before it is on disk")
    desk.commit(1)
    #expect(desk.called == [2])
  }
}
