// SPDX-License-Identifier: Apache-2.0
// The machine's time zone files.
import Calendar
import Glibc
import Synchronization

/// Reads zones from the compiled files of the time zone database, each once.
///
/// **Isolation**: any thread; the first look at a zone reads its file.
package final class ZoneFiles: Sendable {
  /// Where Debian's package `tzdata` puts them.
  package static let systemFolder = "/usr/share/zoneinfo"
  /// Two thousand: three times as many as the database has names.
  private static let maxKept = 2_000

  private let folder: String
  private let read = Mutex<[String: Zone]>([:])
  private let listed = Mutex<[String]?>(nil)

  package init(folder: String = ZoneFiles.systemFolder) { self.folder = folder }

  /// What is handed down to documents and runs.
  package var source: ZoneSource {
    ZoneSource(find: { self.zone($0) }, names: { self.names })
  }

  /// A zone by its name (`Europe/Berlin`) or one of its other names (`Asia/Calcutta`); nil where
  /// there is no such file, or one that cannot be read.
  package func zone(_ name: String) -> Zone? {
    guard ZoneFiles.isName(name) else { return nil }
    if let known = read.withLock({ $0[name] }) { return known }
    guard let bytes = bytes(of: name), let rules = try? ZoneRules(tzif: bytes) else { return nil }
    let zone = Zone(name: name, rules: rules)
    read.withLock { known in
      if known.count < ZoneFiles.maxKept { known[name] = zone }
    }
    return zone
  }

  /// Every name there is, sorted.
  package var names: [String] {
    listed.withLock { listed in
      if let listed { return listed }
      var found: [String] = []
      list("", depth: 0, into: &found)
      found.sort()
      listed = found
      return found
    }
  }

  /// Parts of letters, digits, `_`, `+` and `-` between slashes: no way out of the folder. The
  /// machine's own zone and the zones with leap seconds are none for a document.
  static func isName(_ name: String) -> Bool {
    let parts = name.utf8.split(separator: 47, omittingEmptySubsequences: false)
    guard name.utf8.count <= 64, (1...3).contains(parts.count) else { return false }
    guard !["right", "posixrules", "localtime", "Factory"].contains(String(parts[0]) ?? "") else {
      return false
    }
    return parts.allSatisfy { part in
      !part.isEmpty
        && part.allSatisfy { byte in
          (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
            || [43, 45, 95].contains(byte)
        }
    }
  }

  private func bytes(of name: String) -> [UInt8]? {
    let descriptor = open("\(folder)/\(name)", O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: ZoneRules.fileBytes + 1)
    var count = 0
    while count < bytes.count {
      let got = bytes.withUnsafeMutableBytes { buffer in
        Glibc.read(descriptor, buffer.baseAddress?.advanced(by: count), buffer.count - count)
      }
      if got < 0 && errno == EINTR { continue }
      if got < 0 { return nil }
      if got == 0 { break }
      count += got
    }
    return Array(bytes.prefix(count))
  }

  /// - Parameter below: a folder inside the folder, with a slash at the end; empty for itself
  private func list(_ below: String, depth: Int, into found: inout [String]) {
    guard depth < 3, let stream = opendir("\(folder)/\(below)") else { return }
    defer { closedir(stream) }
    while let entry = readdir(stream), found.count < ZoneFiles.maxKept {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        below + String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard ZoneFiles.isName(name), name != "posix" else { continue }
      var status = stat()
      guard stat("\(folder)/\(name)", &status) == 0 else { continue }
      if status.st_mode & S_IFMT == S_IFDIR {
        list(name + "/", depth: depth + 1, into: &found)
      } else if name != "leapseconds" {
        found.append(name)
      }
    }
  }
}
