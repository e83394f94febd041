// SPDX-License-Identifier: Apache-2.0
//
// The dynamic section of an image: what it needs and what it offers.

/// The entries of a dynamic section, with its texts and its symbols.
struct ELFDynamic {
  private(set) var needed: [String] = []
  private(set) var soname: String?
  private(set) var searchPaths: [String] = []
  private(set) var isPositionIndependentProgram = false
  private(set) var isStaticTLS = false
  private(set) var hasTextRelocations = false

  let reader: ELFReader
  let segments: ELFSegments
  private var values: [UInt64: UInt64] = [:]
  private var texts: (offset: UInt64, size: UInt64) = (0, 0)

  /// nil for an image without one: it is linked statically.
  init?(_ reader: ELFReader, _ segments: ELFSegments) throws(LoadProblem) {
    self.reader = reader
    self.segments = segments
    guard let (start, size) = segments.dynamic else { return nil }
    guard reader.slice(at: start, count: size) != nil else {
      throw ELFImage.truncated("its dynamic section")
    }
    var names: [(tag: UInt64, offset: UInt64)] = []
    for entry in 0..<min(size / 16, Self.mostEntries) {
      guard let tag = reader.number(UInt64.self, at: start + entry * 16),
        let value = reader.number(UInt64.self, at: start + entry * 16 + 8)
      else { throw ELFImage.truncated("its dynamic section") }
      if tag == 0 { break }
      if [1, 14, 15, 29].contains(tag) { names.append((tag, value)) } else { values[tag] = value }
    }
    isPositionIndependentProgram = (values[0x6fff_fffb] ?? 0) & 0x0800_0000 != 0
    let flags = values[30] ?? 0
    isStaticTLS = flags & 0x10 != 0
    hasTextRelocations = flags & 0x4 != 0 || values[22] != nil
    try readTexts(names)
  }

  private static let mostEntries: UInt64 = 10_000

  private mutating func readTexts(_ names: [(tag: UInt64, offset: UInt64)]) throws(LoadProblem) {
    if let address = values[5], let size = values[10] {
      guard let place = segments.place(of: address), size <= place.rest else {
        throw ELFImage.truncated("its table of texts")
      }
      texts = (place.offset, size)
    }
    for (tag, offset) in names {
      guard let name = text(offset) else { throw ELFImage.truncated("the name of a library") }
      switch tag {
      case 1: needed.append(name)
      case 14: soname = name
      default: searchPaths.append(name)
      }
    }
  }

  /// The value of an entry that may stand once.
  func value(_ tag: UInt64) -> UInt64? { values[tag] }

  func text(_ offset: UInt64) -> String? {
    reader.text(at: offset, in: texts.offset, size: texts.size)
  }

  // MARK: Symbols

  /// The visible symbols. How many there are is written nowhere but in the hash tables.
  func symbols() throws(LoadProblem) -> [ELFSymbol] {
    guard let address = values[6] else { return [] }
    guard let table = segments.place(of: address) else {
      throw ELFImage.truncated("its table of symbols")
    }
    let count = try symbolCount()
    guard count <= table.rest / 24 else { throw ELFImage.truncated("its table of symbols") }
    var found: [ELFSymbol] = []
    for index in 0..<count {
      let start = table.offset + index * 24
      guard let name = reader.number(UInt32.self, at: start),
        let info = reader.number(UInt8.self, at: start + 4),
        let other = reader.number(UInt8.self, at: start + 5),
        let section = reader.number(UInt16.self, at: start + 6)
      else { throw ELFImage.truncated("symbol \(index)") }
      // Bound locally, or hidden: nobody else sees it.
      guard info >> 4 != 0, ![1, 2].contains(other & 3) else { continue }
      guard let text = text(UInt64(name)) else { throw ELFImage.truncated("a symbol's name") }
      if text.isEmpty { continue }
      found.append(ELFSymbol(name: text, isDefined: section != 0, isWeak: info >> 4 == 2))
    }
    return found
  }

  private func symbolCount() throws(LoadProblem) -> UInt64 {
    if let address = values[4] {
      guard let place = segments.place(of: address),
        let count = reader.number(UInt32.self, at: place.offset + 4)
      else { throw ELFImage.truncated("its hash table") }
      return UInt64(count)
    }
    guard let address = values[0x6fff_fef5] else { return 0 }
    guard let place = segments.place(of: address), let count = hashedCount(place.offset) else {
      throw ELFImage.truncated("its hash table")
    }
    return count
  }

  /// The GNU hash table: the last symbol is the end of the chain of the highest bucket.
  private func hashedCount(_ table: UInt64) -> UInt64? {
    guard let buckets = reader.number(UInt32.self, at: table),
      let first = reader.number(UInt32.self, at: table + 4),
      let bloom = reader.number(UInt32.self, at: table + 8)
    else { return nil }
    let start = table + 16 + UInt64(bloom) * 8
    guard let words = reader.slice(at: start, count: UInt64(buckets) * 4) else { return nil }
    var highest: UInt32 = 0
    for index in 0..<UInt64(words.count / 4) {
      highest = max(highest, reader.number(UInt32.self, at: start + index * 4) ?? 0)
    }
    guard highest >= first, highest != 0 else { return UInt64(first) }
    var symbol = UInt64(highest)
    let chains = start + UInt64(buckets) * 4
    while let hash = reader.number(UInt32.self, at: chains + (symbol - UInt64(first)) * 4) {
      symbol += 1
      if hash & 1 == 1 { return symbol }
    }
    return nil
  }
}
