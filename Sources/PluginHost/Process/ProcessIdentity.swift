// SPDX-License-Identifier: Apache-2.0
//
// Who a process number belongs to: numbers are used again, start times are not.

import CSystem
import Glibc

/// What /proc says of a process.
package struct ProcessIdentity: Sendable, Hashable {
  package let pid: Int32
  /// The program's name, cut to 15 bytes by the kernel.
  package let name: String
  /// One letter: R, S, D, T, Z, X …
  package let state: Character
  package let group: Int32
  /// **Unit** clock ticks since the machine started.
  package let startTime: UInt64

  /// Whether it can still do something: not gone, and no zombie.
  package var isAlive: Bool { state != "Z" && state != "X" }

  /// Reads /proc/PID/stat; nil when there is no such process.
  package static func read(_ pid: Int32) -> ProcessIdentity? {
    guard pid > 0, let text = readSmallFile("/proc/\(pid)/stat") else { return nil }
    // pid (name) state ppid pgrp …: the name may hold spaces and parentheses.
    guard let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")") else {
      return nil
    }
    let rest = text[text.index(after: close)...].split(separator: " ")
    guard rest.count > 19, let state = rest[0].first, let group = Int32(rest[2]),
      let startTime = UInt64(rest[19])
    else { return nil }
    return ProcessIdentity(
      pid: pid, name: String(text[text.index(after: open)..<close]), state: state, group: group,
      startTime: startTime)
  }
}

/// A file of at most 64 KiB as text; nil when it cannot be read.
func readSmallFile(_ path: String) -> String? {
  readFile(path, limit: 65_536).map { String(decoding: $0, as: UTF8.self) }
}

/// The first `limit` bytes of a file; nil when it cannot be read. For files of /proc, which have no
/// size, and for small ones.
func readFile(_ path: String, limit: Int) -> [UInt8]? {
  let fd = open(path, O_RDONLY | O_CLOEXEC)
  guard fd >= 0 else { return nil }
  defer { close(fd) }
  var content: [UInt8] = []
  while content.count < limit {
    var chunk = [UInt8](repeating: 0, count: min(65_536, limit - content.count))
    let count = read(fd, &chunk, chunk.count)
    if count < 0 && errno == EINTR { continue }
    guard count >= 0 else { return nil }
    if count == 0 { break }
    content.append(contentsOf: chunk[..<count])
  }
  return content
}
