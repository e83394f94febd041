// SPDX-License-Identifier: Apache-2.0
// What happens while an image is loaded.

import CSystem
import Glibc

/// Constructors are to be quiet: nobody knows yet what the process is for.
enum LoadCheck {
  static func check(_ probe: Probe) throws(CheckStop) -> CheckFinding {
    let before = ProcessState()
    let trap = OutputTrap()
    _ = try probe.load()
    let printed = trap.release()
    let after = ProcessState()
    let found = after.remains(since: before) + after.changes(since: before)
      + (printed.isEmpty ? [] : ["it printed \(printed.debugDescription)"])
    guard found.isEmpty else {
      return .fail(
        "loading it leaves traces: \(found.joined(separator: ", ")): do nothing in constructors, "
          + "and start what you need in open")
    }
    return .pass
  }
}

/// Catches what is printed to standard output and error.
struct OutputTrap {
  private let memory: Int32
  private let saved: [Int32]

  init() {
    fflush(nil)
    memory = sys_memory_create("jackfield-printed")
    saved = [1, 2].map { fcntl($0, F_DUPFD_CLOEXEC, 10) }
    dup2(memory, 1)
    dup2(memory, 2)
  }

  /// Puts the descriptors back and gives what came, at most 200 bytes of it.
  func release() -> String {
    fflush(nil)
    for (index, descriptor) in saved.enumerated() {
      dup2(descriptor, Int32(index + 1))
      close(descriptor)
    }
    lseek(memory, 0, SEEK_SET)
    let bytes = FileText.read(memory, limit: 1 << 20) ?? []
    close(memory)
    return String(decoding: bytes.prefix(200), as: UTF8.self)
  }
}
