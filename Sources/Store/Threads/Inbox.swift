// SPDX-License-Identifier: Apache-2.0
// A queue that a thread sleeps on.

import Glibc

/// Many put in, one or several threads take out.
///
/// Safe because every access to `items` and `isClosed` is under `mutex`.
final class Inbox<Item: Sendable>: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var items: [Item] = []
  private var isClosed = false
  private var sleepers = 0

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    pthread_cond_destroy(condition)
    mutex.deallocate()
    condition.deallocate()
  }

  private func locked<T>(_ body: () -> T) -> T {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }

  var count: Int { locked { items.count } }

  var isClosedNow: Bool { locked { isClosed } }

  /// Puts one in; false when the inbox is closed.
  func put(_ item: Item) -> Bool {
    locked {
      guard !isClosed else { return false }
      items.append(item)
      if sleepers > 0 { pthread_cond_signal(condition) }
      return true
    }
  }

  /// Takes all there is, waiting for the first; nil once closed and empty.
  func takeAll() -> [Item]? {
    locked {
      sleepUntilFilled()
      guard !items.isEmpty else { return nil }
      var taken: [Item] = []
      swap(&taken, &items)
      items.reserveCapacity(min(taken.count, 1_024))
      return taken
    }
  }

  /// Takes the oldest, waiting for it; nil once closed and empty.
  func takeOne() -> Item? {
    locked {
      sleepUntilFilled()
      return items.isEmpty ? nil : items.removeFirst()
    }
  }

  /// Takes the oldest if there is one, and does not wait.
  func takeOneAvailable() -> Item? { locked { items.isEmpty ? nil : items.removeFirst() } }

  /// Takes what is there and does not wait.
  func takeAvailable() -> [Item] {
    locked {
      var taken: [Item] = []
      swap(&taken, &items)
      return taken
    }
  }

  /// No more goes in; what is in is still taken out.
  func close() {
    locked {
      isClosed = true
      pthread_cond_broadcast(condition)
    }
  }

  private func sleepUntilFilled() {
    while items.isEmpty && !isClosed {
      sleepers += 1
      pthread_cond_wait(condition, mutex)
      sleepers -= 1
    }
  }
}
