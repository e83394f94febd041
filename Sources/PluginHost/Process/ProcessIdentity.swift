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

/// The first `limit` bytes of a file; nil when it cannot be read. Also for files of /proc, which say
/// that they are empty.
func readFile(_ path: String, limit: Int) -> [UInt8]? {
  let fd = open(path, O_RDONLY | O_CLOEXEC)
  guard fd >= 0 else { return nil }
  defer { close(fd) }
  return readFile(fd, limit: limit)
}

/// The same of a file that is open, from its beginning.
func readFile(_ fd: Int32, limit: Int) -> [UInt8]? {
  var status = stat()
  guard fstat(fd, &status) == 0 else { return nil }
  // One byte more than it says, so that its end is seen without growing.
  var capacity = min(limit, max(Int(status.st_size) + 1, 4_096))
  var content: [UInt8] = []
  while true {
    var failure = false
    let found = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
      let room = UnsafeMutableRawBufferPointer(buffer)
      let got = sys_read_at(fd, room.baseAddress, UInt64(capacity), UInt64(content.count))
      failure = got < 0
      count = Int(max(0, got))
    }
    if failure { return nil }
    let isWhole = found.count < capacity || content.count + found.count >= limit
    content = content.isEmpty ? found : content + found
    if isWhole { return content }
    capacity = min(limit - content.count, 1 << 20)
  }
}
