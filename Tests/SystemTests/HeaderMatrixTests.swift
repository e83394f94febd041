// SPDX-License-Identifier: Apache-2.0
// The ABI headers as a plugin's author meets them: each alone, in C and C++, with both compilers.
import CJackfield
import TestKit
import Testing

@Suite struct HeaderMatrixTests {
  static let folder = PackageFolder.path + "/sdk/c/include"
  static let headers = TestFile.all(below: folder + "/jackfield", endings: [".h"])

  @Test(arguments: [
    ["gcc", "-x", "c", "-std=c11"], ["g++", "-x", "c++", "-std=c++17"],
    ["clang", "-x", "c", "-std=c11"], ["clang", "-x", "c++", "-std=c++17"],
  ])
  func `every header compiles alone without a warning`(_ compiler: [String]) throws {
    #expect(Self.headers.count >= 8)
    for header in Self.headers {
      let result = try Subprocess.run(
        compiler[0],
        compiler.dropFirst() + [
          "-Wall", "-Wextra", "-Wpedantic", "-Wpadded", "-Werror", "-fsyntax-only", header,
        ])
      #expect(result.isSuccess, "\(compiler.joined(separator: " ")) \(header):\n\(result.errors)")
    }
  }

  @Test func `a header with a hole in a struct is refused`() throws {
    let folder = TemporaryFolder()
    let header = folder.write(
      """
      #include <stdint.h>
      struct holed { uint32_t size; uint64_t data; };
      _Static_assert(sizeof(struct holed) == 16, "clang lays out only what is used");

      """, to: "holed.h")
    for compiler in ["gcc", "clang"] {
      let result = try Subprocess.run(
        compiler, ["-x", "c", "-std=c11", "-Wpadded", "-Werror", "-fsyntax-only", header])
      #expect(!result.isSuccess, "\(compiler) did not see the hole: the matrix proves nothing")
    }
  }

  @Test(arguments: ["gcc", "clang"])
  func `C and Swift lay every struct out alike`(_ compiler: String) throws {
    let folder = TemporaryFolder()
    let source = folder.write(HeaderLayout.program(headers: Self.headers), to: "layout.c")
    let program = folder("layout")
    let built = try Subprocess.run(
      compiler, ["-std=c11", "-I", Self.folder, source, "-o", program])
    try #require(built.isSuccess, "\(built.errors)")
    let printed = try Subprocess.run(program).output
    #expect(printed == HeaderLayout.asSwiftSeesIt)
  }

  @Test func `every struct of the headers is in the layout test`() {
    for header in Self.headers {
      let text = TestFile.text(of: header) ?? ""
      for line in text.split(separator: "\n") where line.hasPrefix("}") {
        // `} jf_mail;` ends a struct; `struct jf_host {` has no name at its end.
        let name = line.dropFirst().filter { $0.isLetter || $0 == "_" }
        if name.isEmpty { continue }
        #expect(HeaderLayout.names.contains(name), "\(name) of \(header) is not compared")
        #expect(text.contains("sizeof(\(name)) =="), "\(header) asserts no size of \(name)")
      }
    }
  }
}
