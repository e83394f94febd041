// SPDX-License-Identifier: Apache-2.0
import Pipeline
import Store
import Testing

/// What is kept for people to see, and beside the runs.
@Suite struct ViewTests {
  let fixture: StoreFixture
  let connector: ConnectorRow
  var id: ConnectorID { connector.id }

  init() throws {
    fixture = try StoreFixture()
    connector = try fixture.connector()
  }

  @Test func `statistics add up per step`() throws {
    try fixture.write { [id] write throws(StoreError) in
      write.stepCount(id, "b", StepCounts(entered: 2, failed: 1))
      write.stepCount(id, "a", StepCounts(entered: 1, passed: 1, filtered: 3))
      write.stepCount(id, "b", StepCounts(entered: 1, waiting: 1, cancelled: 4, succeeded: 5))
    }
    let counts = try fixture.read { [id] read throws(StoreError) in try read.stepCounts(id) }
    #expect(counts.map(\.step) == ["a", "b"])
    #expect(counts[0].counts == StepCounts(entered: 1, passed: 1, filtered: 3))
    #expect(
      counts[1].counts
        == StepCounts(entered: 3, waiting: 1, cancelled: 4, succeeded: 5, failed: 1))
  }

  @Test func `what a body counts goes with the body, taken back or not`() throws {
    #expect(throws: StoreError.self) {
      try fixture.write { [id] write throws(StoreError) in
        write.stepCount(id, "a", StepCounts(entered: 5))
        throw StoreError(.notFound, "this body is taken back")
      }
    }
    try fixture.write { [id] write throws(StoreError) in
      write.stepCount(id, "a", StepCounts(entered: 1))
    }
    let counts = try fixture.read { [id] read throws(StoreError) in try read.stepCounts(id) }
    #expect(counts.map(\.counts) == [StepCounts(entered: 1)])
  }

  private func exchange(
    _ component: String, _ number: Int64, response: [UInt8] = []
  ) throws(StoreError) {
    let row = ExchangeRow(
      connector: id, component: component, run: RunID(number), status: 200, head: "{}",
      request: [1], response: response, startedAt: number, durationMS: 5)
    try fixture.write { write throws(StoreError) in try write.exchangePut(row) }
  }

  @Test func `the last twenty exchanges of each action are kept, their bodies cut`() throws {
    for number in 1...25 as ClosedRange<Int64> { try exchange("a", number) }
    try exchange("b", 99, response: [UInt8](repeating: 7, count: 100_000))
    let (first, second) = try fixture.read { [id] read throws(StoreError) in
      (try read.exchangeList(id, component: "a"), try read.exchangeList(id, limit: 1))
    }
    #expect(first.map(\.run.rawValue) == Array((6...25).reversed()))
    #expect(second[0].component == "b" && second[0].status == 200)
    #expect(second[0].response.count == 65_536 && second[0].responseSize == 100_000)
    #expect(second[0].requestSize == 1)
  }

  @Test func `a shape is learned, its change is remembered once and accepted`() throws {
    func change(_ shape: String) throws -> Bool {
      try fixture.write { [id] write throws(StoreError) in
        try write.shapeChange(id, "a", shape: shape, nowMS: 8)
      }
    }
    func get() throws -> ShapeRow? {
      try fixture.read { [id] read throws(StoreError) in try read.shapeGet(id, "a") }
    }
    #expect(try !change("S2"))
    try fixture.write { [id] write throws(StoreError) in
      try write.shapePut(id, "a", shape: "S1", nowMS: 7)
    }
    #expect(try !change("S1"))
    #expect(try change("S2"))
    #expect(try !change("S2"))
    #expect(try get()?.changed == "S2" && get()?.changedAt == 8 && get()?.shape == "S1")
    let accepted = try fixture.write { [id] write throws(StoreError) in
      [try write.shapeAccept(id, "a", nowMS: 9), try write.shapeAccept(id, "a", nowMS: 9)]
    }
    #expect(accepted == [true, false])
    #expect(try get()?.shape == "S2" && get()?.changed == nil && get()?.learnedAt == 9)
  }

  @Test func `one alert within its time, with the count of those held back`() throws {
    func raise(_ component: String, _ nowMS: Int64) throws -> AlertVerdict {
      try fixture.write { [id] write throws(StoreError) in
        try write.alertRaise(id, component, everyMS: 3_600_000, nowMS: nowMS)
      }
    }
    #expect(try raise("a", 1_000) == .send(heldBack: 0))
    #expect(try raise("a", 1_001) == .held)
    #expect(try raise("b", 1_001) == .send(heldBack: 0))
    #expect(try raise("a", 3_600_999) == .held)
    #expect(try raise("a", 3_601_000) == .send(heldBack: 2))
    #expect(try raise("a", 3_601_001) == .held)
    // A clock set back does not silence it for years.
    #expect(try raise("a", 5) == .send(heldBack: 1))
    let (reset, list) = try fixture.write { [id] write throws(StoreError) in
      (try write.alertReset(id, "a"), try write.alertList().map(\.component))
    }
    #expect(reset == 1 && list == ["b"])
    #expect(try raise("a", 6) == .send(heldBack: 0))
  }

  @Test func `an alert's mail is kept until it has gone out`() throws {
    func due(_ nowMS: Int64) throws -> (mails: [AlertMailRow], next: Int64?) {
      try fixture.read { read throws(StoreError) in try read.alertMailDue(nowMS: nowMS) }
    }
    let mail = try fixture.write { [id] write throws(StoreError) in
      try write.alertMailPut(id, "a", mail: "{}", nowMS: 10)
    }
    #expect(try due(9).mails.isEmpty && due(9).next == 10)
    #expect(try due(10).mails.map(\.id) == [mail])
    try fixture.write { write throws(StoreError) in
      try write.alertMailFailed(mail, error: "no route", due: 70)
    }
    #expect(try due(69).mails.isEmpty)
    let again = try due(70).mails
    #expect(again.map(\.attempts) == [1] && again[0].error == "no route")
    try fixture.write { write throws(StoreError) in try write.alertMailRemove(mail) }
    #expect(try due(.max).mails.isEmpty)
  }

  @Test func `a schedule fires once for each time, with its runs`() throws {
    try fixture.write { [id] write throws(StoreError) in try write.schedulePut(id, due: 100) }
    let event = NewEvent(project: "acme", connector: id, version: 1, body: #"{"at":100}"#)
    func fire(_ due: Int64, _ next: Int64?, _ events: [NewEvent]) throws -> [RunID]? {
      try fixture.write { [id] write throws(StoreError) in
        try write.scheduleFire(id, expecting: due, next: next, events: events, nowMS: 101)
      }
    }
    let first = try #require(try fire(100, 200, [event]))
    #expect(first.count == 1)
    #expect(try fire(100, 200, [event]) == nil)
    #expect(try fire(200, 300, []) == [])
    #expect(try fire(300, 400, [event, event])?.count == 2)
    let row = try fixture.read { [id] read throws(StoreError) in try read.scheduleGet(id) }
    #expect(row?.dueAt == 400 && row?.firedAt == 300)
    #expect(try fire(400, nil, [event])?.count == 1)
    let (list, runs) = try fixture.read { [id] read throws(StoreError) in
      (try read.scheduleList(), try read.runListActive(id).count)
    }
    #expect(list.isEmpty && runs == 4)
  }

  @Test func `the engine's state is kept by name and is bounded`() throws {
    let kept = try fixture.write { write throws(StoreError) in
      try write.engineStatePut("buckets", state: "[1]", nowMS: 1)
      try write.engineStatePut("buckets", state: "[2]", nowMS: 2)
      return [try write.engineStateGet("buckets"), try write.engineStateGet("none")]
    }
    #expect(kept == ["[2]", nil])
    let refused = code { () throws(StoreError) in
      try fixture.write { write throws(StoreError) in
        try write.engineStatePut("x", state: String(repeating: "1", count: 5 << 20), nowMS: 1)
      }
    }
    #expect(refused == .tooLarge)
  }
}
