// SPDX-License-Identifier: Apache-2.0
//
// The workers that an earlier host may have left behind.

import CSystem
import Glibc

/// Finds and kills the workers of an earlier host.
struct Survivors {
  let list: OwnedDescriptor
  let lock: OwnedDescriptor
  /// The worker program's name as the kernel cuts it.
  let name: String

  /// Kills the recorded workers that still live, with their groups, and waits until they are gone
  /// (two seconds each at most).
  func killRecorded() {
    for (pid, startTime) in recorded() {
      guard let identity = ProcessIdentity.read(pid), identity.startTime == startTime else {
        continue
      }
      end(identity)
    }
  }

  /// The same for every worker that has the lock's file open. Looks at all processes.
  func killHolders() {
    for pid in holders() {
      if let identity = ProcessIdentity.read(pid) { end(identity) }
    }
  }

  /// ` (process 12 sleep, …)` for a message, or nothing.
  var holdersText: String {
    let names = holders().compactMap { pid in
      ProcessIdentity.read(pid).map { "process \(pid) \($0.name)" }
    }
    return names.isEmpty ? "" : " (\(names.joined(separator: ", ")))"
  }

  private func end(_ identity: ProcessIdentity) {
    guard identity.name == name, identity.isAlive else { return }
    let pidfd = sys_pidfd(identity.pid)
    guard pidfd >= 0 else { return }
    defer { close(pidfd) }
    // The number may have been given to another since: the pidfd is bound to whoever has it now.
    guard ProcessIdentity.read(identity.pid)?.startTime == identity.startTime else { return }
    if identity.group == identity.pid { Glibc.kill(-identity.group, SIGKILL) }
    _ = sys_pidfd_signal(pidfd, SIGKILL)
    var wait = pollfd(fd: pidfd, events: Int16(POLLIN), revents: 0)
    poll(&wait, 1, 2_000)
  }

  private func recorded() -> [Int32: UInt64] {
    var content = [UInt8](repeating: 0, count: 1 << 20)
    let count = sys_read_at(list.number, &content, UInt64(content.count), 0)
    guard count > 0 else { return [:] }
    var found: [Int32: UInt64] = [:]
    let text = String(decoding: content[..<Int(count)], as: UTF8.self)
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count >= 2, let pid = Int32(words[1]), pid > 1 else { continue }
      if words[0] == "+", words.count == 3, let start = UInt64(words[2]) { found[pid] = start }
      if words[0] == "-" { found[pid] = nil }
    }
    return found
  }

  /// The processes that have the lock's file open, this one left out.
  private func holders() -> [Int32] {
    var wanted = stat()
    guard fstat(lock.number, &wanted) == 0 else { return [] }
    return entries(of: "/proc").compactMap { Int32($0) }.filter { pid in
      guard pid != getpid() else { return false }
      return entries(of: "/proc/\(pid)/fd").contains { entry in
        var status = stat()
        return stat("/proc/\(pid)/fd/\(entry)", &status) == 0
          && status.st_ino == wanted.st_ino && status.st_dev == wanted.st_dev
      }
    }
  }
}

/// The names in a folder, without the dots; empty when it cannot be read.
func entries(of folder: String) -> [String] {
  guard let handle = opendir(folder) else { return [] }
  defer { closedir(handle) }
  var names: [String] = []
  while let entry = readdir(handle) {
    let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    if name != "." && name != ".." { names.append(name) }
  }
  return names
}
