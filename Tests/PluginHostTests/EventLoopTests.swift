// SPDX-License-Identifier: Apache-2.0
// The loop: its inbox, its descriptors, its timers, its turns.
import CSystem
import Glibc
import PluginHost
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(20))) struct EventLoopTests {
  private func started() throws -> EventLoop {
    let loop = EventLoop(name: "loop-test")
    try loop.start()
    return loop
  }

  @Test func `posted work runs in order on the loop's thread`() async throws {
    let loop = try started()
    let seen = Mutex<[Int]>([])
    for number in 0..<1_000 { loop.post { seen.withLock { $0.append(number) } } }
    let isCurrent = await loop.perform { loop.isCurrent }
    #expect(isCurrent)
    #expect(!loop.isCurrent)
    #expect(seen.withLock { $0 } == Array(0..<1_000))
    loop.stop()
  }

  @Test func `everything posted by many threads runs once`() async throws {
    let loop = try started()
    let count = Counter()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<500 { loop.postAll([{ count.add() }, { count.add() }]) }
        }
      }
    }
    _ = await loop.perform { 0 }
    #expect(count.value == 8_000)
    loop.stop()
  }

  @Test func `work posted before the stop runs before it`() throws {
    let loop = try started()
    let count = Mutex(0)
    for _ in 0..<100 { loop.post { count.withLock { $0 += 1 } } }
    loop.stop()
    #expect(count.withLock { $0 } == 100)
  }

  @Test func `timers run by due time, never early, and not when cancelled`() async throws {
    let loop = try started()
    let (order, late) = await loop.answer {
      (answer: @escaping @Sendable (([Int], Bool)) -> Void) in
      let start = loop.now
      let seen = Mutex<[Int]>([])
      let early = Mutex(false)
      let note = { (number: Int, due: UInt64) in
        seen.withLock { $0.append(number) }
        if loop.now < due { early.withLock { $0 = true } }
      }
      for number in [3, 1, 2] {
        let due = start + UInt64(number) * 300_000
        loop.schedule(at: due) { note(number, due) }
      }
      let cancelled = loop.schedule(at: start + 400_000) { note(9, 0) }
      loop.cancel(cancelled)
      loop.schedule(at: start + 1_000_000) { answer((seen.withLock { $0 }, early.withLock { $0 })) }
    }
    #expect(order == [1, 2, 3])
    #expect(!late)
    loop.stop()
  }

  @Test func `ten thousand timers, half of them cancelled in disorder`() async throws {
    let loop = try started()
    let ran = await loop.answer { (answer: @escaping @Sendable ([UInt64]) -> Void) in
      let seen = Mutex<[UInt64]>([])
      var generator = SystemRandomNumberGenerator()
      var tokens: [TimerToken] = []
      for _ in 0..<10_000 {
        let due = UInt64.random(in: 1...1_000, using: &generator)
        tokens.append(loop.schedule(at: due) { seen.withLock { $0.append(due) } })
      }
      for token in tokens.shuffled().prefix(5_000) { loop.cancel(token) }
      loop.schedule(at: 1_001) { answer(seen.withLock { $0 }) }
    }
    #expect(ran.count == 5_000)
    #expect(ran == ran.sorted())
    loop.stop()
  }

  @Test func `a descriptor is reported while it is ready, and its end too`() async throws {
    let loop = try started()
    var ends: (reading: Int32, writing: Int32) = (-1, -1)
    #expect(sys_pipe(&ends.reading, &ends.writing) == 0)
    let (reading, writing) = ends
    let text = await loop.answer { (answer: @escaping @Sendable (String) -> Void) in
      let text = Mutex("")
      loop.watch(fd: reading, reading: true, writing: false) { ready in
        var byte: UInt8 = 0
        if read(reading, &byte, 1) == 1 {
          text.withLock { $0.unicodeScalars.append(Unicode.Scalar(byte)) }
        } else if ready.contains(.closed) {
          loop.unwatch(fd: reading)
          answer(text.withLock { $0 })
        }
      }
      _ = write(writing, "abc", 3)
      close(writing)
    }
    #expect(text == "abc")
    close(reading)
    loop.stop()
  }

  @Test func `a descriptor that was unwatched in a turn is not reported in it`() async throws {
    let loop = try started()
    var fds: [Int32] = []
    for _ in 0..<2 {
      var reading: Int32 = -1
      var writing: Int32 = -1
      #expect(sys_pipe(&reading, &writing) == 0)
      fds += [reading, writing]
    }
    let pipes = fds
    let reports = await loop.answer { (answer: @escaping @Sendable (Int) -> Void) in
      let count = Mutex(0)
      for (own, other) in [(pipes[0], pipes[2]), (pipes[2], pipes[0])] {
        loop.watch(fd: own, reading: true, writing: false) { _ in
          count.withLock { $0 += 1 }
          loop.unwatch(fd: own)
          loop.unwatch(fd: other)
          loop.deferToTurnEnd { answer(count.withLock { $0 }) }
        }
      }
      _ = write(pipes[1], "x", 1)
      _ = write(pipes[3], "x", 1)
    }
    #expect(reports == 1)
    for fd in fds { close(fd) }
    loop.stop()
  }

  @Test func `what is deferred runs after the ends of turn, also when they defer it`() async throws {
    let loop = try started()
    let order = await loop.answer { (answer: @escaping @Sendable ([String]) -> Void) in
      let seen = Mutex<[String]>([])
      let hasRun = Mutex(false)
      loop.onTurnEnd {
        guard hasRun.withLock({ let was = $0; $0 = true; return !was }) else { return }
        seen.withLock { $0.append("turn end") }
        loop.deferToTurnEnd {
          seen.withLock { $0.append("deferred by it") }
          answer(seen.withLock { $0 })
        }
      }
      loop.deferToTurnEnd { seen.withLock { $0.append("deferred") } }
    }
    #expect(order == ["turn end", "deferred", "deferred by it"])
    loop.stop()
  }
}

/// A number that many threads count up.
private final class Counter: Sendable {
  private let count = Mutex(0)

  var value: Int { count.withLock { $0 } }

  func add() { count.withLock { $0 += 1 } }
}
