// SPDX-License-Identifier: Apache-2.0
//
// What a process has taken of the machine, as /proc counts it.

import CSystem
import Glibc

/// Threads, processor time and memory of one process at one moment.
package struct WorkerUsage: Sendable, Hashable {
  package var threads = 0
  /// **Unit** milliseconds since its start, user and system together.
  package var cpuMS: UInt64 = 0
  /// **Unit** bytes resident, with what it shares with others.
  package var memory = 0

  /// Reads /proc/PID/stat, which every user may; nil when there is no such process.
  static func read(_ pid: Int32) -> WorkerUsage? {
    guard let text = readSmallFile("/proc/\(pid)/stat"), let close = text.lastIndex(of: ")") else {
      return nil
    }
    // After the name: state, then numbers; user time is the 12th of these, system time the 13th.
    let rest = text[text.index(after: close)...].split(separator: " ")
    guard rest.count > 21, let user = UInt64(rest[11]), let system = UInt64(rest[12]),
      let threads = Int(rest[17]), let pages = Int(rest[21])
    else { return nil }
    return WorkerUsage(
      threads: threads, cpuMS: (user + system) * 1_000 / ticksPerSecond, memory: pages * pageBytes)
  }

  private static let ticksPerSecond = UInt64(max(1, sysconf(Int32(_SC_CLK_TCK))))
  private static let pageBytes = max(1, sysconf(Int32(_SC_PAGESIZE)))
}
