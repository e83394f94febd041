// SPDX-License-Identifier: Apache-2.0
// A lock that plain synchronous code can wait under.
import Glibc

/// A mutex with one condition.
///
/// Not `Synchronization.Mutex`: the threads of a plugin wait for replies, which that cannot do.
/// **Isolation**: any thread.
// Safe because: the two pointers never change, and what they point at is made for many threads.
package final class Lock: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  package init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    pthread_cond_destroy(condition)
    mutex.deallocate()
    condition.deallocate()
  }

  package func lock() { pthread_mutex_lock(mutex) }
  package func unlock() { pthread_mutex_unlock(mutex) }

  /// Runs `body` under the lock.
  @inline(__always)
  package func locked<Result>(_ body: () -> Result) -> Result {
    lock()
    defer { unlock() }
    return body()
  }

  /// Waits for a wake-up; the caller holds the lock, and holds it again afterwards. May return
  /// without one.
  package func wait() { pthread_cond_wait(condition, mutex) }
  package func wakeAll() { pthread_cond_broadcast(condition) }
}
