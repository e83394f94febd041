// SPDX-License-Identifier: Apache-2.0
// How long processes were on a processor.
import Foundation

/// **Unit**: seconds.
enum ProcessorUse {
  static var ofThisProcess: Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }

  /// All threads of another process, from the scheduler's own count in nanoseconds; 0 when it is
  /// gone.
  static func of(process pid: Int32) -> Double {
    let folder = "/proc/\(pid)/task"
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return threads.reduce(0) { sum, thread in
      let text = (try? String(contentsOfFile: "\(folder)/\(thread)/schedstat", encoding: .utf8))
      let nanoseconds = text?.split(separator: " ").first.flatMap { Double($0) } ?? 0
      return sum + nanoseconds / 1e9
    }
  }

  private static func seconds(_ time: timeval) -> Double {
    Double(time.tv_sec) + Double(time.tv_usec) / 1e6
  }
}
