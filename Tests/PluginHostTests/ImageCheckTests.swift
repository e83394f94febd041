// SPDX-License-Identifier: Apache-2.0
// What is said of an image that cannot be loaded.
import Pipeline
import TestKit
import Testing

@testable import PluginHost

@Suite(.timeLimit(.minutes(20))) struct ImageCheckTests {
  private let folder = TemporaryFolder()

  private func manifest(_ id: String = "acme-tool", minor: Int = 1) -> PluginManifest {
    PluginManifest(id: PluginID(id), version: "1.0.0", abi: ABIVersion(major: 0, minor: minor))
  }

  private func explain(_ bytes: [UInt8], _ name: String = "image.so") -> [LoadProblem] {
    ImageCheck.explain(path: folder.write(bytes, to: name), manifest: manifest())
  }

  private func compile(_ source: String, _ arguments: [String] = []) throws -> String {
    let file = folder.write(source, to: "source.c")
    let result = try Subprocess.run(
      "cc", ["-shared", "-fPIC", "-o", folder("made.so"), file] + arguments)
    #expect(result.isSuccess, "\(result.errors)")
    return folder("made.so")
  }

  private static let entry = "void *jf_plugin_entry_v0(unsigned minor) { return 0; }\n"

  struct NoELF: Sendable, CustomTestStringConvertible {
    let start: [UInt8]
    let what: String
    var testDescription: String { what }
  }

  static let noELF = [
    NoELF(start: [], what: "an empty file"),
    NoELF(start: Array("hello\n".utf8), what: "a text file"),
    NoELF(start: Array("#!/bin/sh\n".utf8), what: "a script"),
    NoELF(start: [0xcf, 0xfa, 0xed, 0xfe, 7, 0, 0, 1], what: "Mach-O"),
    NoELF(start: Array("MZ".utf8) + [0x90, 0], what: "PE file"),
    NoELF(start: Array("!<arch>\n".utf8), what: "archive"),
    NoELF(start: [0, 0x61, 0x73, 0x6d, 1], what: "WebAssembly"),
    NoELF(start: [1, 2, 3, 4], what: "unknown kind"),
  ]

  @Test(arguments: noELF)
  func `a file that is no ELF file is called what it is`(_ file: NoELF) throws {
    let problem = try #require(explain(file.start).first)
    #expect(problem.code == "not_elf")
    #expect(problem.message.contains(file.what), "\(problem)")
    #expect(problem.message.contains(folder("image.so")))
  }

  @Test func `a missing file and a folder are named`() {
    let missing = ImageCheck.explain(path: folder("none.so"), manifest: manifest())
    #expect(missing.map(\.code) == ["image_missing"])
    let isFolder = ImageCheck.explain(path: folder.path, manifest: manifest())
    #expect(isFolder.map(\.code) == ["not_elf"])
  }

  @Test func `another architecture is named with the host's`() throws {
    var bytes = try #require(TestFile.bytes(of: try compile(Self.entry)))
    bytes[18] = 40
    bytes[19] = 0
    let problem = try #require(explain(bytes).first)
    #expect(problem.code == "other_architecture")
    #expect(problem.message.contains("arm,") && problem.message.contains(ELFImage.hostPlatform))
    bytes[4] = 1
    #expect(explain(bytes).first?.message.contains("32 bits") == true)
  }

  @Test func `a program is not a shared object`() throws {
    let file = folder.write("int main(void) { return 0; }\n", to: "main.c")
    let result = try Subprocess.run("cc", ["-o", folder("program"), file])
    #expect(result.isSuccess)
    let problems = ImageCheck.explain(path: folder("program"), manifest: manifest())
    #expect(problems.map(\.code) == ["not_shared"])
    let object = try Subprocess.run("cc", ["-c", "-o", folder("main.o"), file])
    #expect(object.isSuccess)
    let unlinked = ImageCheck.explain(path: folder("main.o"), manifest: manifest())
    #expect(unlinked.first?.message.contains("not linked yet") == true)
  }

  @Test func `an image without the entry, or with that of another major, is told so`() throws {
    let none = ImageCheck.explain(path: try compile("int x;\n"), manifest: manifest())
    #expect(none.first?.code == "no_entry")
    let source = Self.entry.replacing("v0", with: "v3")
    let other = ImageCheck.explain(path: try compile(source), manifest: manifest())
    #expect(other.first?.code == "other_abi")
    #expect(other.first?.message.contains("ABI major 3") == true)
  }

  @Test func `a manifest for a later ABI is told what this host speaks`() throws {
    let problems = ImageCheck.explain(path: try compile(Self.entry), manifest: manifest(minor: 9))
    #expect(problems.map(\.code) == ["other_abi"])
    #expect(problems[0].message.contains("0.9") && problems[0].message.contains("0.1"))
  }

  @Test func `a library that is not installed is named with what to type`() throws {
    let library = folder.write("int far(void) { return 1; }\n", to: "far.c")
    for name in ["libcurl.so.4", "libfar.so.9"] {
      let made = try Subprocess.run(
        "cc", ["-shared", "-fPIC", "-Wl,-soname,\(name)", "-o", folder("libfar.so"), library])
      #expect(made.isSuccess)
      let path = try compile(
        Self.entry + "int far(void); int use(void) { return far(); }\n",
        ["-L", folder.path, "-lfar"])
      let empty = LibrarySearch(cache: "/nonexistent")
      let problems = ImageCheck.explain(path: path, manifest: manifest(), libraries: empty)
        .filter { $0.message.contains(name) }
      // libcurl may be installed on the machine that runs this.
      if name == "libfar.so.9" { #expect(problems.map(\.code) == ["library_missing"]) }
      if let first = problems.first, name == "libcurl.so.4" {
        #expect(first.message.contains("apt-get install -y libcurl4"))
      }
    }
    #expect(LibrarySearch.advice(for: "libmicrohttpd.so.12").contains("libmicrohttpd12"))
    #expect(LibrarySearch.advice(for: "libswift_Concurrency.so").contains("Swift runtime"))
    #expect(LibrarySearch().finds("libc.so.6"))
  }

  @Test func `a search path of its own is refused, the toolchain's is not`() throws {
    let path = try compile(Self.entry, ["-Wl,-rpath,/opt/other/lib:$ORIGIN:/x/lib/swift/linux"])
    let problems = ImageCheck.explain(path: path, manifest: manifest())
    #expect(problems.map(\.code) == ["search_path_refused"])
    #expect(problems[0].message.contains("/opt/other/lib"))
    #expect(problems[0].message.contains("patchelf --remove-rpath"))
  }

  @Test func `exporting more than the entry is a warning`() throws {
    let path = try compile(Self.entry + "int helper(void) { return 1; }\n")
    let problems = ImageCheck.explain(path: path, manifest: manifest())
    #expect(problems.map(\.code) == ["exports_more"])
    #expect(problems[0].severity == .warning && problems[0].message.contains("helper"))
  }
}
