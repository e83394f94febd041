// SPDX-License-Identifier: Apache-2.0
// A lock that plain synchronous code can wait under.
import Glibc

/// A mutex. Waiting is a ``Condition``'s.
///
/// Not `Synchronization.Mutex`: the threads of a plugin wait for replies, which that cannot do.
/// **Isolation**: any thread.
// Safe because: the pointer never changes, and what it points at is made for many threads.
package final class Lock: @unchecked Sendable {
  let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

  package init() { pthread_mutex_init(mutex, nil) }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
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
}
