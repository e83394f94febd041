// SPDX-License-Identifier: Apache-2.0
// A folder of its own for a test, gone with the test.
import Glibc

/// An empty folder that is removed, with what is in it, when the last reference goes.
///
/// **Shape**: a short path below `TMPDIR` or `/tmp`, so that a socket's 108 bytes have room.
package final class TemporaryFolder: Sendable {
  package let path: String

  package init() {
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array((base + "/jackfield-XXXXXX").utf8CString)
    precondition(mkdtemp(&template) != nil, "no folder can be made in \(base): errno \(errno)")
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { Self.remove(path) }

  /// The path of something in the folder, whether it exists or not.
  package func callAsFunction(_ name: String) -> String { path + "/" + name }

  /// Writes a file (mode 0644) and returns its path; folders on the way are made.
  @discardableResult
  package func write(_ text: String, to name: String) -> String {
    write(Array(text.utf8), to: name)
  }

  @discardableResult
  package func write(_ bytes: [UInt8], to name: String) -> String {
    var folder = path
    for part in name.split(separator: "/").dropLast() {
      folder += "/" + part
      mkdir(folder, 0o755)
    }
    let full = self(name)
    guard let file = fopen(full, "w") else { preconditionFailure("\(full): errno \(errno)") }
    let written = fwrite(bytes, 1, bytes.count, file)
    precondition(fclose(file) == 0 && written == bytes.count, "\(full): errno \(errno)")
    return full
  }

  /// The bytes of a file in the folder; nil when there is none.
  package func bytes(of name: String) -> [UInt8]? { TestFile.bytes(of: self(name)) }

  /// The names in the folder, sorted, hidden ones included.
  package func names(in subfolder: String = "") -> [String] {
    TestFile.names(in: subfolder.isEmpty ? path : self(subfolder))
  }

  private static func remove(_ path: String) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    if status.st_mode & S_IFMT == S_IFDIR {
      chmod(path, 0o700)
      for name in TestFile.names(in: path) { remove(path + "/" + name) }
      rmdir(path)
    } else {
      unlink(path)
    }
  }
}
