// SPDX-License-Identifier: Apache-2.0
// Time that no administrator turns back.
import Glibc

/// The clock budgets are counted on.
package enum MonotonicClock {
  /// **Unit**: nanoseconds since some point in the past.
  package static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
