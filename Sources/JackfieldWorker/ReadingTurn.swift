// SPDX-License-Identifier: Apache-2.0
// Who reads the socket: one thread at a time, whichever has time for it.
import PluginRuntime

/// The right to read from the host, and the threads that may take it.
///
/// Threads that all block in a receive are woken in turn, each on a cold core: one call after the
/// other cost 3.9 times a bare exchange. So one thread reads, runs what it reads and reads again;
/// while it runs, nobody does. A thread that waits for a reply reads meanwhile. A call that
/// computes for longer than a tick is noticed by the watch, which puts another thread to reading;
/// where that happens again and again, calls are long, and the next reader is put there at once.
///
/// **Isolation**: any thread.
// Safe because: what changes is touched only under `lock`.
final class ReadingTurn: @unchecked Sendable {
  /// **Unit**: milliseconds. A cancel waits for one to two of them while a call computes.
  private static let tick: Int64 = 2
  /// Ticks without a change after which the watch sleeps until the turn is free again.
  private static let patience = 25
  /// How far above zero makes every reader be relieved at once: two ticks with a relief.
  private static let eagerness = 3

  private let lock = Lock()
  private let watch: Condition
  private let relieve: () -> Void
  private var isTaken = true
  /// How often the turn was given back.
  private var changes: UInt64 = 0
  private var isWatching = false
  private var hasWatch = false
  /// Goes up by two with each relief, down by one with each tick without.
  private var strain = 0
  /// Threads that wait for a reply while another reads, the latest last.
  private var waiting: [ReplyBox] = []

  /// The turn, taken by the thread that makes it. `relieve` puts another thread to reading; it is
  /// called when the turn was free for a tick, from the watch's thread.
  init(relieve: @escaping () -> Void) {
    self.relieve = relieve
    watch = Condition(lock)
  }

  func tryTake() -> Bool {
    lock.locked {
      defer { isTaken = true }
      return !isTaken
    }
  }

  /// Gives the turn back: to a thread that waits for a reply, if there is one. Answers whether
  /// another has to be put to reading without waiting for the watch.
  @discardableResult
  func giveBack() -> Bool {
    let (next, isStrained) = lock.locked {
      isTaken = false
      changes += 1
      if !isWatching { beginWatch() }
      return (waiting.last, strain >= Self.eagerness)
    }
    next?.nudge()
    return next == nil && isStrained
  }

  /// Waits for a reply, or for the turn to be free: nil.
  func wait(_ box: ReplyBox) -> ServiceReply? {
    lock.locked { waiting.append(box) }
    let reply = box.wait(or: { self.lock.locked { !self.isTaken } })
    let next = lock.locked {
      if let place = waiting.lastIndex(where: { $0 === box }) { waiting.remove(at: place) }
      return isTaken ? nil : waiting.last
    }
    // The nudge that came to this thread may have been meant to find a reader.
    if reply != nil { next?.nudge() }
    return reply
  }

  /// Under the lock.
  private func beginWatch() {
    isWatching = true
    if hasWatch { return watch.wakeOne() }
    hasWatch = PluginThread.start { [self] in keepWatch() }
    isWatching = hasWatch
  }

  private func keepWatch() {
    lock.lock()
    var seen: UInt64 = 0
    var quiet = 0
    while true {
      watch.wait(milliseconds: Self.tick)
      quiet = changes == seen ? quiet + 1 : 0
      if !isTaken && quiet > 0 {
        strain = min(strain + 2, 10)
        lock.unlock()
        relieve()
        lock.lock()
      } else if quiet > Self.patience {
        isWatching = false
        strain = 0
        while !isWatching { watch.wait() }
        quiet = 0
      }
      if quiet == 0 || isTaken { strain = max(strain - 1, 0) }
      seen = changes
    }
  }
}
