// SPDX-License-Identifier: Apache-2.0
//
// What a file is that should have been a shared object.

/// Names a file by its first bytes.
enum FileKind {
  /// **Shape** `a PE file (Windows)`, `an empty file` …
  static func describe(_ bytes: [UInt8]) -> String {
    if bytes.isEmpty { return "an empty file" }
    let known: [(start: [UInt8], what: String)] = [
      ([0x7f, 0x45, 0x4c, 0x46], "an ELF file"),
      ([0xcf, 0xfa, 0xed, 0xfe], "a Mach-O file (macOS)"),
      ([0xce, 0xfa, 0xed, 0xfe], "a Mach-O file (macOS)"),
      ([0xfe, 0xed, 0xfa, 0xcf], "a Mach-O file (macOS)"),
      ([0xca, 0xfe, 0xba, 0xbe], "a universal Mach-O file (macOS) or a Java class"),
      ([0x4d, 0x5a], "a PE file (Windows)"),
      (Array("!<arch>\n".utf8), "an archive of objects (a static library)"),
      (Array("!<thin>\n".utf8), "an archive of objects (a static library)"),
      ([0x00, 0x61, 0x73, 0x6d], "a WebAssembly module"),
      (Array("BC".utf8) + [0xc0, 0xde], "LLVM bitcode"),
      ([0x1f, 0x8b], "a gzip archive"),
      (Array("PK".utf8), "a zip archive"),
      (Array("#!".utf8), "a script"),
      (Array("version https://git-lfs".utf8), "a Git LFS pointer"),
    ]
    if let found = known.first(where: { bytes.starts(with: $0.start) }) { return found.what }
    let head = bytes.prefix(256)
    let isText = head.allSatisfy { $0 >= 0x20 && $0 != 0x7f || [9, 10, 12, 13].contains($0) }
    return isText ? "a text file" : "data of an unknown kind"
  }
}
