// SPDX-License-Identifier: Apache-2.0
// Something one thread waits for and another gives, once.
import Glibc

/// A one-time signal between threads.
final class Signal: @unchecked Sendable {
  // Safe because: everything mutable is guarded by the mutex.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var isGiven = false

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  func give() {
    pthread_mutex_lock(mutex)
    isGiven = true
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
  }

  /// Whether it was given before the time was over.
  func wait(seconds: Double) -> Bool {
    var until = timespec()
    clock_gettime(CLOCK_REALTIME, &until)
    let nanoseconds = Int(seconds * 1e9) + until.tv_nsec
    until.tv_sec += nanoseconds / 1_000_000_000
    until.tv_nsec = nanoseconds % 1_000_000_000
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while !isGiven {
      if pthread_cond_timedwait(condition, mutex, &until) == ETIMEDOUT { return isGiven }
    }
    return true
  }
}
