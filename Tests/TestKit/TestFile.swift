// SPDX-License-Identifier: Apache-2.0
// Reading files in tests, without Foundation.
import Glibc

/// Whole files and folders by path.
package enum TestFile {
  /// nil when the file cannot be opened.
  package static func bytes(of path: String) -> [UInt8]? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var all: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      if count == 0 { return all }
      all += chunk[..<count]
    }
  }

  /// nil when the file cannot be opened; ill-formed UTF-8 is replaced.
  /// Writes a file, over what is there; false where that cannot be done.
  package static func write(_ text: String, to path: String) -> Bool {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else { return false }
    defer { close(file) }
    return Array(text.utf8).withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      == text.utf8.count
  }

  package static func text(of path: String) -> String? {
    bytes(of: path).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The names in a folder, sorted, without `.` and `..`; none when there is no such folder.
  package static func names(in path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Every file below a folder whose name ends as given, as full paths, sorted; hidden folders
  /// (`.build` among them) are not entered.
  package static func all(below path: String, endings: [String]) -> [String] {
    names(in: path).flatMap { name -> [String] in
      let full = path + "/" + name
      if name.hasPrefix(".") { return [] }
      if isFolder(full) { return all(below: full, endings: endings) }
      return endings.contains { name.hasSuffix($0) } ? [full] : []
    }
  }

  package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  package static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
