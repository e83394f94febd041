// SPDX-License-Identifier: Apache-2.0
import Pipeline
import Store
import Testing

/// Runs that could go on and do not.
@Suite struct StandingRunTests {
  let fixture: StoreFixture
  let connector: ConnectorRow

  init() throws {
    fixture = try StoreFixture()
    connector = try fixture.connector()
  }

  private func standing(latest: Int64, known: Int64 = .min) throws -> StandingRuns {
    try fixture.read { [connector] read throws(StoreError) in
      try read.runsStanding(connector.id, StandingSince(latest: latest, known: known))
    }
  }

  @Test func `a run stands still since it was last written, or since its wait was over`() throws {
    let old = try fixture.accept(connector, nowMS: 100).run
    let new = try fixture.accept(connector, nowMS: 200).run
    let late = try fixture.accept(connector, nowMS: 20).run
    let sleeps = try fixture.accept(connector, nowMS: 20).run
    let ended = try fixture.accept(connector, nowMS: 20).run
    try fixture.park(late, due: 150, nowMS: 30)
    try fixture.park(sleeps, due: 9_000, nowMS: 30)
    try fixture.finish(ended, nowMS: 30)

    #expect(try standing(latest: 99).count == 0)
    let first = try #require(try standing(latest: 100).first)
    #expect(first.run == old && first.since == 100)
    let both = try standing(latest: 199)
    #expect(both.count == 2 && both.first?.run == old, "the one whose wait is over counts")
    let all = try standing(latest: 200, known: 150)
    #expect(all.count == 3 && all.fresh == 1, "only run \(new) is new since the last look")
    // What was woken is due at 0: it stands since it was written.
    _ = try fixture.write { write throws(StoreError) in
      try write.delayMove(late, due: 0, nowMS: 5_000)
    }
    #expect(try standing(latest: 4_999).count == 2)
  }

  @Test func `a queue is of ready runs, and of one project's connectors`() throws {
    let ready = try fixture.accept(connector, nowMS: 100).run
    let running = try fixture.accept(connector, nowMS: 50).run
    let fence = StoreFixture.fence(try fixture.run(running))
    try fixture.write { write throws(StoreError) in
      try write.runUpdate(running, fence: fence, expecting: .ready, RunChange(.running), nowMS: 60)
    }
    let queued = try fixture.read { [connector] read throws(StoreError) in
      try read.runsQueued(connector.id, StandingSince(latest: 1_000, known: .min))
    }
    #expect(queued.count == 1 && queued.first?.run == ready && queued.first?.since == 100)
    let other = try fixture.connector("other", project: "elsewhere")
    _ = try fixture.accept(other, nowMS: 10)
    let oldest = try fixture.read { read throws(StoreError) in
      [try read.runOldestReady("acme")?.since, try read.runOldestReady()?.since]
    }
    #expect(oldest == [100, 10])
  }

  @Test func `an alert that asks again counts nothing, and one for several counts them`() throws {
    func raise(_ count: Int64, _ nowMS: Int64) throws -> AlertVerdict {
      try fixture.write { [connector] write throws(StoreError) in
        try write.alertRaise(connector.id, "a", everyMS: 100, count: count, nowMS: nowMS)
      }
    }
    #expect(try raise(0, 1) == .send(heldBack: 0))
    #expect(try raise(3, 2) == .held)
    #expect(try raise(0, 3) == .held)
    #expect(try raise(1, 101) == .send(heldBack: 3))
  }
}
