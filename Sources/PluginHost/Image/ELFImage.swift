// SPDX-License-Identifier: Apache-2.0
//
// What a shared object is, read from its bytes: nothing of it runs, not even a constructor.

/// The parts of an ELF file that decide whether it can be loaded.
///
/// **Source** System V ABI, chapters 4 and 5; https://gabi.xinuos.com
package struct ELFImage: Sendable {
  /// The number of the architecture; 62 is x86-64, 183 is AArch64.
  package let machine: UInt16
  /// 1 relocatable, 2 program, 3 shared object, 4 core.
  package let type: UInt16
  package let is64Bit: Bool
  package let isLittleEndian: Bool
  /// A program linked as position independent: of type 3, but no library.
  package private(set) var isProgram = false
  /// The names of the libraries it needs (DT_NEEDED).
  package private(set) var needed: [String] = []
  package private(set) var soname: String?
  /// Search paths written into it (DT_RPATH and DT_RUNPATH), each a list with colons.
  package private(set) var searchPaths: [String] = []
  package private(set) var symbols: [ELFSymbol] = []
  /// The versions of symbols that it needs, such as `GLIBC_2.34` of `libc.so.6`.
  package private(set) var versions: [ELFVersion] = []
  /// Whether its thread-local variables need room that only programs are sure of (DF_STATIC_TLS).
  package private(set) var isStaticTLS = false
  /// Whether loading it writes into its code (DT_TEXTREL).
  package private(set) var hasTextRelocations = false
  /// **Shape** hexadecimal; nil when it has none.
  package private(set) var buildID: String?

  /// Reads an image.
  ///
  /// **Throws** `not_elf` (with what it is instead), `truncated`. One of another architecture or
  /// size of word is read as far as its header, and is no error here.
  package init(bytes: [UInt8]) throws(LoadProblem) {
    let reader = ELFReader(bytes: bytes)
    guard bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46]) else {
      throw LoadProblem(
        code: "not_elf",
        message: "is no shared object but \(FileKind.describe(bytes)): build the plugin for Linux")
    }
    guard bytes.count >= 20 else { throw Self.truncated("its header") }
    is64Bit = bytes[4] == 2
    isLittleEndian = bytes[5] == 1
    let half = { (offset: Int) in
      UInt16(bytes[offset + (bytes[5] == 1 ? 0 : 1)])
        | UInt16(bytes[offset + (bytes[5] == 1 ? 1 : 0)]) << 8
    }
    type = half(16)
    machine = half(18)
    guard is64Bit, isLittleEndian, type == 2 || type == 3 else { return }
    let segments = try ELFSegments(reader)
    isProgram = segments.hasInterpreter || type == 2
    buildID = segments.buildID
    guard let dynamic = try ELFDynamic(reader, segments) else { return }
    needed = dynamic.needed
    soname = dynamic.soname
    searchPaths = dynamic.searchPaths
    if dynamic.isPositionIndependentProgram { isProgram = true }
    isStaticTLS = dynamic.isStaticTLS
    hasTextRelocations = dynamic.hasTextRelocations
    versions = try dynamic.versions()
    symbols = try dynamic.symbols()
  }

  /// The symbols that others can bind to.
  package var exports: [String] { symbols.filter(\.isDefined).map(\.name) }

  /// The symbols it needs from its libraries; weak ones may stay without.
  package var imports: [ELFSymbol] { symbols.filter { !$0.isDefined } }

  static func truncated(_ what: String) -> LoadProblem {
    LoadProblem(
      code: "truncated",
      message: "is damaged or cut off: \(what) points outside of the file; copy it again")
  }

  /// The architecture as people and manifests call it.
  package static func name(ofMachine machine: UInt16) -> String {
    let names: [UInt16: String] = [
      3: "i386", 8: "mips", 20: "ppc", 21: "ppc64", 22: "s390x", 40: "arm", 62: "x86_64",
      183: "aarch64", 243: "riscv", 258: "loongarch",
    ]
    return names[machine] ?? "machine \(machine)"
  }

  /// The architecture this host was built for.
  package static var hostMachine: UInt16 {
    #if arch(x86_64)
      62
    #elseif arch(arm64)
      183
    #else
      #error("add the number of this architecture, and a platform in the manifest")
    #endif
  }

  /// The host's key in a manifest's `library`.
  package static var hostPlatform: String { "linux-\(name(ofMachine: hostMachine))" }
}
