// SPDX-License-Identifier: Apache-2.0
// The clock that only goes forwards.
import Glibc

package enum Clock {
  /// **Unit**: milliseconds since some start of the machine's choosing.
  package static var milliseconds: Int64 {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Int64(now.tv_sec) * 1_000 + Int64(now.tv_nsec) / 1_000_000
  }
}
