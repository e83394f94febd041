// SPDX-License-Identifier: Apache-2.0
// The first hundred bytes of a database's file.

import Glibc

/// What a file says it is.
///
/// **Source** https://www.sqlite.org/fileformat2.html section 1.3
enum FileHeader {
  case missing
  case ours
  case newer(UInt32)
  case foreign(String)

  /// Reads it with plain calls: opening with SQLite could already change a foreign database.
  static func read(_ path: String) throws(StoreError) -> FileHeader {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      if errno == ENOENT { return .missing }
      throw DataFolder.cannot("read", path, errno)
    }
    defer { close(file) }
    var header = [UInt8](repeating: 0, count: 100)
    let size = pread(file, &header, header.count, 0)
    guard size >= 0 else { throw DataFolder.cannot("read", path, errno) }
    return judge(header, size: size)
  }

  private static func judge(_ header: [UInt8], size: Int) -> FileHeader {
    guard size == header.count, header.starts(with: Array("SQLite format 3\0".utf8)) else {
      return .foreign(size == 0 ? "an empty file" : "no SQLite database")
    }
    func number(at offset: Int) -> UInt32 {
      header[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
    guard number(at: 68) == Layout.applicationID else {
      return .foreign("a database of another program")
    }
    let version = number(at: 60)
    return version > Layout.version ? .newer(version) : .ours
  }
}
