// SPDX-License-Identifier: Apache-2.0
//
// Calls that wait for a worker, first come first served.

/// A queue of calls; one that was cancelled is skipped where it stands.
struct CallQueue {
  private var calls: [PoolCall] = []
  private var head = 0
  private var cancelled = 0

  var count: Int { calls.count - head - cancelled }
  var isEmpty: Bool { count == 0 }

  mutating func append(_ call: PoolCall) {
    calls.append(call)
  }

  mutating func popFirst() -> PoolCall? {
    while head < calls.count {
      let call = calls[head]
      head += 1
      if head > 64 && head * 2 > calls.count {
        calls.removeFirst(head)
        head = 0
      }
      if call.isQueued { return call }
      cancelled -= 1
    }
    return nil
  }

  /// One of its calls has just left the state `queued`.
  mutating func noteCancelled() {
    cancelled += 1
  }

  mutating func takeAll() -> [PoolCall] {
    defer { self = CallQueue() }
    return calls[head...].filter(\.isQueued)
  }
}
