// SPDX-License-Identifier: Apache-2.0
// The folder a storm plays in.
import Glibc

/// A temporary folder of its own, so that no other data is touched.
package struct StormFolder: Sendable {
  package let path: String

  /// - Throws: `StormError` when the temporary folder cannot be written.
  package init() throws(StormError) {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array((parent + "/jackfield-torture-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else {
      throw StormError("no folder can be made in \(parent): set TMPDIR to one that can be written")
    }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Removes it and all that is in it.
  package func remove() { StormFolder.remove(path, depth: 16) }

  private static func remove(_ path: String, depth: Int) {
    if depth > 0, let folder = opendir(path) {
      while let entry = readdir(folder) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
          pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        // A link is removed, never followed.
        let isFolder = Int32(entry.pointee.d_type) == Int32(DT_DIR)
        if name != "." && name != ".." { remove(path + "/" + name, depth: isFolder ? depth - 1 : 0) }
      }
      closedir(folder)
    }
    Glibc.remove(path)
  }
}
