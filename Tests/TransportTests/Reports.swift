// SPDX-License-Identifier: Apache-2.0
// What a plugin reported, for tests to wait on.
import Glibc

/// A value under a lock that other threads can wait on.
final class Reports<Value>: @unchecked Sendable {
  // Safe because: `value` is touched under the lock only, and the two primitives never move.
  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var value: Value

  init(_ value: Value) {
    self.value = value
    pthread_mutex_init(lock, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_mutex_destroy(lock)
    pthread_cond_destroy(changed)
    lock.deallocate()
    changed.deallocate()
  }

  func update<Result>(_ change: (inout Value) -> Result) -> Result {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    pthread_cond_broadcast(changed)
    return change(&value)
  }

  /// Waits until `find` finds something; nil after `seconds`, which is a failed test.
  func wait<Result>(seconds: Int = 60, _ find: (inout Value) -> Result?) -> Result? {
    var due = timespec()
    clock_gettime(CLOCK_REALTIME, &due)
    due.tv_sec += seconds
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    while true {
      if let found = find(&value) { return found }
      if pthread_cond_timedwait(changed, lock, &due) != 0 { return find(&value) }
    }
  }
}
