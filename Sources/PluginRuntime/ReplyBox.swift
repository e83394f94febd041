// SPDX-License-Identifier: Apache-2.0
// Where a thread waits for the answers to its requests.

/// Takes the replies to one or more requests of one thread.
///
/// **Isolation**: any thread delivers or closes; one waits.
// Safe because: `replies` and `ending` are touched only under `lock`.
package final class ReplyBox: @unchecked Sendable {
  private let lock = Lock()
  private let changed: Condition
  private var replies: [ServiceReply] = []
  /// Set once the call has ended or is no longer wanted: answers every further wait.
  private var ending: ServiceReply?

  package init() { changed = Condition(lock) }

  package func deliver(_ reply: ServiceReply) {
    lock.locked {
      replies.append(reply)
      changed.wakeAll()
    }
  }

  /// Makes every wait return `reply` at once, unless a real one is there.
  package func close(_ reply: ServiceReply) {
    lock.locked {
      ending = ending ?? reply
      changed.wakeAll()
    }
  }

  /// Wakes the waiting thread to look again; for a backend whose waiting threads do the reading.
  package func nudge() { lock.locked { changed.wakeAll() } }

  /// A reply if one is there.
  package func take() -> ServiceReply? { lock.locked { takeLocked() } }

  /// Whether `take` would give one.
  package var hasReply: Bool { lock.locked { !replies.isEmpty || ending != nil } }

  package func wait() -> ServiceReply {
    lock.lock()
    defer { lock.unlock() }
    while true {
      if let reply = takeLocked() { return reply }
      changed.wait()
    }
  }

  /// Waits until there is a reply or `condition` holds, which is asked under the lock.
  package func wait(or condition: () -> Bool) -> ServiceReply? {
    lock.lock()
    defer { lock.unlock() }
    while true {
      if let reply = takeLocked() { return reply }
      if condition() { return nil }
      changed.wait()
    }
  }

  private func takeLocked() -> ServiceReply? {
    replies.isEmpty ? ending : replies.removeFirst()
  }
}
