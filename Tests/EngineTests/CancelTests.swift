// SPDX-License-Identifier: Apache-2.0
// A cancel in every phase a run can be in.
import Calendar
import Pipeline
import Testing
import Values

@testable import Engine

@Suite struct CancelTests {
  /// Brings run 1 into a phase, run 9 in front of it where one is needed.
  enum Scene: String, CaseIterable {
    case queued, resolving, rate, lock, breaker, concurrency, disabled, backingOff, held

    func desk() throws -> Desk {
      var policy = PluginPolicy()
      switch self {
      case .rate: policy.rate = RatePolicy(calls: 1, per: .seconds(60))
      case .concurrency: policy.concurrency = 1
      case .breaker:
        policy.breaker = BreakerPolicy(
          opensAfter: 1, probeAfter: .seconds(30), maxBackOff: .seconds(30))
        policy.retry = RetryPolicy(attempts: 1)
      case .disabled: policy.whenDisabled = .wait
      default: break
      }
      let refusal = ActionFailure(.denied, code: "plugin_not_enabled", message: "x")
      var desk = try Desk(
        EngineFixture.rules(policy: policy, refusal: self == .disabled ? refusal : nil) {
          if self == .lock { $0.serialKey = ["text"] }
          if self == .resolving { $0.serialKey = ["who"] }
        })
      let connector = try EngineFixture.connector(actions: 1) {
        if self == .resolving { $0.with = EngineFixture.tree(["who": "Ada"]) }
      }
      let fifo = self == .queued ? "contact:1" : nil
      if [.queued, .rate, .lock, .breaker, .concurrency].contains(self) {
        desk.accept(9, connector, fifo: fifo, event: ["text": "x"])
      }
      if self == .breaker { try desk.finishCall(9, .failed(.unavailable)) }
      desk.accept(1, connector, fifo: fifo, event: ["text": "x"])
      if self == .backingOff { try desk.finishCall(1, .failed(.unavailable)) }
      if self == .held {
        desk.send(.stop)
        try desk.end(1, .interrupted)
      }
      return desk
    }
  }

  @Test(arguments: Scene.allCases)
  func `a run the plugin has not been told of is cancelled at once`(scene: Scene) throws {
    var desk = try scene.desk()
    desk.send(.cancel(RunID(1), reason: "no longer wanted", ticket: 7))
    let recording = try #require(desk.recording)
    #expect(recording.run == RunID(1))
    #expect(recording.end == RunEnd(.cancelled, reason: "no longer wanted"))
    #expect(recording.journal.last?.kind == .cancel)
    desk.commit(1)
    #expect(answers(desk.said) == [true])
    // Nothing of it is left behind: the next one passes where it stood.
    if scene != .held {
      desk.pass(.seconds(120))
      #expect(!desk.called.contains(1))
    }
  }

  @Test func `a call comes first and its outcome and the cancel are one recording`() throws {
    for report in [CallReport.done, .failed(.unavailable)] {
      var desk = try Desk()
      desk.accept(1, try EngineFixture.connector(actions: 2) { $0.fallback = .continue })
      desk.send(.cancel(RunID(1), reason: "x", ticket: 1))
      desk.send(.cancel(RunID(1), reason: "y", ticket: 2))
      #expect(desk.said.isEmpty)
      try desk.end(1, report)
      #expect(desk.recording?.journal.map(\.kind) == [.action, .cancel], "and no retry")
      #expect(desk.recording?.end == RunEnd(.cancelled, reason: "x"))
      desk.commit(1)
      #expect(answers(desk.said) == [true, true])
    }
  }

  @Test func `a recording comes first and the cancel is the next one`() throws {
    var desk = try Desk()
    desk.accept(1, try EngineFixture.connector(actions: 2))
    try desk.end(1)
    desk.send(.cancel(RunID(1), reason: "x", ticket: 1))
    #expect(desk.said.isEmpty)
    desk.commit(1)
    #expect(desk.recording?.end?.state == .cancelled && desk.calls.isEmpty)
  }

  @Test func `a run that had ended by itself was not cancelled`() throws {
    var desk = try Desk()
    desk.accept(1, try EngineFixture.connector(actions: 1))
    try desk.finishCall(1)
    desk.send(.cancel(RunID(1), reason: "x", ticket: 1))
    desk.commit(1)
    #expect(desk.ends.map(\.state) == [.succeeded] && answers(desk.said) == [false])
  }

  @Test func `a run that is being parked is cancelled out of its wait`() throws {
    var desk = try Desk()
    desk.accept(1, try EngineFixture.connector([EngineFixture.delay("d", "1 min")]))
    desk.send(.cancel(RunID(1), reason: "x", ticket: 1))
    desk.commit(1)
    #expect(desk.recording?.end?.state == .cancelled && desk.recording?.isWake == true)
  }

  @Test func `a run that is not in memory is cancelled on disk`() throws {
    var desk = try Desk()
    desk.send(.cancel(RunID(5), reason: "x", ticket: 3))
    guard case .cancelStored(RunID(5), reason: "x", ticket: 3)? = desk.said.first else {
      throw Missing("a cancel on disk")
    }
    desk.send(.storedCancel(RunID(5), ticket: 3, isDone: true))
    #expect(answers(desk.said) == [true] && desk.engine.storedCancels.isEmpty)
  }

  @Test func `a page that was read before a cancel on disk brings nothing back to life`() throws {
    var desk = try Desk()
    let connector = try EngineFixture.connector(actions: 1)
    desk.send(.backlog(EngineFixture.row, EngineFixture.project))
    desk.send(.cancel(RunID(5), reason: "x", ticket: 3))
    desk.send(.storedCancel(RunID(5), ticket: 3, isDone: true))
    desk.send(
      .claimed(
        EngineFixture.row, [EngineFixture.seed(5, connector)], last: RunID(5), isEnd: true))
    #expect(desk.calls.isEmpty && desk.recording?.end?.state == .cancelled)
    desk.send(.recorded(RunID(5), .superseded))
    #expect(desk.engine.liveCount == 0 && desk.engine.storedCancels.isEmpty)
  }

  /// A crash before that takes the cancel back, and the run would act after the later one.
  @Test func `a cancelled run keeps its place in its contact's line until its end is on disk`()
    throws
  {
    var desk = try Desk()
    let connector = try EngineFixture.connector(actions: 1)
    desk.send(.backlog(EngineFixture.row, EngineFixture.project))
    desk.send(.cancel(RunID(5), reason: "x", ticket: 3))
    let seeds = (5...6).map { EngineFixture.seed($0, connector, fifo: "contact:1") }
    desk.send(.claimed(EngineFixture.row, seeds, last: RunID(6), isEnd: true))
    #expect(desk.recording?.run == RunID(5) && desk.called.isEmpty)
    desk.commit(5)
    #expect(desk.called == [6])
  }

  private func answers(_ outputs: [EngineOutput]) -> [Bool] {
    outputs.compactMap { if case .cancelled(_, _, let isDone) = $0 { isDone } else { nil } }
  }
}
