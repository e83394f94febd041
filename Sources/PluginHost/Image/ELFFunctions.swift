// SPDX-License-Identifier: Apache-2.0
//
// The functions of an image by their addresses, for whoever reads of a crash.

import Glibc

/// The symbol table that a linker leaves for debuggers, and that stripping takes away.
package struct ELFFunctions {
  private let reader: ELFReader
  private var table: (offset: UInt64, size: UInt64)?
  private var texts: (offset: UInt64, size: UInt64) = (0, 0)

  package init(bytes: [UInt8]) {
    reader = ELFReader(bytes: bytes)
    guard bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46, 2, 1]),
      let sections = reader.number(UInt64.self, at: 40),
      let count = reader.number(UInt16.self, at: 60)
    else { return }
    // `.symtab` has all functions, `.dynsym` the exported ones.
    for type: UInt32 in [2, 11] where table == nil {
      for index in 0..<UInt64(count) {
        guard let section = section(index, sections), section.type == type,
          let names = self.section(UInt64(section.link), sections)
        else { continue }
        table = (section.offset, section.size)
        texts = (names.offset, names.size)
        break
      }
    }
  }

  /// The function that an address is in; nil when no symbol says so.
  package func name(at address: UInt64) -> String? {
    guard let table, reader.slice(at: table.offset, count: table.size) != nil else { return nil }
    for index in 0..<min(table.size / 24, Self.most) {
      let start = table.offset + index * 24
      guard let info = reader.number(UInt8.self, at: start + 4), info & 15 == 2,
        let value = reader.number(UInt64.self, at: start + 8), value <= address,
        let size = reader.number(UInt64.self, at: start + 16), address - value < max(size, 1),
        let name = reader.number(UInt32.self, at: start),
        let text = reader.text(at: UInt64(name), in: texts.offset, size: texts.size)
      else { continue }
      return Self.readable(text)
    }
    return nil
  }

  private func section(
    _ index: UInt64, _ sections: UInt64
  ) -> (type: UInt32, offset: UInt64, size: UInt64, link: UInt32)? {
    let (start, overflow) = sections.addingReportingOverflow(index * 64)
    guard !overflow, let type = reader.number(UInt32.self, at: start &+ 4),
      let offset = reader.number(UInt64.self, at: start &+ 24),
      let size = reader.number(UInt64.self, at: start &+ 32),
      let link = reader.number(UInt32.self, at: start &+ 40)
    else { return nil }
    return (type, offset, size, link)
  }

  /// A mangled name of Swift as its author wrote it; any other as it is, without what a terminal
  /// would obey, and cut to a line's length.
  private static func readable(_ name: String) -> String {
    let text = name.hasPrefix("$s") ? demangled(name) ?? name : name
    let printable = text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7f }.prefix(200)
    return String(String.UnicodeScalarView(printable))
  }

  private typealias Demangle = @convention(c) (
    UnsafePointer<CChar>, Int, UnsafeMutablePointer<CChar>?, UnsafeMutablePointer<Int>?, UInt32
  ) -> UnsafeMutablePointer<CChar>?

  /// The function of the Swift runtime that does it; nil where the runtime has none.
  private static let demangle: Demangle? = dlsym(nil, "swift_demangle").map {
    // Safe because: the runtime has had this function, with this signature, since Swift 3.
    unsafeBitCast($0, to: Demangle.self)
  }

  private static func demangled(_ name: String) -> String? {
    guard let text = demangle?(name, name.utf8.count, nil, nil, 0) else { return nil }
    defer { free(text) }
    return String(cString: text)
  }

  /// An image with more functions is made to keep the host busy.
  private static let most: UInt64 = 1_000_000
}
