// SPDX-License-Identifier: Apache-2.0
//
// The program headers of an image: which bytes of the file are at which address.

/// The segments of a 64-bit little-endian image.
struct ELFSegments {
  private struct Load {
    let offset: UInt64
    let address: UInt64
    let size: UInt64
  }

  private var loads: [Load] = []
  /// Where the dynamic section is in the file, and how long it is.
  private(set) var dynamic: (offset: UInt64, size: UInt64)?
  private(set) var hasInterpreter = false
  private(set) var buildID: String?

  init(_ reader: ELFReader) throws(LoadProblem) {
    guard let table = reader.number(UInt64.self, at: 32),
      let entrySize = reader.number(UInt16.self, at: 54),
      let count = reader.number(UInt16.self, at: 56)
    else { throw ELFImage.truncated("its header") }
    guard count == 0 || entrySize >= 56 else { throw ELFImage.truncated("a program header") }
    for index in 0..<UInt64(count) {
      let (start, overflow) = table.addingReportingOverflow(index * UInt64(entrySize))
      guard !overflow, reader.slice(at: start, count: 56) != nil,
        let type = reader.number(UInt32.self, at: start),
        let offset = reader.number(UInt64.self, at: start + 8),
        let address = reader.number(UInt64.self, at: start + 16),
        let size = reader.number(UInt64.self, at: start + 32)
      else { throw ELFImage.truncated("program header \(index)") }
      try take(type, Load(offset: offset, address: address, size: size), reader)
    }
  }

  private mutating func take(
    _ type: UInt32, _ load: Load, _ reader: ELFReader
  ) throws(LoadProblem) {
    switch type {
    case 1:
      guard reader.slice(at: load.offset, count: load.size) != nil else {
        throw ELFImage.truncated("a segment of \(load.size) bytes")
      }
      loads.append(load)
    case 2: dynamic = (load.offset, load.size)
    case 3: hasInterpreter = true
    case 4: if buildID == nil { buildID = Self.buildID(in: load, reader) }
    default: break
    }
  }

  /// The place in the file of an address, and how many bytes follow it in its segment.
  func place(of address: UInt64) -> (offset: UInt64, rest: UInt64)? {
    for load in loads where address >= load.address && address - load.address < load.size {
      let inside = address - load.address
      return (load.offset + inside, load.size - inside)
    }
    return nil
  }

  private static func buildID(in load: Load, _ reader: ELFReader) -> String? {
    guard let end = reader.slice(at: load.offset, count: load.size)?.endIndex else { return nil }
    var offset = load.offset
    while offset + 12 <= UInt64(end),
      let nameSize = reader.number(UInt32.self, at: offset),
      let size = reader.number(UInt32.self, at: offset + 4),
      let type = reader.number(UInt32.self, at: offset + 8)
    {
      let content = offset + 12 + (UInt64(nameSize) + 3) / 4 * 4
      if type == 3, nameSize == 4, reader.slice(at: offset + 12, count: 4) == [0x47, 0x4e, 0x55, 0],
        size <= 64, let id = reader.slice(at: content, count: UInt64(size))
      {
        let digits = Array("0123456789abcdef".utf8)
        return String(
          decoding: id.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
      }
      offset = content + (UInt64(size) + 3) / 4 * 4
    }
    return nil
  }
}
