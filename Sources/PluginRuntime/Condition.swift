// SPDX-License-Identifier: Apache-2.0
// Waiting under a lock.
import Glibc

/// Threads that wait for something guarded by one lock.
///
/// **Isolation**: every function is called with the lock held.
// Safe because: the pointer never changes, and what it points at is made for many threads.
package final class Condition: @unchecked Sendable {
  private let lock: Lock
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  package init(_ lock: Lock) {
    self.lock = lock
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(condition, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(condition)
    condition.deallocate()
  }

  /// May return without a wake-up; the lock is held again afterwards.
  package func wait() { pthread_cond_wait(condition, lock.mutex) }

  /// The same, for at most some milliseconds.
  package func wait(milliseconds: Int64) {
    let end = MonotonicClock.now + milliseconds * 1_000_000
    var time = timespec(tv_sec: Int(end / 1_000_000_000), tv_nsec: Int(end % 1_000_000_000))
    pthread_cond_timedwait(condition, lock.mutex, &time)
  }

  package func wakeOne() { pthread_cond_signal(condition) }
  package func wakeAll() { pthread_cond_broadcast(condition) }
}
