// SPDX-License-Identifier: Apache-2.0
import Pipeline
import Store
import Testing

/// Waiting: parked, due, woken, moved.
@Suite struct ParkingTests {
  let fixture: StoreFixture
  let connector: ConnectorRow

  init() throws {
    fixture = try StoreFixture()
    connector = try fixture.connector()
  }

  private func due(_ nowMS: Int64, after: DueCursor? = nil, limit: Int = 10) throws -> DueRuns {
    try fixture.read { read throws(StoreError) in
      try read.runListDue(nowMS: nowMS, after: after, limit: limit)
    }
  }

  private func wake(_ run: RunID, _ fence: RunFence) -> StoreError.Code? {
    code { () throws(StoreError) in
      try fixture.write { write throws(StoreError) in
        try write.runWake(run, fence: fence, position: "[0,1]", nowMS: 60)
      }
    }
  }

  @Test func `a parked run keeps what it waits for, and a woken one nothing of it`() throws {
    let run = try fixture.accept(connector).run
    let wait = StoredWait(
      .delay, component: "reminder", step: "s1", identifiers: ["a", "", "b", "a"], contact: nil)
    #expect(try fixture.park(run, due: 50, wait) == .parked)
    let parked = try fixture.run(run)
    #expect(parked.state == .waiting && parked.dueAt == 50 && parked.wake == .due)
    #expect(parked.wait?.identifiers == ["a", "b"] && parked.wait?.component == "reminder")
    #expect(parked.fence == RunFence(incarnation: 1, sequence: 1))
    #expect(wake(run, parked.fence) == nil)
    let woken = try fixture.run(run)
    #expect(woken.state == .running && woken.dueAt == nil && woken.wait == nil)
    #expect(woken.position == "[0,1]" && woken.fence.sequence == 2)
    // Twice is a zombie; so is a wake from an older start.
    #expect(wake(run, parked.fence) == .zombie)
    #expect(wake(run, woken.fence) == .zombie)
    let cancelled = try fixture.write { [connector] write throws(StoreError) in
      try write.delayCancel("acme", pairs: [(connector.id, "a")], mode: .end, nowMS: 70).cancelled
    }
    #expect(cancelled.isEmpty)
  }

  @Test func `due means at or before now, and says when to look again`() throws {
    let runs = try (0..<5).map { _ in try fixture.accept(connector).run }
    for (run, time) in zip(runs, [300, 100, 200, 100, nil] as [Int64?]) {
      try fixture.park(run, due: time)
    }
    #expect(try due(99).runs.isEmpty)
    #expect(try due(99).next == 100)
    #expect(try due(100).runs.map(\.id) == [runs[1], runs[3]])
    #expect(try due(100).next == 200)
    // What a page leaves out is the next, though it is due already.
    let page = try due(300, limit: 1)
    #expect(page.runs.map(\.id) == [runs[1]] && page.next == 100)
    let rest = try due(300, after: DueCursor(dueAt: 100, run: runs[1]))
    #expect(rest.runs.map(\.id) == [runs[3], runs[2], runs[0]] && rest.next == nil)
  }

  @Test func `a moved delay is due at its new time, and the old wake is a zombie`() throws {
    let run = try fixture.accept(connector).run
    try fixture.park(run, due: 50)
    let seen = try fixture.run(run).fence
    let moved = try fixture.write { write throws(StoreError) in
      try write.delayMove(run, due: 500, nowMS: 40)
    }
    #expect(moved)
    #expect(wake(run, seen) == .zombie)
    #expect(try due(499).runs.isEmpty)
    #expect(try due(500).runs.map(\.wake) == [.moved])
    let running = try fixture.accept(connector).run
    let isMoved = try fixture.write { write throws(StoreError) in
      try write.delayMove(running, due: 500, nowMS: 40)
    }
    #expect(!isMoved)
  }

  @Test func `the first message wakes a run, its time may not after it`() throws {
    let run = try fixture.accept(connector).run
    try fixture.park(run, due: 90, StoredWait(.message, component: "ask", contact: "7"))
    let seen = try fixture.run(run).fence
    #expect(try waiters("7") == [run] && waiters("8").isEmpty)
    #expect(try message(run, #"{"text":"yes"}"#))
    #expect(try waiters("7").isEmpty)
    #expect(try !message(run, #"{"text":"again"}"#))
    #expect(wake(run, seen) == .zombie)
    let woken = try due(30).runs
    #expect(woken.map(\.wake) == [.message(#"{"text":"yes"}"#)])
    #expect(wake(run, try fixture.run(run).fence) == nil)
    let delayed = try fixture.accept(connector).run
    try fixture.park(delayed, due: 90)
    #expect(try !message(delayed, "{}"))
    let tooLarge = code { () throws(StoreError) in
      _ = try fixture.write { write throws(StoreError) in
        try write.messageWake(run, payload: String(repeating: "x", count: 2 << 20), nowMS: 1)
      }
    }
    #expect(tooLarge == .tooLarge)
  }

  private func waiters(_ contact: String) throws -> [RunID] {
    try fixture.read { read throws(StoreError) in
      try read.messageWaiters("acme", contact: contact)
    }
  }

  private func message(_ run: RunID, _ payload: String) throws -> Bool {
    try fixture.write { write throws(StoreError) in
      try write.messageWake(run, payload: payload, nowMS: 30)
    }
  }

  @Test(arguments: [RunState.ready, .waiting, .running])
  func `a run nobody works on is cancelled where it is stored`(state: RunState) throws {
    let run = try fixture.accept(connector).run
    if state == .waiting {
      try fixture.park(
        run, due: 50, StoredWait(.delay, component: "d", step: "s", identifiers: ["a"]))
    } else if state == .running {
      try fixture.write { write throws(StoreError) in
        try write.runUpdate(
          run, fence: RunFence(incarnation: 4, sequence: 0), expecting: .ready,
          RunChange(.running), nowMS: 5)
      }
    }
    let before = try fixture.run(run).fence
    func cancel(_ incarnation: Int64) throws -> Bool {
      try fixture.write { write throws(StoreError) in
        try write.runCancelStored(run, reason: "r", incarnation: incarnation, nowMS: 60) != nil
      }
    }
    // One that this start works on is cancelled by whoever works on it.
    #expect(try cancel(4) == (state != .running))
    if state == .running { #expect(try cancel(5)) }
    let row = try fixture.run(run)
    #expect(row.state == .cancelled && row.reason == "r" && row.finishedAt == 60)
    #expect(row.dueAt == nil && row.fence.sequence == before.sequence + 1)
    #expect(try due(.max).runs.isEmpty)
    #expect(try !cancel(9))
    let counts = try fixture.read { [connector] read throws(StoreError) in
      try read.stepCounts(connector.id).map(\.counts)
    }
    #expect(counts == (state == .waiting ? [StepCounts(cancelled: 1)] : []))
  }
}
