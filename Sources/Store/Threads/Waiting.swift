// SPDX-License-Identifier: Apache-2.0
// A result that one thread waits for and another brings.

import Glibc

/// Brings one value from a thread of the store to a blocked caller.
///
/// Safe because `value` is written before the semaphore is posted and read after it was waited for.
final class Waiting<Value: Sendable>: @unchecked Sendable {
  private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
  private var value: Value?

  init() { sem_init(semaphore, 0, 0) }

  deinit {
    sem_destroy(semaphore)
    semaphore.deallocate()
  }

  func bring(_ value: Value) {
    self.value = value
    sem_post(semaphore)
  }

  func wait() -> Value {
    while true {
      while sem_wait(semaphore) != 0 {}
      if let value { return value }
    }
  }
}
