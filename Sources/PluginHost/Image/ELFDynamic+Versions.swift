// SPDX-License-Identifier: Apache-2.0
//
// The versions of symbols that an image needs of its libraries.

extension ELFDynamic {
  /// More libraries, or versions of all of them, no image needs: chains that are longer are a
  /// circle, or made to cost memory.
  private static let most = 4_096

  /// The needed versions. Two chains, one inside the other: libraries, and versions of each.
  ///
  /// **Source** Linux Standard Base, 10.7 Symbol Versioning.
  func versions() throws(LoadProblem) -> [ELFVersion] {
    guard let address = value(0x6fff_fffe) else { return [] }
    guard let place = segments.place(of: address) else { throw Self.outside }
    var found: [ELFVersion] = []
    var library = place.offset
    for _ in 0..<Self.most {
      guard let count = reader.number(UInt16.self, at: library + 2),
        let file = reader.number(UInt32.self, at: library + 4),
        let first = reader.number(UInt32.self, at: library + 8),
        let next = reader.number(UInt32.self, at: library + 12),
        let name = text(UInt64(file))
      else { throw Self.outside }
      try read(Int(count), at: library + UInt64(first), of: name, into: &found)
      if next == 0 { break }
      library += UInt64(next)
    }
    return found
  }

  private func read(
    _ count: Int, at start: UInt64, of library: String, into found: inout [ELFVersion]
  ) throws(LoadProblem) {
    var entry = start
    for _ in 0..<count {
      guard found.count < Self.most else { throw Self.outside }
      guard let offset = reader.number(UInt32.self, at: entry + 8),
        let next = reader.number(UInt32.self, at: entry + 12), let name = text(UInt64(offset))
      else { throw Self.outside }
      found.append(ELFVersion(library: library, name: name))
      if next == 0 { break }
      entry += UInt64(next)
    }
  }

  private static var outside: LoadProblem { ELFImage.truncated("its table of needed versions") }
}
