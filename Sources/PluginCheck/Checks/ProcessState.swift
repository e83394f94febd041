// SPDX-License-Identifier: Apache-2.0
// What a process has that everything in it shares.

import CSystem
import Glibc

/// A look at this process.
struct ProcessState {
  let threads: Int
  let descriptors: Set<Int32>
  /// Where each of the standard descriptors leads.
  let standard: [String]
  let handlers: [UInt64]
  let blocked: [Bool]
  let folder: String
  let mask: mode_t
  let locale: String
  let environment: [String]

  /// The signals that are not the C library's own: 1 to 31.
  private static let signals: Int32 = 31

  init() {
    threads = Self.names(in: "/proc/self/task").count
    // The descriptor that lists them is among them, and is closed.
    descriptors = Set(
      Self.names(in: "/proc/self/fd").compactMap { Int32($0) }.filter { fcntl($0, F_GETFD) >= 0 })
    standard = (0...2).map { Self.link("/proc/self/fd/\($0)") }
    var handlers = [UInt64](repeating: 0, count: Int(Self.signals))
    sys_probe_handlers(&handlers, Self.signals)
    self.handlers = handlers
    var set = sigset_t()
    pthread_sigmask(SIG_BLOCK, nil, &set)
    blocked = (1...Self.signals).map { sigismember(&set, $0) == 1 }
    folder = Self.link("/proc/self/cwd")
    mask = umask(0o077)
    umask(mask)
    locale = sys_probe_locale().map { String(cString: $0) } ?? ""
    environment = Self.variables()
  }

  /// What is other than before, in words; empty when nothing is.
  func changes(since before: ProcessState) -> [String] {
    var changes: [String] = []
    for index in handlers.indices where handlers[index] != before.handlers[index] {
      changes.append("the handler of signal \(index + 1) is another")
    }
    for index in blocked.indices where blocked[index] != before.blocked[index] {
      changes.append("signal \(index + 1) is \(blocked[index] ? "" : "no longer ")blocked")
    }
    for index in standard.indices where standard[index] != before.standard[index] {
      changes.append("descriptor \(index) is \(standard[index].isEmpty ? "closed" : "another")")
    }
    if folder != before.folder { changes.append("the working folder is \(folder)") }
    if mask != before.mask { changes.append("the umask is 0\(String(mask, radix: 8))") }
    if locale != before.locale { changes.append("the locale is \(locale)") }
    let names = Set(environment).symmetricDifference(before.environment).map {
      String($0.prefix { $0 != "=" })
    }
    if let name = names.min() { changes.append("the variable \(name) is another") }
    return changes
  }

  /// What is left that was not there: threads and descriptors.
  func remains(since before: ProcessState) -> [String] {
    var remains: [String] = []
    if threads > before.threads { remains.append("\(threads - before.threads) thread(s)") }
    for number in descriptors.subtracting(before.descriptors).sorted() {
      remains.append("descriptor \(number), \(Self.link("/proc/self/fd/\(number)"))")
    }
    return remains
  }

  private static func names(in folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names
  }

  private static func link(_ path: String) -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(path, &buffer, buffer.count - 1)
    let bytes = buffer.prefix(max(count, 0)).map(UInt8.init(bitPattern:))
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func variables() -> [String] {
    var variables: [String] = []
    var next = environ
    while let text = next.pointee {
      variables.append(String(cString: text))
      next += 1
    }
    return variables
  }
}
