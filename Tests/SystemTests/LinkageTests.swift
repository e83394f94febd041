// SPDX-License-Identifier: Apache-2.0
// What the programs link: the host is small, and a worker smaller.
import TestKit
import Testing

@Suite struct LinkageTests {
  @Test func `the host links SQLite, the system and Swift's own libraries, nothing else`() throws {
    try expectOnly(["sqlite3"], in: "jackfield")
  }

  @Test func `a worker links the system and Swift's own libraries, and no Foundation`() throws {
    let names = try libraries(of: "jackfield-worker")
    try expectOnly([], in: "jackfield-worker")
    #expect(!names.contains { $0.contains("Foundation") }, "\(names)")
  }

  @Test func `the probe links the system and Swift's own libraries, and no Foundation`() throws {
    let names = try libraries(of: "jackfield-probe")
    try expectOnly([], in: "jackfield-probe")
    #expect(!names.contains { $0.contains("Foundation") }, "\(names)")
  }

  /// Of the system: libc's own parts and what Swift's runtime stands on.
  private static let system: Set<String> = [
    "linux-vdso", "linux-gate", "ld-linux-x86-64", "ld-linux-aarch64", "libc", "libm",
    "libstdc++", "libgcc_s", "libdispatch", "libBlocksRuntime",
  ]

  private func expectOnly(_ allowed: Set<String>, in program: String) throws {
    for name in try libraries(of: program) {
      let isSwift =
        name.hasPrefix("libswift") || name.hasPrefix("libFoundation")
        || name.hasPrefix("lib_Foundation")
      let isAllowed = isSwift || Self.system.contains(name) || allowed.contains { name == "lib\($0)" }
      #expect(isAllowed, "\(program) links \(name)")
    }
  }

  /// Everything the dynamic linker would load, without folders and versions.
  private func libraries(of program: String) throws -> [String] {
    let result = try Subprocess.run("ldd", [BuiltProducts.program(program)])
    #expect(result.isSuccess, "\(result.errors)")
    return result.output.split(separator: "\n").map { line in
      let file = line.split { $0 == " " || $0 == "\t" }.first ?? ""
      let name = file.split(separator: "/").last ?? ""
      return String(name.prefix(while: { $0 != "." }))
    }
  }
}
