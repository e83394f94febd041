// SPDX-License-Identifier: Apache-2.0
// The first hundred bytes of a database's file.

/// What a file says it is.
///
/// **Source** https://www.sqlite.org/fileformat2.html section 1.3
enum FileHeader {
  case missing
  case ours
  case newer(UInt32)
  case older(UInt32)
  case foreign(String)

  /// Reads it with plain calls: opening with SQLite could already change a foreign database.
  static func read(_ path: String, of files: any StoreFiles) throws(StoreError) -> FileHeader {
    guard let header = try files.head(of: path, size: headerSize) else { return .missing }
    return judge(header)
  }

  /// Whether a file is a database of this layout.
  ///
  /// **Throws** as opening it would
  static func isOurs(_ path: String, of files: any StoreFiles) throws(StoreError) -> Bool {
    switch try read(path, of: files) {
    case .missing: return false
    case .ours: return true
    case .newer(let version): throw DatabaseFile.newer(path, version)
    case .older(let version): throw DatabaseFile.older(path, version)
    case .foreign(let what):
      throw StoreError(.foreignDatabase, "\(path) is \(what), not a database of jackfield")
    }
  }

  private static let headerSize = 100

  private static func judge(_ header: [UInt8]) -> FileHeader {
    guard header.count == headerSize, header.starts(with: Array("SQLite format 3\0".utf8)) else {
      return .foreign(header.isEmpty ? "an empty file" : "no SQLite database")
    }
    func number(at offset: Int) -> UInt32 {
      header[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
    guard number(at: 68) == Layout.applicationID else {
      return .foreign("a database of another program")
    }
    let version = number(at: 60)
    if version > Layout.version { return .newer(version) }
    return version < Layout.version ? .older(version) : .ours
  }
}
