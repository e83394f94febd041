// SPDX-License-Identifier: Apache-2.0
// The processor time of one thread: for work that never waits, steadier than the clock on the wall.
import Glibc

enum CPUTime {
  /// **Unit**: seconds this thread was on a processor.
  static func measure(_ work: () throws -> Void) rethrows -> Double {
    let before = now
    try work()
    return now - before
  }

  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
