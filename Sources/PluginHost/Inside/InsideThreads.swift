// SPDX-License-Identifier: Apache-2.0
//
// The threads on which a plugin runs inside of the host.

import PluginRuntime

/// Runs work on at most so many threads, which it starts as they are needed. The first opens the
/// plugin and closes it.
///
/// **Isolation** any thread.
// Safe because: what changes is touched only under the lock.
final class InsideThreads: @unchecked Sendable {
  typealias Work = @Sendable () -> Void

  private let most: Int
  private let lock = Lock()
  private let changed: Condition
  private var waiting: [Work] = []
  private var started = 0
  private var idle = 0
  private var running = 0
  private var isEnding = false
  private var last: Work?

  init(most: Int) {
    self.most = most
    changed = Condition(lock)
  }

  /// Runs `work` as soon as a thread is free; false where the system has none at all.
  func run(_ work: @escaping Work) -> Bool {
    lock.locked {
      waiting.append(work)
      if idle >= waiting.count {
        changed.wakeOne()
        return true
      }
      guard started < most else { return true }
      let isFirst = started == 0
      guard PluginThread.start({ [self] in serve(isFirst: isFirst) }) else {
        guard started == 0 else { return true }
        waiting.removeLast()
        return false
      }
      started += 1
      return true
    }
  }

  /// Ends the threads when they have done what waits; `last` runs on the first, after all others.
  func end(_ last: @escaping Work) {
    lock.locked {
      isEnding = true
      self.last = last
      changed.wakeAll()
    }
  }

  private func serve(isFirst: Bool) {
    lock.lock()
    while true {
      if !waiting.isEmpty {
        let work = waiting.removeFirst()
        running += 1
        lock.unlock()
        work()
        lock.lock()
        running -= 1
        continue
      }
      if isEnding, !isFirst || (started == 1 && running == 0) { break }
      idle += 1
      changed.wait()
      idle -= 1
    }
    started -= 1
    let closing = isFirst ? last : nil
    changed.wakeAll()
    lock.unlock()
    closing?()
  }
}
