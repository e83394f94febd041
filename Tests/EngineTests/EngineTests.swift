// SPDX-License-Identifier: Apache-2.0
// What the engine decides, input by input.
import Pipeline
import Testing
import Values

@testable import Engine

@Suite struct EngineTests {
  @Test func `a run calls its actions in order and each waits for the disk`() throws {
    var engine = try EngineFixture.engine()
    let connector = try EngineFixture.connector(actions: 3)
    var outputs = engine.handle(.accepted(EngineFixture.seed(1, connector)), at: 0)
    for index in 0..<3 {
      let call = try #require(outputs.compactMap(\.order).first)
      #expect(call.plan.component == ComponentID("a\(index)"))
      #expect(call.plan.parameters == ["text": "run 1"])
      outputs = engine.handle(.ended(RunID(1), attempt: call.attempt, .done), at: 0)
      let recording = try #require(outputs.compactMap(\.recording).first)
      #expect(recording.firstSequence == index)
      #expect(outputs.allSatisfy { $0.order == nil }, "nothing may start before it is on disk")
      outputs = engine.handle(.recorded(RunID(1), .committed(contact: nil)), at: 0)
    }
    let end = try #require(outputs.compactMap(\.recording).first)
    #expect(end.end?.state == .succeeded)
    outputs = engine.handle(.recorded(RunID(1), .committed(contact: nil)), at: 0)
    guard case .finished(let run, _)? = outputs.first else { throw Missing("a finish") }
    #expect(run == RunID(1))
    #expect(engine.liveCount == 0)
  }

  @Test func `a late answer of an attempt that is over changes nothing`() throws {
    var engine = try EngineFixture.engine()
    let connector = try EngineFixture.connector(actions: 2)
    let first = try #require(
      engine.handle(.accepted(EngineFixture.seed(1, connector)), at: 0).compactMap(\.order).first)
    _ = engine.handle(.ended(RunID(1), attempt: first.attempt, .collateral(reason: "x")), at: 0)
    #expect(engine.handle(.ended(RunID(1), attempt: first.attempt, .done), at: 0).isEmpty)
  }

  @Test func `a call that is collateral runs again and is charged at the fourth time`() throws {
    var engine = try EngineFixture.engine()
    let connector = try EngineFixture.connector(actions: 1)
    var outputs = engine.handle(.accepted(EngineFixture.seed(1, connector)), at: 0)
    for turn in 0..<3 {
      let call = try #require(outputs.compactMap(\.order).first)
      #expect(call.mayHaveSent == (turn > 0), "a call that runs again asks the ledger")
      outputs = engine.handle(
        .ended(RunID(1), attempt: call.attempt, .collateral(reason: "a neighbour hung")), at: 0)
    }
    let call = try #require(outputs.compactMap(\.order).first)
    outputs = engine.handle(
      .ended(RunID(1), attempt: call.attempt, .collateral(reason: "a neighbour hung")), at: 0)
    let recording = try #require(outputs.compactMap(\.recording).first)
    #expect(recording.journal.last?.error?.code == "worker_lost")
    #expect(recording.end?.state == .failed)
  }

  @Test func `a lost race runs the call again on fresh data and gives up after ten`() throws {
    var engine = try EngineFixture.engine()
    let connector = try EngineFixture.connector(actions: 1)
    var outputs = engine.handle(.accepted(EngineFixture.seed(1, connector)), at: 0)
    for turn in 0..<11 {
      let call = try #require(outputs.compactMap(\.order).first)
      #expect(call.mayHaveSent == (turn > 0), "what it sent before must come from the ledger")
      _ = engine.handle(.ended(RunID(1), attempt: call.attempt, .done), at: 0)
      outputs = engine.handle(.recorded(RunID(1), .lostRace(detail: "contact 7")), at: 0)
    }
    let recording = try #require(outputs.compactMap(\.recording).first)
    #expect(recording.journal.last?.error?.class == .conflict)
  }

  @Test func `a recording the disk refused is tried again and then the run goes on`() throws {
    var engine = try EngineFixture.engine()
    let connector = try EngineFixture.connector(actions: 2)
    let call = try #require(
      engine.handle(.accepted(EngineFixture.seed(1, connector)), at: 0).compactMap(\.order).first)
    _ = engine.handle(.ended(RunID(1), attempt: call.attempt, .done), at: 0)
    let refused = engine.handle(.recorded(RunID(1), .refused(message: "disk full")), at: 5)
    guard case .wake(let time)? = refused.first else { throw Missing("a wake") }
    #expect(time > 5)
    let again = engine.handle(.woke, at: time)
    #expect(again.compactMap(\.recording).first?.attempt == call.attempt)
    let next = engine.handle(.recorded(RunID(1), .committed(contact: nil)), at: time)
    #expect(next.compactMap(\.order).first?.plan.component == "a1")
  }

  @Test func `a run somebody else ended is dropped without another write`() throws {
    var engine = try EngineFixture.engine()
    let connector = try EngineFixture.connector(actions: 2)
    let call = try #require(
      engine.handle(.accepted(EngineFixture.seed(1, connector)), at: 0).compactMap(\.order).first)
    _ = engine.handle(.ended(RunID(1), attempt: call.attempt, .done), at: 0)
    let outputs = engine.handle(.recorded(RunID(1), .superseded), at: 0)
    #expect(outputs.compactMap(\.recording).isEmpty && outputs.compactMap(\.order).isEmpty)
    #expect(engine.liveCount == 0)
  }

  @Test func `an unknown outcome marks the run and takes the fallback`() throws {
    var engine = try EngineFixture.engine()
    let connector = try EngineFixture.connector(actions: 2, fallback: "continue")
    let call = try #require(
      engine.handle(.accepted(EngineFixture.seed(1, connector)), at: 0).compactMap(\.order).first)
    let failure = ActionFailure(.unknownOutcome, code: "no_answer", message: "lost")
    let outputs = engine.handle(
      .ended(RunID(1), attempt: call.attempt, .outcome(.unknown(failure))), at: 0)
    let recording = try #require(outputs.compactMap(\.recording).first)
    #expect(recording.marksUnknown)
    #expect(recording.end == nil, "the fallback was continue")
  }

  @Test func `more runs than it works on at once wait on disk and are claimed in pages`() throws {
    var limits = EngineLimits()
    limits.liveRuns = 4
    limits.claimPage = 2
    var engine = try EngineFixture.engine(limits: limits)
    let connector = try EngineFixture.connector(actions: 1)
    for id in Int64(1)...4 {
      #expect(engine.takesNewRuns)
      _ = engine.handle(.accepted(EngineFixture.seed(id, connector)), at: 0)
    }
    #expect(!engine.takesNewRuns)
    #expect(engine.handle(.backlog, at: 0).isEmpty, "full: a page waits until a half is free")
    for id in Int64(1)...2 {
      _ = engine.handle(.ended(RunID(id), attempt: AttemptNumber(UInt64(id)), .done), at: 0)
      _ = engine.handle(.recorded(RunID(id), .committed(contact: nil)), at: 0)
      let outputs = engine.handle(.recorded(RunID(id), .committed(contact: nil)), at: 0)
      let claim = outputs.compactMap { output -> RunID? in
        if case .claim(let after, let limit) = output, limit == 2 { after } else { nil }
      }.first
      #expect((claim != nil) == (id == 2))
      if let claim { #expect(claim == RunID(4)) }
    }
  }

  @Test func `a call the end of the host cut short is never recorded`() throws {
    var engine = try EngineFixture.engine()
    let connector = try EngineFixture.connector(actions: 2)
    let call = try #require(
      engine.handle(.accepted(EngineFixture.seed(1, connector)), at: 0).compactMap(\.order).first)
    _ = engine.handle(.stop, at: 0)
    for report in [CallReport.interrupted, .collateral(reason: "the pool is going")] {
      var copy = engine
      #expect(copy.handle(.ended(RunID(1), attempt: call.attempt, report), at: 0).isEmpty)
      #expect(copy.isAtRest)
    }
  }

  @Test func `writes that can never be stored fail the action and take its fallback`() throws {
    var engine = try EngineFixture.engine()
    let connector = try EngineFixture.connector(actions: 2, fallback: "continue")
    let call = try #require(
      engine.handle(.accepted(EngineFixture.seed(1, connector)), at: 0).compactMap(\.order).first)
    _ = engine.handle(.ended(RunID(1), attempt: call.attempt, .done), at: 0)
    let outputs = engine.handle(
      .recorded(RunID(1), .rejected(code: "too_large", message: "70000 bytes")), at: 0)
    let recording = try #require(outputs.compactMap(\.recording).first)
    #expect(!recording.keepsWrites)
    #expect(recording.journal.last?.error?.code == "too_large")
    #expect(recording.end == nil)
    // And should even that be refused for good, the run is left alone instead of tried for ever.
    let again = engine.handle(
      .recorded(RunID(1), .rejected(code: "too_large", message: "x")), at: 0)
    guard case .dropped? = again.first else { throw Missing("a drop") }
  }

  @Test func `an engine for one run leaves what is unfinished on disk alone`() throws {
    var engine = Engine()
    _ = engine.handle(.configured(EngineFixture.project, try EngineFixture.rules()), at: 0)
    #expect(engine.start(resuming: false).isEmpty)
    #expect(engine.takesNewRuns)
  }

  @Test func `a stopped engine ends what is open and begins nothing`() throws {
    var engine = try EngineFixture.engine()
    let connector = try EngineFixture.connector(actions: 2)
    let call = try #require(
      engine.handle(.accepted(EngineFixture.seed(1, connector)), at: 0).compactMap(\.order).first)
    _ = engine.handle(.stop, at: 0)
    #expect(!engine.isAtRest)
    _ = engine.handle(.ended(RunID(1), attempt: call.attempt, .done), at: 0)
    let outputs = engine.handle(.recorded(RunID(1), .committed(contact: nil)), at: 0)
    #expect(outputs.isEmpty)
    #expect(engine.isAtRest)
  }
}

/// Something a test needed and did not get.
struct Missing: Error {
  let what: String
  init(_ what: String) { self.what = what }
}
