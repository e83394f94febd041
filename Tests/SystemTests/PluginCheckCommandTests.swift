// SPDX-License-Identifier: Apache-2.0
// `plugin check` as an author types it.
import TestKit
import Testing
import Values

@Suite struct PluginCheckCommandTests {
  private func check(_ words: String...) throws -> Subprocess.Result {
    try Subprocess.run(BuiltProducts.program("jackfield"), ["plugin", "check"] + words)
  }

  @Test func `a good plugin ends with 0 and prints its seed`() throws {
    let plugin = try FixturePlugin("good")
    let result = try check(plugin.folder.path, "--fuzz-seconds", "0", "--seed", "42")
    #expect(result.status == .exited(0), "\(result.output)\(result.errors)")
    #expect(result.output.contains("good: ") && result.output.contains("seed 42"))
    #expect(!result.output.contains("✗"), "\(result.output)")
  }

  @Test func `a plugin that fails a check ends with 1, with what to do`() throws {
    let plugin = try FixturePlugin("check/search_paths")
    let result = try check(plugin.folder.path, "--fuzz-seconds=0")
    #expect(result.status == .exited(1), "\(result.output)\(result.errors)")
    #expect(result.output.contains("✗ search_paths: "), "\(result.output)")
    #expect(result.output.contains("patchelf --remove-rpath"), "\(result.output)")
  }

  @Test func `a warning ends with 0`() throws {
    let plugin = try FixturePlugin("echo")
    let result = try check(plugin.folder.path, "--only", "manifest")
    #expect(result.status == .exited(0), "\(result.output)\(result.errors)")
    #expect(result.output.contains("! manifest: no example: echo.run"), "\(result.output)")
  }

  @Test func `a plugin that crashes ends with 1, and can be made to do it again`() throws {
    let plugin = try FixturePlugin("check/fuzz")
    let result = try check(plugin.folder.path, "--only", "fuzz", "--fuzz-seconds", "0")
    #expect(result.status == .exited(1), "\(result.output)\(result.errors)")
    let words = result.output.split { $0 == " " || $0 == "\n" }.map(String.init)
    let place = try #require(words.firstIndex(of: "--reproduce"), "\(result.output)")
    let again = try check(plugin.folder.path, "--reproduce", words[place + 1])
    #expect(again.status == .exited(1), "\(again.output)")
    #expect(again.output.contains("☠ fuzz"), "\(again.output)")
  }

  @Test func `--json is one document`() throws {
    let plugin = try FixturePlugin("check/load")
    let result = try check(
      plugin.folder.path, "--json", "--only", "load", "--only", "build_id,open")
    #expect(result.status == .exited(1), "\(result.errors)")
    let report = try JSONValue(parsing: result.output)
    let checks = report["checks"]?.asList ?? []
    #expect(checks.map { $0["check"]?.asText } == ["build_id", "load", "open"])
    #expect(checks.map { $0["outcome"]?.asText } == ["pass", "fail", "pass"], "\(report)")
    #expect(report["plugin"] == "load" && report["counts"]?["fail"] == 1)
  }

  @Test func `--list names each check with a sentence`() throws {
    let result = try check("--list")
    #expect(result.status == .exited(0))
    let lines = result.output.split(separator: "\n")
    #expect(lines.count > 25 && lines.allSatisfy { $0.hasSuffix(".") }, "\(result.output)")
    let listed = try JSONValue(parsing: try check("--list", "--json").output).asList ?? []
    #expect(listed.count == lines.count)
    #expect(listed.allSatisfy { $0["check"]?.asText != nil && $0["description"]?.asText != nil })
  }

  @Test func `an image that is garbage is said to be, and nothing of it is loaded`() throws {
    let plugin = try FixturePlugin("good")
    plugin.folder.write("#!/bin/sh\nexit 0\n", to: "good.so")
    let result = try check(plugin.folder.path)
    #expect(result.status == .exited(1), "\(result.output)")
    #expect(result.output.contains("a script"), "\(result.output)")
    #expect(result.output.contains("load") && result.output.contains("skipped: see image"))
  }

  @Test func `an image that lies about its tables is refused, not read beyond its end`() throws {
    let plugin = try FixturePlugin("good")
    var bytes = try #require(plugin.folder.bytes(of: "good.so"))
    for index in 24..<bytes.count where index % 7 == 0 { bytes[index] ^= 0x5a }
    plugin.folder.write(bytes, to: "good.so")
    let result = try check(plugin.folder.path, "--fuzz-seconds", "0")
    #expect(result.status == .exited(1), "\(result.output)\(result.errors)")
  }

  @Test(arguments: [
    (["/nowhere/at/all"], "is no folder"), ([PackageFolder.path], "has no plugin.json"),
    ([], "takes FOLDER"), (["x", "--seed", "many"], "whole number"),
    (["x", "--only", "fuz"], "did you mean \"fuzz\"?"),
    (["x", "--fuzz-seconds", "-1"], "a number from 0"),
  ])
  func `a command that is wrong ends with 2`(words: [String], told: String) throws {
    let result = try Subprocess.run(
      BuiltProducts.program("jackfield"), ["plugin", "check"] + words)
    #expect(result.status == .exited(2), "\(result.output)\(result.errors)")
    #expect(result.errors.contains(told), "\(result.errors)")
  }

  @Test func `the probe is of no use from a terminal, and says so`() throws {
    let result = try Subprocess.run(BuiltProducts.program("jackfield-probe"))
    #expect(result.status == .exited(2))
    #expect(result.errors.contains("jackfield plugin check"), "\(result.errors)")
  }
}
