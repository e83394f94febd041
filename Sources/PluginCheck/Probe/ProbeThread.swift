// SPDX-License-Identifier: Apache-2.0
// Threads of a probe.

import Glibc
import PluginRuntime

/// Runs work on threads of the size that a worker's have.
enum ProbeThread {
  /// Runs `body` on another thread and waits at most so long; nil when it has not come back.
  static func run<Answer: Sendable>(
    milliseconds: Int64, _ body: @escaping @Sendable () -> Answer
  ) -> Answer? {
    let slot = Slot<Answer>()
    start { slot.put(body()) }
    return slot.wait(milliseconds: milliseconds)
  }

  /// Runs `body` on `count` threads at once, and gives their answers in order.
  static func run<Answer: Sendable>(
    count: Int, _ body: @escaping @Sendable (Int) -> Answer
  ) -> [Answer] {
    let slots = (0..<count).map { _ in Slot<Answer>() }
    for (index, slot) in slots.enumerated() { start { slot.put(body(index)) } }
    return slots.map { $0.wait() }
  }

  private static func start(_ body: @escaping @Sendable () -> Void) {
    precondition(PluginThread.start(body), "the system has no more threads")
  }

  /// Where a thread leaves its answer.
  // Safe because: the answer is touched only under the lock.
  private final class Slot<Answer: Sendable>: @unchecked Sendable {
    private let lock = Lock()
    private let changed: Condition
    private var answer: Answer?

    init() { changed = Condition(lock) }

    func put(_ answer: Answer) {
      lock.locked {
        self.answer = answer
        changed.wakeAll()
      }
    }

    func wait() -> Answer {
      lock.lock()
      defer { lock.unlock() }
      while true {
        if let answer { return answer }
        changed.wait()
      }
    }

    func wait(milliseconds: Int64) -> Answer? {
      let end = MonotonicClock.now + milliseconds * 1_000_000
      lock.lock()
      defer { lock.unlock() }
      while answer == nil, MonotonicClock.now < end {
        changed.wait(milliseconds: max(1, (end - MonotonicClock.now) / 1_000_000))
      }
      return answer
    }
  }
}
