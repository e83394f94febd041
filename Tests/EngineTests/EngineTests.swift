// SPDX-License-Identifier: Apache-2.0
// A run from its seed to its end: calls, recordings, what interrupts them.
import Pipeline
import Testing
import Values

@testable import Engine

@Suite struct EngineTests {
  @Test func `a run calls its actions in order and each waits for the disk`() throws {
    var desk = try Desk()
    desk.accept(1, try EngineFixture.connector(actions: 3))
    for index in 0..<3 {
      let call = try #require(desk.calls.first)
      #expect(call.plan.component == ComponentID("a\(index)"))
      #expect(call.plan.parameters == ["text": "run 1"])
      #expect(call.ordinal == 1 && !call.mayHaveSent)
      try desk.end(1)
      let recording = try #require(desk.recording)
      #expect(recording.firstSequence == index)
      #expect(recording.attempt == call.attempt)
      #expect(desk.calls.isEmpty, "nothing may start before it is on disk")
      desk.commit(1)
    }
    #expect(desk.recording?.end?.state == .succeeded)
    desk.commit(1)
    #expect(desk.ends.map(\.state) == [.succeeded])
    #expect(desk.engine.liveCount == 0)
  }

  @Test func `a late answer of an attempt that is over changes nothing`() throws {
    var desk = try Desk()
    desk.accept(1, try EngineFixture.connector(actions: 2))
    let first = try #require(desk.calls.first)
    try desk.end(1, .collateral(reason: "x"))
    let outputs12 = desk.send(.ended(RunID(1), attempt: first.attempt, .done))
    #expect(outputs12.isEmpty)
  }

  @Test func `a call that is collateral runs again at once and is charged at the fourth time`() throws {
    var desk = try Desk(
      EngineFixture.rules(policy: .retrying(RetryPolicy(attempts: 1))))
    desk.accept(1, try EngineFixture.connector(actions: 1))
    for turn in 0..<4 {
      let call = try #require(desk.calls.first)
      #expect(call.mayHaveSent == (turn > 0), "a call that runs again asks the ledger")
      #expect(call.ordinal == 1, "it is not counted")
      try desk.end(1, .collateral(reason: "a neighbour hung"))
    }
    #expect(desk.recording?.journal.last?.error?.code == "worker_lost")
    #expect(desk.recording?.end?.state == .failed)
  }

  @Test func `a lost race runs the call again on fresh data and gives up after ten`() throws {
    var desk = try Desk()
    desk.accept(1, try EngineFixture.connector(actions: 1))
    for turn in 0..<11 {
      let call = try #require(desk.calls.first)
      #expect(call.mayHaveSent == (turn > 0), "what it sent before must come from the ledger")
      #expect(call.ordinal == 1, "a lost race counts as no retry")
      try desk.end(1)
      #expect(desk.recording?.journal.count == 1)
      desk.send(.recorded(RunID(1), .lostRace(detail: "contact 7")))
    }
    #expect(desk.recording?.journal.count == 1)
    #expect(desk.recording?.journal.last?.error?.class == .conflict)
  }

  @Test func `a recording the disk refused is tried again and then the run goes on`() throws {
    var desk = try Desk()
    desk.accept(1, try EngineFixture.connector(actions: 2))
    let call = try #require(desk.calls.first)
    try desk.end(1)
    desk.send(.recorded(RunID(1), .refused(message: "disk full")))
    #expect(desk.standing(1)?.reason == .disk)
    #expect(desk.said.contains { if case .wake = $0 { true } else { false } })
    desk.pass(.milliseconds(999))
    #expect(desk.recording == nil)
    desk.pass(.milliseconds(1))
    #expect(desk.recording?.attempt == call.attempt)
    let outputs13 = desk.commit(1)
    #expect(outputs13.compactMap(\.order).first?.plan.component == "a1")
  }

  @Test func `a run somebody else ended is dropped without another write`() throws {
    var desk = try Desk()
    desk.accept(1, try EngineFixture.connector(actions: 2))
    try desk.end(1)
    desk.send(.recorded(RunID(1), .superseded))
    guard case .dropped(RunID(1))? = desk.said.first else { throw Missing("a drop") }
    #expect(desk.recording == nil && desk.engine.liveCount == 0)
  }

  @Test func `an unknown outcome marks the run and takes the fallback`() throws {
    var desk = try Desk()
    desk.accept(1, try EngineFixture.connector(actions: 2) { $0.fallback = .continue })
    try desk.end(1, .failed(.unknownOutcome, code: "no_answer"))
    let recording = try #require(desk.recording)
    #expect(recording.marksUnknown)
    #expect(recording.end == nil, "the fallback was continue")
  }

  @Test func `a result with what only the commit knew is what later actions see`() throws {
    var desk = try Desk()
    let connector = try EngineFixture.connector([
      EngineFixture.action("a0"), EngineFixture.action("a1", text: "{{s_a0.run}}"),
    ])
    desk.accept(1, connector)
    try desk.end(1, .outcome(.succeeded(["run": ["$deferred": 0]])))
    desk.send(.recorded(RunID(1), .committed(result: ["run": "77"])))
    #expect(desk.calls.first?.plan.parameters["text"] == "77")
  }

  @Test func `an action that asks for it stops its run with its outcome`() throws {
    var desk = try Desk()
    desk.accept(1, try EngineFixture.connector(actions: 2))
    let call = try #require(desk.calls.first)
    desk.send(.ended(RunID(1), attempt: call.attempt, .done, stops: "enough"))
    #expect(desk.recording?.end == RunEnd(.stopped, reason: "enough"))
    #expect(desk.recording?.keepsWrites == true)
  }

  @Test func `a mapped response goes out when the step it waits for is on disk`() throws {
    var connector = try EngineFixture.connector(actions: 1)
    var respond = RespondMapping()
    (respond.after, respond.status) = ("only", 201)
    connector.respond = respond
    connector.steps.append(connector.steps[0])
    connector.steps[1].id = "second"
    connector.steps[1].components = [EngineFixture.action("b0")]
    var desk = try Desk()
    desk.accept(1, connector)
    try desk.end(1)
    #expect(!desk.said.contains { if case .respond = $0 { true } else { false } })
    desk.commit(1)
    guard case .respond(RunID(1), let response)? = desk.said.first else { throw Missing("it") }
    #expect(response.status == 201)
  }

  @Test func `a call the end of the host cut short is never recorded`() throws {
    for report in [CallReport.interrupted, .collateral(reason: "the pool is going")] {
      var desk = try Desk()
      desk.accept(1, try EngineFixture.connector(actions: 2))
      desk.send(.stop)
      let outputs14 = try desk.end(1, report)
      #expect(outputs14.isEmpty)
      #expect(desk.engine.isAtRest)
    }
  }

  @Test func `writes that can never be stored fail the action and take its fallback`() throws {
    var desk = try Desk()
    desk.accept(1, try EngineFixture.connector(actions: 2) { $0.fallback = .continue })
    try desk.end(1)
    desk.send(.recorded(RunID(1), .rejected(code: "too_large", message: "70000 bytes")))
    let recording = try #require(desk.recording)
    #expect(!recording.keepsWrites && recording.journal.count == 1)
    #expect(recording.journal.last?.error?.code == "too_large")
    #expect(recording.end == nil)
    // And should even that be refused for good, the run is left alone instead of tried for ever.
    desk.send(.recorded(RunID(1), .rejected(code: "too_large", message: "x")))
    guard case .dropped? = desk.said.first else { throw Missing("a drop") }
  }

  @Test func `a stopped engine ends what is open and begins nothing`() throws {
    var desk = try Desk()
    desk.accept(1, try EngineFixture.connector(actions: 2))
    desk.send(.stop)
    #expect(!desk.engine.isAtRest)
    try desk.end(1)
    #expect(!desk.engine.isAtRest, "the outcome is not on disk")
    let outputs15 = desk.commit(1)
    #expect(outputs15.isEmpty)
    #expect(desk.engine.isAtRest)
    #expect(!desk.engine.takesNewRuns(of: EngineFixture.row))
  }

  @Test func `a run over its connector's longest time ends failed at its next decision`() throws {
    var options = ConnectorOptions()
    options.maxRunTime = .seconds(60)
    var desk = try Desk()
    desk.accept(1, try EngineFixture.connector(actions: 3, options: options))
    desk.pass(.seconds(60))
    try desk.finishCall(1)
    #expect(desk.calls.count == 1, "exactly its time is not over it")
    desk.pass(.milliseconds(1))
    try desk.finishCall(1)
    let end = try #require(desk.recording?.end)
    #expect(end.state == .failed && end.reason.contains("max_run_time (1 min)"))
  }
}

extension PluginPolicy {
  static func retrying(_ retry: RetryPolicy) -> PluginPolicy {
    var policy = PluginPolicy()
    policy.retry = retry
    return policy
  }
}
