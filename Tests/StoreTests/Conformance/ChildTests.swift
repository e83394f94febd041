// SPDX-License-Identifier: Apache-2.0
import Pipeline
import Store
import Testing

/// The runs of a list's elements and their parent.
@Suite struct ChildTests {
  let fixture: StoreFixture
  let parent: RunID

  init() throws {
    fixture = try StoreFixture()
    parent = try fixture.accept(try fixture.connector()).run
  }

  private func insert(_ count: Int, step: Int = 2, waits: Bool = true) throws -> [RunID] {
    let row = try fixture.run(parent)
    return try fixture.write { [parent] write throws(StoreError) in
      let runs = try write.childrenInsert(
        parent: parent, step: step, scope: #"{"x":1}"#, items: (0..<count).map { "\($0)" },
        waits: waits, nowMS: 10)
      guard waits else { return runs }
      _ = try write.runPark(
        parent, fence: StoreFixture.fence(row), expecting: row.state, position: "[2,0]", due: nil,
        wait: StoredWait(.children, component: "s"), nowMS: 10)
      return runs
    }
  }

  @Test func `a child begins with its element, the event of its parent and the scope`() throws {
    let runs = try insert(3)
    let (row, scope, event) = try fixture.read { read throws(StoreError) in
      (
        try read.runGet(runs[1]), try read.childScope(runs[1]), try read.runEvent(runs[1])?.body
      )
    }
    #expect(row?.child == ChildPlace(parent: parent, step: 2, element: 1))
    #expect(row?.state == .ready && row?.version == 1)
    #expect(scope?.item == "1" && scope?.count == 3 && scope?.scope == #"{"x":1}"#)
    #expect(event == #"{"n":1}"#)
    let none = try fixture.read { [parent] read throws(StoreError) in
      try read.childScope(parent)
    }
    #expect(none == nil)
  }

  @Test func `the last child makes its parent due, in the transaction of its own end`() throws {
    let runs = try insert(3)
    let seen = try fixture.run(parent).fence
    #expect(try fixture.finish(runs[1], .failed).wokenParents.isEmpty)
    #expect(try fixture.finish(runs[0], saved: #"{"r":0}"#).wokenParents.isEmpty)
    #expect(try fixture.run(parent).dueAt == nil)
    #expect(try fixture.finish(runs[2], saved: #"{"r":2}"#, nowMS: 33).wokenParents == [parent])
    let row = try fixture.run(parent)
    #expect(row.state == .waiting && row.dueAt == 0 && row.wake == .children)
    #expect(row.fence == seen.next)
    let outcomes = try fixture.read { [parent] read throws(StoreError) in
      try read.childOutcomes(parent, step: 2)
    }
    #expect(outcomes.map(\.state) == [.succeeded, .failed, .succeeded])
    #expect(outcomes.map(\.saved) == [#"{"r":0}"#, nil, #"{"r":2}"#])
  }

  @Test func `children that nobody waits for wake nobody`() throws {
    let runs = try insert(1, step: 1, waits: false)
    let waited = try insert(1, step: 2)
    #expect(try fixture.finish(runs[0]).wokenParents.isEmpty)
    #expect(try fixture.run(parent).dueAt == nil)
    #expect(try fixture.finish(waited[0]).wokenParents == [parent])
  }

  @Test func `an element run again counts as open and wakes its parent only once`() throws {
    let runs = try insert(2)
    try fixture.finish(runs[0], .failed)
    _ = try fixture.write { write throws(StoreError) in try write.runReopen(runs[0], nowMS: 21) }
    #expect(try fixture.finish(runs[1]).wokenParents.isEmpty)
    #expect(try fixture.finish(runs[0], .failed).wokenParents == [parent])
    let fence = try fixture.run(parent).fence
    try fixture.write { [parent] write throws(StoreError) in
      try write.runWake(parent, fence: fence, nowMS: 40)
    }
    // The parent now waits for another list; the element of the first one is run again.
    let later = try insert(1, step: 3)
    _ = try fixture.write { write throws(StoreError) in try write.runReopen(runs[0], nowMS: 50) }
    #expect(try fixture.finish(runs[0]).wokenParents.isEmpty)
    #expect(try fixture.run(parent).dueAt == nil)
    #expect(try fixture.finish(later[0]).wokenParents == [parent])
  }

  @Test func `a cancelled parent takes its children along, those under way are named`() throws {
    let runs = try insert(4)
    try fixture.finish(runs[0])
    try fixture.park(runs[1], due: 70, StoredWait(.delay, component: "d", identifiers: ["a"]))
    try fixture.write { write throws(StoreError) in
      try write.runUpdate(
        runs[2], fence: RunFence(incarnation: 1, sequence: 0), expecting: .ready,
        RunChange(.running), nowMS: 11)
    }
    let aftermath = try fixture.write { [parent] write throws(StoreError) in
      try write.runCancelStored(parent, reason: "r", incarnation: 1, nowMS: 60)
    }
    #expect(aftermath?.cancelledChildren == [runs[1], runs[3]])
    #expect(aftermath?.runningChildren == [runs[2]])
    #expect(aftermath?.wokenParents == [])
    #expect(try runs.map { try fixture.run($0).state } == [
      .succeeded, .cancelled, .running, .cancelled,
    ])
    // It may not sleep on for a parent that is gone.
    #expect(try fixture.park(runs[2], due: 90) == .held(.end, RunAftermath()))
    #expect(try fixture.run(runs[2]).state == .cancelled)
  }

  @Test func `a parent that is retried runs again what did not succeed, once all have ended`() throws {
    let runs = try insert(3)
    try fixture.finish(runs[0], saved: #"{"r":0}"#)
    try fixture.finish(runs[1], .failed)
    let cancel = { [parent, fixture] in
      _ = try fixture.write { write throws(StoreError) in
        try write.runCancelStored(parent, reason: "r", incarnation: 1, nowMS: 60)
      }
    }
    let reopen = { [parent, fixture] () throws(StoreError) in
      _ = try fixture.write { write throws(StoreError) in try write.runReopen(parent, nowMS: 70) }
    }
    try fixture.write { write throws(StoreError) in
      try write.runUpdate(
        runs[2], fence: RunFence(incarnation: 1, sequence: 0), expecting: .ready,
        RunChange(.running), nowMS: 11)
    }
    try cancel()
    #expect(code(reopen) == .alreadyRecorded, "the run of an element is under way")
    try fixture.finish(runs[2])
    try reopen()

    let again = try insert(3)
    #expect(again.count == 1, "the first and the last stand")
    #expect(try fixture.run(again[0]).child == ChildPlace(parent: parent, step: 2, element: 1))
    #expect(code { () throws(StoreError) in
      _ = try fixture.write { write throws(StoreError) in try write.runReopen(runs[1], nowMS: 71) }
    } == .alreadyRecorded, "its element belongs to the newer run")
    #expect(try fixture.finish(again[0], saved: #"{"r":1}"#).wokenParents == [parent])
    let outcomes = try fixture.read { [parent] read throws(StoreError) in
      try read.childOutcomes(parent, step: 2)
    }
    #expect(outcomes.map(\.saved) == [#"{"r":0}"#, #"{"r":1}"#, nil])

    // Cancelled before it could go on: nothing is left to run, and it is due at once.
    try cancel()
    try reopen()
    #expect(try insert(3).isEmpty)
    let woken = try fixture.write { [parent] write throws(StoreError) in
      try write.childrenWake(parent, nowMS: 80)
    }
    #expect(try woken && fixture.run(parent).dueAt == 0)
  }

  @Test func `too many elements are refused and none is started`() throws {
    #expect(code { () throws(StoreError) in
      _ = try fixture.write { [parent] write throws(StoreError) in
        try write.childrenInsert(
          parent: parent, step: 1, scope: "{}", items: [String](repeating: "1", count: 10_001),
          waits: false, nowMS: 1)
      }
    } == .tooLarge)
    _ = try insert(1, waits: false)
    #expect(code { () throws(StoreError) in
      _ = try fixture.write { [parent] write throws(StoreError) in
        try write.childrenInsert(
          parent: parent, step: 2, scope: "{}", items: ["1"], waits: false, nowMS: 1)
      }
    } == .alreadyRecorded)
  }
}
