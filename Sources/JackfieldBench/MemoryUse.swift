// SPDX-License-Identifier: Apache-2.0
// How much memory a process has.
import Foundation

/// Of one process, from the kernel's own count of its pages.
///
/// **Unit**: bytes.
struct MemoryUse {
  /// Its pages, those it shares divided among all that have them.
  let proportional: Double
  let threads: Int
  /// The pages it has written to. Clean ones are its program's, and how many of those are its own
  /// depends on who else runs it.
  let own: Double

  init(of process: Int32) throws {
    let path = "/proc/\(process)/smaps_rollup"
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw BenchError(code: "host_failed", reason: "\(path) cannot be read: has it ended?")
    }
    var kilobytes: [Substring: Double] = [:]
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.count == 3, let value = Double(words[1]) { kilobytes[words[0]] = value }
    }
    let task = "/proc/\(process)/task"
    threads = (try? FileManager.default.contentsOfDirectory(atPath: task).count) ?? 0
    proportional = (kilobytes["Pss:"] ?? 0) * 1_024
    own = (kilobytes["Private_Dirty:"] ?? 0) * 1_024
  }
}
