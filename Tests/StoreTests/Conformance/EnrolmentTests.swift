// SPDX-License-Identifier: Apache-2.0
import Pipeline
import Store
import Testing

/// Runs entered under a key.
@Suite struct EnrolmentTests {
  let fixture: StoreFixture
  let connector: ConnectorRow

  init() throws {
    fixture = try StoreFixture()
    connector = try fixture.connector()
  }

  private var key: EnrolmentKey { EnrolmentKey(connector: connector.id, subject: "anna") }

  private func start(
    _ key: EnrolmentKey?, _ rule: EnrolmentRule = .leave, nowMS: Int64 = 10
  ) throws(StoreError) -> StartedRun {
    let event = NewEvent(
      project: "acme", connector: connector.id, version: 1, body: "{}", hops: 3,
      origin: RunID(77), enrolment: key, fifoKey: "f")
    return try fixture.write { write throws(StoreError) in
      try write.runStart(event, ifEnrolled: rule, nowMS: nowMS)
    }
  }

  @Test func `a started run knows where it comes from`() throws {
    let row = try fixture.run(try start(key).run)
    #expect(row.hops == 3 && row.origin == RunID(77) && row.enrolment == key)
    #expect(row.fifoKey == "f" && row.state == .ready && row.child == nil)
  }

  @Test func `at most one live run has a key`() throws {
    let first = try start(key)
    #expect(first.isNew)
    let second = try start(key)
    #expect(second.run == first.run && !second.isNew && second.replaced == nil)
    #expect(try start(nil).isNew && start(nil).isNew)
    #expect(try start(EnrolmentKey(connector: connector.id, subject: "Anna")).isNew)
    try fixture.park(first.run, due: 50, StoredWait(.delay, component: "d", identifiers: ["x"]))
    #expect(try start(key).run == first.run)
    try fixture.finish(first.run)
    let third = try start(key)
    #expect(third.isNew && third.run != first.run)
    let live = try fixture.read { [key] read throws(StoreError) in try read.enrolmentGet(key)?.run }
    #expect(live == third.run)
  }

  @Test(arguments: [RunState.ready, .waiting, .running])
  func `entering again with restart cancels the old run in the same transaction`(
    state: RunState
  ) throws {
    let old = try start(key).run
    if state == .waiting { try fixture.park(old, due: 50) }
    if state == .running {
      try fixture.write { write throws(StoreError) in
        try write.runUpdate(
          old, fence: RunFence(incarnation: 1, sequence: 0), expecting: .ready,
          RunChange(.running), nowMS: 11)
      }
    }
    let fence = StoreFixture.fence(try fixture.run(old))
    let new = try start(key, .restart, nowMS: 30)
    #expect(new.isNew && new.replaced == old)
    #expect(try fixture.run(old).state == .cancelled)
    // Whoever works on the old one has lost it.
    let late = code { () throws(StoreError) in
      try fixture.write { write throws(StoreError) in
        _ = try write.runFinish(
          old, fence: fence, expecting: state, RunChange(.succeeded), nowMS: 40)
      }
    }
    #expect(late == .zombie)
    let list = try fixture.read { [connector] read throws(StoreError) in
      try read.enrolmentList(connector.id).map(\.run)
    }
    #expect(list == [new.run])
  }

  @Test func `leaving cancels the run and its delays, one that leaves itself decides`() throws {
    let run = try start(key).run
    try fixture.park(run, due: 50, StoredWait(.delay, component: "d", identifiers: ["x"]))
    func leave(except: RunID? = nil) throws -> RunID? {
      try fixture.write { [key] write throws(StoreError) in
        try write.enrolmentCancel(key, except: except, reason: "left", nowMS: 60)?.run
      }
    }
    #expect(try leave() == run)
    #expect(try fixture.run(run).state == .cancelled)
    #expect(try leave() == nil)
    let own = try start(key).run
    #expect(try leave(except: own) == own)
    #expect(try fixture.run(own).state == .ready)
    #expect(try start(key).isNew)
  }

  @Test func `a run is not reopened under a key that is taken`() throws {
    let run = try start(key).run
    try fixture.finish(run, .failed)
    let other = try start(key).run
    func reopen() -> StoreError.Code? {
      code { () throws(StoreError) in
        _ = try fixture.write { write throws(StoreError) in try write.runReopen(run, nowMS: 1) }
      }
    }
    #expect(reopen() == .alreadyRecorded)
    #expect(try fixture.run(run).state == .failed)
    try fixture.finish(other)
    #expect(reopen() == nil)
    #expect(try start(key).run == run)
  }

  @Test func `a subject that is empty or a text is refused`() throws {
    for (subject, expected) in [("", StoreError.Code.invalidQuery), ("x", .tooLarge)] {
      let text = String(repeating: subject, count: 1 << 20)
      #expect(code { () throws(StoreError) in
        _ = try start(EnrolmentKey(connector: connector.id, subject: text))
      } == expected)
    }
  }
}
