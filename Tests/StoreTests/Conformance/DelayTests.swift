// SPDX-License-Identifier: Apache-2.0
import Pipeline
import Store
import Testing

/// Cancelling delays by connector and identifier.
@Suite struct DelayTests {
  let fixture: StoreFixture
  let connector: ConnectorRow

  init() throws {
    fixture = try StoreFixture()
    connector = try fixture.connector()
  }

  private func parked(
    _ identifiers: [String], in connector: ConnectorRow? = nil, due: Int64 = 500, nowMS: Int64 = 10
  ) throws -> (RunID, ParkVerdict) {
    let run = try fixture.accept(connector ?? self.connector).run
    let wait = StoredWait(.delay, component: "d", step: "s", identifiers: identifiers)
    return (run, try fixture.park(run, due: due, wait, nowMS: nowMS))
  }

  private func cancel(
    _ identifiers: [String], _ mode: DelayCancelMode = .end, project: ProjectID = "acme",
    holdMS: Int64? = nil, except: RunID? = nil, nowMS: Int64 = 100
  ) throws(StoreError) -> [RunID] {
    let pairs = identifiers.map { (connector.id, $0) }
    return try fixture.write { write throws(StoreError) in
      try write.delayCancel(
        project, pairs: pairs, mode: mode, holdMS: holdMS, except: except, nowMS: nowMS
      ).cancelled.map(\.run)
    }
  }

  @Test func `a command cancels in parts, and what a part did stays done`() throws {
    let runs = try (0..<5).map { _ in try parked(["a"]).0 }
    let other = try parked(["b"]).0
    func part(_ mode: DelayCancelMode, after: RunID) throws -> ([RunID], RunID?) {
      try fixture.write { [connector] write throws(StoreError) in
        let part = try write.delayCancelPart(
          connector.id, "a", mode: mode, after: after, limit: 2, nowMS: 100)
        return (part.done.cancelled.map(\.run), part.last)
      }
    }
    let first = try part(.end, after: RunID(0))
    #expect(first == (Array(runs[0..<2]), runs[1]))
    // Here the host may die: two have ended, the others wait.
    #expect(try runs.map { try fixture.run($0).state } 
        == [.cancelled, .cancelled, .waiting, .waiting, .waiting])
    let second = try part(.resume, after: try #require(first.1))
    #expect(second == (Array(runs[2..<4]), runs[3]))
    #expect(try part(.end, after: runs[3]) == ([runs[4]], nil))
    #expect(try part(.end, after: RunID(0)) == ([], nil), "none is left")
    #expect(try fixture.run(other).state == .waiting)
  }

  @Test func `an identifier matches exactly, in its connector, each run once`() throws {
    let other = try fixture.connector("other")
    let both = try parked(["a", "b"]).0
    let upper = try parked(["A"]).0
    let longer = try parked(["a "]).0
    let elsewhere = try parked(["a"], in: other).0
    let nameless = try parked([""]).0
    #expect(try cancel(["a"], project: "beta").isEmpty)
    #expect(try cancel([""]).isEmpty)
    #expect(try cancel(["b", "a", "a"]) == [both])
    #expect(try cancel(["a", "b"]).isEmpty)
    #expect(try fixture.run(both).state == .cancelled)
    for run in [upper, longer, elsewhere, nameless] {
      #expect(try fixture.run(run).state == .waiting)
    }
    let counts = try fixture.read { [connector] read throws(StoreError) in
      try read.stepCounts(connector.id).map(\.counts)
    }
    #expect(counts == [StepCounts(waiting: 3, cancelled: 1)])
  }

  @Test func `a cancelled delay does not fire and a fired one is not cancelled`() throws {
    let first = try parked(["a"]).0
    let seen = try fixture.run(first).fence
    #expect(try cancel(["a"]) == [first])
    let late = code { () throws(StoreError) in
      try fixture.write { write throws(StoreError) in
        try write.runWake(first, fence: seen, nowMS: 500)
      }
    }
    #expect(late == .zombie)
    let second = try parked(["a"]).0
    let fence = try fixture.run(second).fence
    try fixture.write { write throws(StoreError) in
      try write.runWake(second, fence: fence, nowMS: 500)
    }
    #expect(try cancel(["a"]).isEmpty)
    #expect(try fixture.run(second).state == .running)
  }

  @Test func `a resumed run is due now, counts once, and ends no more than once`() throws {
    let run = try parked(["a"]).0
    #expect(try cancel(["a"], .resume) == [run])
    let row = try fixture.run(run)
    #expect(row.state == .waiting && row.dueAt == 0 && row.wake == .resumed)
    #expect(try cancel(["a"], .end).isEmpty)
    #expect(try fixture.run(run).state == .waiting)
  }

  @Test func `a hold takes delays made until it is over, but not those of who holds`() throws {
    let canceller = try fixture.accept(connector).run
    #expect(try cancel(["a"], holdMS: 50, except: canceller, nowMS: 100).isEmpty)
    let wait = StoredWait(.delay, component: "d", identifiers: ["a"])
    #expect(try fixture.park(canceller, due: 500, wait, nowMS: 110) == .parked)
    let (held, verdict) = try parked(["x", "a"], nowMS: 149)
    #expect(verdict == .held(.end, RunAftermath()))
    #expect(try fixture.run(held).state == .cancelled)
    #expect(try parked(["a"], nowMS: 150).1 == .parked)
    #expect(try cancel(["r"], .resume, holdMS: 50, nowMS: 200).isEmpty)
    let (resumed, answer) = try parked(["r"], nowMS: 210)
    #expect(answer == .held(.resume, RunAftermath()))
    let row = try fixture.run(resumed)
    #expect(row.state == .waiting && row.dueAt == 0 && row.wake == .resumed)
  }

  @Test func `what is too long or too much is refused with its size and cancels nothing`() throws {
    let run = try parked(["a"]).0
    let garbage = String(repeating: "\u{1F980}", count: 1 << 18)
    let fresh = try fixture.accept(connector).run
    let parking = code { () throws(StoreError) in
      try fixture.park(
        fresh, due: 5,
        StoredWait(.delay, component: "d", identifiers: [garbage]))
    }
    #expect(parking == .tooLarge)
    do {
      _ = try cancel(["a", garbage])
      Issue.record("an identifier of 1 MiB was taken")
    } catch {
      #expect(error.code == .tooLarge && error.message.contains("1048576 bytes"))
      #expect(!error.message.contains("\u{1F980}"))
    }
    #expect(code { () throws(StoreError) in
      _ = try cancel([String](repeating: "a", count: 1_001))
    } == .tooLarge)
    #expect(code { () throws(StoreError) in
      try fixture.park(
        run, due: 5,
        StoredWait(.delay, component: "d", identifiers: (0..<17).map { "i\($0)" }))
    } == .tooLarge)
    #expect(try fixture.run(run).state == .waiting)
  }

  @Test func `delays are listed by time, by connector and by identifier`() throws {
    let other = try fixture.connector("other")
    let late = try parked(["a", "b"], due: 900).0
    let early = try parked(["b"], due: 100).0
    let elsewhere = try parked(["b"], in: other, due: 200).0
    let list = try fixture.read { [connector] read throws(StoreError) in
      [
        try read.delayList("acme").map(\.run),
        try read.delayList("acme", connector: connector.id).map(\.run),
        try read.delayList("acme", connector: connector.id, identifier: "a").map(\.run),
        try read.delayList("acme", after: DueCursor(dueAt: 100, run: early)).map(\.run),
        try read.delayList("beta").map(\.run),
      ]
    }
    #expect(list == [[early, elsewhere, late], [early, late], [late], [elsewhere, late], []])
  }
}
