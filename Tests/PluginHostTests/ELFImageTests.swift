// SPDX-License-Identifier: Apache-2.0
// Reading ELF files: real ones, and ones that lie.
import Pipeline
import TestKit
import Testing

@testable import PluginHost

@Suite(.timeLimit(.minutes(20))) struct ELFImageTests {
  @Test func `a plugin's image is read without loading it`() throws {
    let fixture = try FixturePlugin("echo")
    let image = try ELFImage(bytes: try #require(TestFile.bytes(of: fixture.library)))
    #expect(image.machine == ELFImage.hostMachine && image.type == 3 && !image.isProgram)
    #expect(image.exports == ["jf_plugin_entry_v0"])
    #expect(image.needed.contains("libc.so.6"))
    #expect(image.buildID?.count == 40)
    #expect(image.searchPaths.isEmpty)
    #expect(image.imports.contains { !$0.isDefined })
    #expect(image.versions.contains { $0.library == "libc.so.6" && $0.glibc?.first == 2 })
    #expect(!image.isStaticTLS && !image.hasTextRelocations)
  }

  @Test func `the test program itself is a program, with the libraries it needs`() throws {
    let bytes = try #require(readFile("/proc/self/exe", limit: 1 << 30))
    let image = try ELFImage(bytes: bytes)
    #expect(image.isProgram)
    #expect(image.needed.contains("libswiftCore.so"))
    #expect(image.searchPaths.joined().contains("swift"))
  }

  @Test func `an image cut off anywhere is refused or read, never trapped on`() throws {
    let fixture = try FixturePlugin("echo")
    let bytes = try #require(TestFile.bytes(of: fixture.library))
    for count in stride(from: 0, to: bytes.count, by: 61) {
      let cut = Array(bytes[..<count])
      do { _ = try ELFImage(bytes: cut) } catch {
        #expect(["truncated", "not_elf"].contains(error.code))
      }
    }
  }

  @Test(arguments: [1, 2, 3, 4])
  func `mutated images are refused or read, never trapped on`(_ seed: UInt64) throws {
    let fixture = try FixturePlugin(seed.isMultiple(of: 2) ? "services" : "echo")
    let original = try #require(TestFile.bytes(of: fixture.library))
    var random = SplitMix(state: seed)
    let manifest = try #require(
      PluginCatalogue.read(folder: fixture.folder.path, hash: testHash).plugin?.manifest)
    let libraries = LibrarySearch()
    var refused = 0
    for _ in 0..<1_500 {
      var bytes = original
      // The first kilobytes hold the headers, the hash tables and the symbols.
      let range = random.next() % 4 == 0 ? bytes.count : min(bytes.count, 2_048)
      for _ in 0...(random.next() % 8) {
        let place = Int(random.next() % UInt64(range))
        let wild: [UInt8] = [0, 1, 0x7f, 0x80, 0xff, UInt8(truncatingIfNeeded: random.next())]
        bytes[place] = wild[Int(random.next() % 6)]
      }
      do throws(LoadProblem) {
        let image = try ELFImage(bytes: bytes)
        _ = ImageCheck.explain(image, path: "x.so", manifest: manifest, libraries: libraries)
      } catch {
        refused += 1
        #expect(!error.message.isEmpty)
      }
    }
    #expect(refused > 100)
  }

  @Test func `a damaged cache of libraries finds what it can, never traps`() throws {
    let original = readFile("/etc/ld.so.cache", limit: 64 << 20) ?? []
    var random = SplitMix(state: 7)
    for count in [0, 1, 20, 47, 48, 60, original.count / 2] where count <= original.count {
      _ = LibrarySearch.paths(inCache: Array(original[..<count]), machine: 62)
    }
    for _ in 0..<20 {
      var bytes = original
      guard !bytes.isEmpty else { break }
      for _ in 0..<20 {
        bytes[Int(random.next() % UInt64(min(bytes.count, 4_096)))] = UInt8(
          truncatingIfNeeded: random.next())
      }
      _ = LibrarySearch.paths(inCache: bytes, machine: 62)
    }
  }
}

/// A small seeded generator, so that a failure can be run again.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
