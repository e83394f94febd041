// SPDX-License-Identifier: Apache-2.0
import Pipeline
import Store
import Testing

@Suite struct EgressTests {
  let fixture: StoreFixture
  let run: RunID
  var store: Store { fixture.store }

  init() throws {
    fixture = try StoreFixture()
    run = try fixture.accept(fixture.connector()).run
  }

  private func write(_ body: @escaping @Sendable (WriteTransaction) throws(StoreError) -> Void)
    -> StoreError.Code?
  {
    code { () throws(StoreError) in try store.writeAndWait(body) }
  }

  private func row(_ request: Int64) throws -> EgressRow? {
    try store.readAndWait { [run] read throws(StoreError) in
      try read.egressGet(run, attempt: "1/send/1", request: request)
    }
  }

  @Test func `a request is recorded before and answered once`() throws {
    let run = run
    let intent: @Sendable (WriteTransaction) throws(StoreError) -> Void = {
      write throws(StoreError) in
      try write.egressIntent(run, attempt: "1/send/1", request: 1, effect: .keyed, digest: "d")
    }
    let answer: @Sendable (WriteTransaction) throws(StoreError) -> Void = {
      write throws(StoreError) in
      try write.egressAnswered(run, attempt: "1/send/1", request: 1, response: [1, 2])
    }
    #expect(write(answer) == .notFound)
    #expect(write(intent) == nil)
    #expect(write(intent) == .alreadyRecorded)
    #expect(try row(1)?.state == .intent)
    #expect(
      write { write throws(StoreError) in
        try write.egressLeft(run, attempt: "1/send/1", request: 1)
      } == nil)
    #expect(try row(1)?.state == .left)
    #expect(write(answer) == nil)
    #expect(write(answer) == .alreadyRecorded)
    let row = try #require(try row(1))
    #expect(row.state == .answered && row.response == [1, 2] && row.digest == "d")
    #expect(row.effect == "keyed" && !row.isTooLarge)
  }

  @Test func `an answer over 64 KiB is marked and not kept`() throws {
    let run = run
    #expect(
      write { write throws(StoreError) in
        for request in 1...2 as ClosedRange<Int64> {
          try write.egressIntent(
            run, attempt: "1/send/1", request: request, effect: .pure, digest: "")
          try write.egressAnswered(
            run, attempt: "1/send/1", request: request,
            response: [UInt8](repeating: 0, count: (64 << 10) + Int(request) - 1))
        }
      } == nil)
    #expect(try row(1)?.response?.count == 64 << 10)
    let large = try #require(try row(2))
    #expect(large.state == .answered && large.isTooLarge && large.response == nil)
  }

  @Test func `an intent may be withdrawn, an answer not`() throws {
    let run = run
    #expect(
      write { write throws(StoreError) in
        for request in 1...2 as ClosedRange<Int64> {
          try write.egressIntent(
            run, attempt: "1/send/1", request: request, effect: .pure, digest: "")
        }
        try write.egressAnswered(run, attempt: "1/send/1", request: 2, response: [])
        for request in 1...2 as ClosedRange<Int64> {
          try write.egressWithdraw(run, attempt: "1/send/1", request: request)
        }
      } == nil)
    #expect(try row(1) == nil)
    #expect(try row(2)?.response == [])
  }

  @Test func `the end of a run clears its ledger and no other`() throws {
    let run = run
    let other = try fixture.accept(fixture.connector()).run
    #expect(
      write { write throws(StoreError) in
        for id in [run, other] {
          try write.egressIntent(id, attempt: "1/send/1", request: 1, effect: .pure, digest: "")
        }
        try write.runFinish(
          run, fence: RunFence(incarnation: 1, sequence: 0), expecting: .ready,
          RunChange(.succeeded), nowMS: 1)
      } == nil)
    #expect(try row(1) == nil)
    let kept = try store.readAndWait { read throws(StoreError) in
      try read.egressList(other, attempt: "1/send/1").map(\.request)
    }
    #expect(kept == [1])
  }
}
