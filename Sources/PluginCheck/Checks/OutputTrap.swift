// SPDX-License-Identifier: Apache-2.0
// What is printed while something runs.

import CSystem
import Glibc

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
