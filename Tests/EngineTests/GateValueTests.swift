// SPDX-License-Identifier: Apache-2.0
// The values behind the gates, each by itself.
import Pipeline
import Testing

@testable import Engine

@Suite struct GateValueTests {
  private static let second: UInt64 = 1_000_000_000

  @Test func `a line keeps the order of arrival when some leave from the middle`() {
    var line = WaitLine<Int>()
    for number in 0..<100 { line.append(number) }
    line.append(7)
    #expect(line.count == 100, "nobody stands in it twice")
    for number in 0..<100 where number % 3 != 0 { line.remove(number) }
    #expect(line.ahead(of: 99) == 33)
    var left: [Int] = []
    while let next = line.popFirst() { left.append(next) }
    #expect(left == Array(stride(from: 0, to: 100, by: 3)))
    #expect(line.isEmpty && line.first == nil)
  }

  @Test func `timers come out by time and then in the order they were set`() {
    var timers = TimerQueue<String>()
    for (time, event) in [(30, "d"), (10, "a"), (20, "b"), (20, "c"), (10, "a2")] as [(UInt64, String)]
    { timers.add(event, at: time) }
    let early = timers.pop(until: 9)
    #expect(early == nil)
    #expect(timers.next == 10)
    var order: [String] = []
    while let event = timers.pop(until: 20) { order.append(event) }
    #expect(order == ["a", "a2", "b", "c"], "due means at or before")
    #expect(timers.next == 30)
  }

  @Test func `a bucket holds as many tokens as calls and refills evenly`() {
    let rate = RatePolicy(calls: 10, per: .seconds(60))
    var bucket = TokenBucket()
    let now = 1_000 * Self.second
    let burst = (0..<11).count { _ in bucket.take(rate, at: now) }
    #expect(burst == 10)
    #expect(bucket.next(rate, at: now) == now + 6 * Self.second)
    #expect(bucket.next(rate, behind: 2, at: now) == now + 18 * Self.second)
    var early = bucket
    let taken = [now + 6 * Self.second - 1, now + 6 * Self.second].map { early.take(rate, at: $0) }
    #expect(taken == [false, true], "at its time, not after it")
    let later = (0..<11).count { _ in bucket.take(rate, at: now + 60 * Self.second) }
    #expect(later == 10, "a burst is never more than the calls")
  }

  @Test func `a bucket from before the clock was set back waits one filling at most`() {
    let rate = RatePolicy(calls: 2, per: .seconds(10))
    let bucket = TokenBucket(fullAt: 1_000_000 * Self.second)
    #expect(bucket.next(rate, at: 0) == 5 * Self.second)
  }

  @Test func `serial keys are taken all at once in order of arrival`() {
    var locks = SerialLocks()
    let (a, b, c) = (SerialKey("a"), SerialKey("b"), SerialKey("c"))
    let granted = [
      locks.request(RunID(1), [a, b]), locks.request(RunID(2), [b, c]),
      locks.request(RunID(3), [c]),
    ]
    #expect(granted == [true, false, false], "run 2 came before 3, though c is free")
    #expect(locks.blocker(of: RunID(3))?.holder == RunID(2))
    #expect(locks.blocker(of: RunID(2))?.key == b)
    let next = [1, 2, 3].map { locks.release(RunID($0)) }
    #expect(next == [[RunID(2)], [RunID(3)], []])
    #expect(locks.isEmpty)
  }

  @Test func `who leaves a line of locks unheld lets those behind pass`() {
    var locks = SerialLocks()
    let (a, b) = (SerialKey("a"), SerialKey("b"))
    let granted = [
      locks.request(RunID(1), [a]), locks.request(RunID(2), [a, b]), locks.request(RunID(3), [b]),
    ]
    #expect(granted == [true, false, false])
    let next = [2, 1].map { locks.release(RunID($0)) }
    #expect(next == [[RunID(3)], []])
  }

  @Test func `a gate lets in as many as its limit and the others in order`() {
    var gate = FIFOGate()
    let isIn = [1, 2, 3, 4, 1].map { gate.enter(RunID($0), limit: 2) }
    #expect(isIn == [true, true, false, false, true], "who is inside stays inside")
    let next = [3, 2].map { gate.leave(RunID($0)) }
    #expect(next == [[], [RunID(4)]], "one left from the line, one from inside")
    _ = gate.leave(RunID(1))
    _ = gate.leave(RunID(4))
    #expect(gate.isEmpty)
  }
}
