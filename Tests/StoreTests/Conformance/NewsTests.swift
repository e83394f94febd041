// SPDX-License-Identifier: Apache-2.0
import Pipeline
import Store
import Testing

/// What is told of what runs sent, kept by key, and the runs it wakes.
@Suite struct NewsTests {
  let fixture: StoreFixture
  let run: RunID

  init() throws {
    fixture = try StoreFixture()
    run = try fixture.accept(fixture.connector()).run
  }

  private func tell(
    _ key: String, _ target: String = "", _ news: String = "{}", nowMS: Int64 = 10
  ) throws -> (isKept: Bool, isWoken: Bool) {
    try fixture.write { [run] write throws(StoreError) in
      (
        try write.newsPut(run, key: key, target: target, news: news, nowMS: nowMS),
        try write.newsWake(run, nowMS: nowMS)
      )
    }
  }

  private func park(_ key: String, count: Int = 1) throws {
    var wait = StoredWait(.news, component: "send")
    wait.key = key
    wait.count = count
    try fixture.park(run, due: 1_000, wait)
  }

  @Test func `a run is due when all it waits for have told, and once`() throws {
    try park("k", count: 2)
    let row = try fixture.run(run)
    #expect(row.wait?.key == "k" && row.wait?.count == 2 && row.wait?.kind == .news)
    #expect(try !tell("k", "a").isWoken)
    #expect(try !tell("k", "a").isWoken, "the same target again is not another")
    #expect(try !tell("other", "b").isWoken)
    #expect(try tell("k", "b").isWoken)
    let woken = try fixture.run(run)
    #expect(woken.dueAt == 0 && woken.wake == .news && woken.fence.sequence > row.fence.sequence)
    #expect(try !tell("k", "c").isWoken, "it goes on already")
  }

  @Test func `what came before the wait is there, the latest of each target`() throws {
    #expect(try tell("k", "a", #"{"n":1}"#) == (true, false))
    #expect(try tell("k", "a", #"{"n":2}"#) == (true, false))
    try park("k")
    let isWoken = try fixture.write { [run] write throws(StoreError) in
      try write.newsWake(run, nowMS: 11)
    }
    #expect(isWoken)
    let told = try fixture.read { [run] read throws(StoreError) in
      try read.newsTold(run, key: "k").map(\.news)
    }
    #expect(told == [#"{"n":2}"#])
  }

  @Test func `a run has only so many, and what is old makes room`() throws {
    let areKept = try fixture.write { [run] write throws(StoreError) in
      var areKept = true
      for count in 0..<4_000 {
        let isKept = try write.newsPut(run, key: "k", target: "\(count)", news: "{}", nowMS: 10)
        areKept = areKept && isKept
      }
      return areKept
    }
    #expect(areKept)
    #expect(try !tell("k", "more").isKept)
    let month: Int64 = 30 * 86_400_000
    try fixture.write { write throws(StoreError) in _ = try write.storeTidy(nowMS: 10 + month) }
    #expect(try tell("k", "more", nowMS: 10 + month).isKept)
  }

  @Test func `a key or target that is too long is refused`() throws {
    let long = String(repeating: "x", count: 1 << 16)
    #expect(throws: StoreError.self) { try tell(long) }
    #expect(throws: StoreError.self) { try tell("k", long) }
  }
}
