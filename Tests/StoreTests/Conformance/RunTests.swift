// SPDX-License-Identifier: Apache-2.0
import Pipeline
import Store
import Testing

@Suite struct RunTests {
  let fixture: StoreFixture
  let connector: ConnectorRow
  var store: Store { fixture.store }

  init() throws {
    fixture = try StoreFixture()
    connector = try fixture.connector()
  }

  private func get(_ run: RunID) throws -> RunRow {
    try #require(try store.readAndWait { read throws(StoreError) in try read.runGet(run) })
  }

  private func update(
    _ run: RunID, _ fence: RunFence, _ expecting: RunState, _ change: RunChange
  ) -> StoreError.Code? {
    code { () throws(StoreError) in
      try store.writeAndWait { write throws(StoreError) in
        if change.state.isTerminal {
          try write.runFinish(run, fence: fence, expecting: expecting, change, nowMS: 9)
        } else {
          try write.runUpdate(run, fence: fence, expecting: expecting, change, nowMS: 8)
        }
      }
    }
  }

  @Test func `an accepted event is a ready run with its body`() throws {
    let verdict = try fixture.accept(connector)
    let run = try get(verdict.run)
    #expect(verdict == .accepted(run.id))
    #expect(run.state == .ready && run.position == "{}" && run.connectorName == "lead")
    #expect(run.startedAt == 1_000 && run.finishedAt == nil)
    let event = try store.readAndWait { read throws(StoreError) in try read.runEvent(run.id)?.body }
    #expect(event == #"{"n":1}"#)
  }

  @Test func `a duplicate gets the first run until its time is over`() throws {
    let first = try fixture.accept(connector, key: [1], within: 10, nowMS: 1_000)
    #expect(try fixture.accept(connector, key: [1], nowMS: 10_999) == .duplicate(first.run))
    #expect(try fixture.accept(connector, key: [2], nowMS: 10_999) != .duplicate(first.run))
    let other = try fixture.connector("other")
    #expect(try fixture.accept(other, key: [1], nowMS: 2_000) != .duplicate(first.run))
    let later = try fixture.accept(connector, key: [1], nowMS: 11_000)
    #expect(later != .duplicate(first.run) && later.run > first.run)
    #expect(try fixture.accept(connector, key: [1], nowMS: 11_001) == .duplicate(later.run))
  }

  @Test func `of many with one key at once exactly one is accepted`() async throws {
    let verdicts = try await withThrowingTaskGroup(of: EventVerdict.self) { group in
      for _ in 0..<40 {
        group.addTask { [store, connector] in
          let event = NewEvent(
            project: "acme", connector: connector.id, version: 1, body: "{}",
            dedupe: .init(key: [7], withinSeconds: 60))
          return try await withCheckedThrowingContinuation { continuation in
            store.write { write throws(StoreError) in
              try write.eventAccept(event, nowMS: 1)
            } completion: { result in
              continuation.resume(with: result.mapError { $0 as any Error })
            }
          }
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    let accepted = verdicts.filter { if case .accepted = $0 { true } else { false } }
    #expect(accepted.count == 1)
    #expect(Set(verdicts.map(\.run)).count == 1)
  }

  @Test func `expired keys go away a few at a time`() throws {
    for key in 0..<20 { _ = try fixture.accept(connector, key: [UInt8(key)], within: 1, nowMS: 0) }
    let removed = try store.writeAndWait { write throws(StoreError) in
      try write.storeTidy(nowMS: 1_000)
    }
    #expect(removed == 20)
  }

  @Test func `a run moves on under its fence, and a late writer changes nothing`() throws {
    let run = try fixture.accept(connector).run
    let fence = RunFence(incarnation: 3, sequence: 0)
    #expect(update(run, fence, .ready, RunChange(.running)) == nil)
    // The same write again, another state, an older start: all are zombies.
    #expect(update(run, fence, .ready, RunChange(.running)) == .zombie)
    #expect(update(run, fence.next, .ready, RunChange(.running)) == .zombie)
    let older = RunFence(incarnation: 2, sequence: 1)
    #expect(update(run, older, .running, RunChange(.running)) == .zombie)
    #expect(
      update(
        run, fence.next, .running,
        RunChange(.running, position: "[1,0]", contact: RecordID(4), mark: "unknown")) == nil)
    let running = try get(run)
    #expect(running.state == .running && running.position == "[1,0]")
    #expect(running.mark == "unknown" && running.contact == RecordID(4))
    #expect(running.fence == RunFence(incarnation: 3, sequence: 2))
    #expect(
      update(run, running.fence, .running, RunChange(.failed, mark: "repeated", reason: "r")) == nil)
    let ended = try get(run)
    #expect(ended.state == .failed && ended.reason == "r" && ended.finishedAt == 9)
    #expect(ended.mark == "unknown" && ended.dueAt == nil)
    #expect(update(run, ended.fence, .running, RunChange(.ready)) == .zombie)
    #expect(update(RunID(999), fence, .ready, RunChange(.running)) == .zombie)
  }

  @Test func `a zombie takes the rest of its body back`() throws {
    let run = try fixture.accept(connector).run
    let failure = code { () throws(StoreError) in
      try store.writeAndWait { write throws(StoreError) in
        try write.journalAppend(run, sequence: 0, entry: "{}", startedMS: 1, durationMS: 1)
        try write.runUpdate(
          run, fence: RunFence(incarnation: 1, sequence: 5), expecting: .ready,
          RunChange(.running), nowMS: 1)
      }
    }
    #expect(failure == .zombie)
    let journal = try store.readAndWait { read throws(StoreError) in try read.journalGet(run) }
    #expect(journal.isEmpty)
  }

  @Test func `the journal keeps its order and is never overwritten`() throws {
    let run = try fixture.accept(connector).run
    let next = try fixture.accept(connector).run
    try store.writeAndWait { write throws(StoreError) in
      for number in [2, 0, 1] as [Int64] {
        try write.journalAppend(
          run, sequence: number, entry: "\(number)", startedMS: 10 + number, durationMS: number)
      }
      try write.journalAppend(next, sequence: 0, entry: "next", startedMS: 1, durationMS: 1)
    }
    let again = code { () throws(StoreError) in
      try store.writeAndWait { write throws(StoreError) in
        try write.journalAppend(run, sequence: 1, entry: "x", startedMS: 1, durationMS: 1)
      }
    }
    #expect(again == .alreadyRecorded)
    let beyond = code { () throws(StoreError) in
      try store.writeAndWait { write throws(StoreError) in
        try write.journalAppend(run, sequence: 1 << 20, entry: "x", startedMS: 1, durationMS: 1)
      }
    }
    #expect(beyond == .tooLarge)
    let journal = try store.readAndWait { read throws(StoreError) in try read.journalGet(run) }
    #expect(journal.map(\.entry) == ["0", "1", "2"])
    #expect(journal.map(\.startedMS) == [10, 11, 12])
  }

  @Test func `unfinished runs come in pages, active ones by connector`() throws {
    let other = try fixture.connector("other", project: "acme")
    let third = try fixture.connector("third", project: "beta")
    let runs = try (0..<10).map { _ in try fixture.accept(connector).run }
    let elsewhere = try fixture.accept(third).run
    let fence = RunFence(incarnation: 1, sequence: 0)
    for (index, run) in runs.enumerated() where index % 2 == 0 {
      #expect(update(run, fence, .ready, RunChange(index < 5 ? .succeeded : .failed)) == nil)
    }
    try fixture.park(runs[1], due: 100)
    #expect(update(runs[3], fence, .ready, RunChange(.running)) == nil)
    try store.readAndWait { read throws(StoreError) in
      let first = try read.runListUnfinished(limit: 2).map(\.id)
      #expect(first == [runs[1], runs[3]])
      let rest = try read.runListUnfinished(after: first[1], limit: 100).map(\.id)
      #expect(rest == [runs[5], runs[7], runs[9], elsewhere])
      // The one that sleeps is in no claim.
      let active = try read.runListActive(connector.id, limit: 2).map(\.id)
      #expect(active == [runs[3], runs[5]])
      #expect(try read.runListActive(connector.id, after: runs[5]).map(\.id) == [runs[7], runs[9]])
      #expect(try read.runListActive(other.id).isEmpty)
      let found = try read.connectorsWithActiveRuns()
      #expect(found.map(\.0) == [connector.id, third.id] && found.map(\.1) == ["acme", "beta"])
      #expect(
        try read.runCountByState("acme")
          == [.succeeded: 3, .failed: 2, .waiting: 1, .running: 1, .ready: 3])
    }
  }

  @Test func `the last twenty received bodies are kept`() throws {
    let connector = connector
    try store.writeAndWait { write throws(StoreError) in
      for number in 1...25 as ClosedRange<Int64> {
        try write.receivedPut(
          connector.id, verdict: "bad_json", run: nil, body: [UInt8(number)], nowMS: number)
      }
    }
    let rows = try store.readAndWait { read throws(StoreError) in
      try read.receivedList(connector.id)
    }
    #expect(rows.count == 20 && rows.first?.body == [25] && rows.last?.body == [6])
    let one = try store.readAndWait { read throws(StoreError) in
      try read.receivedGet(connector.id, id: rows[3].id)
    }
    #expect(one == rows[3] && one?.size == 1)
  }
}
