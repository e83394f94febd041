// SPDX-License-Identifier: Apache-2.0
// Dependencies point down only: Package.swift lists the layers bottom first.
import Foundation
import TestKit
import Testing

@Suite struct ImportTests {
  @Test func `a module imports only what stands above it in Package.swift`() throws {
    let order = try Self.targetsInOrder()
    let rank = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
    #expect(rank.count > 20, "the targets of Package.swift were not found")
    for file in SourceFile.all([".swift"]) {
      let module = try #require(Self.module(of: file.path), "\(file.path) belongs to no target")
      // Folders of programs that are not built here (a test's own project) have no rank.
      guard let own = rank[module] else { continue }
      for (line, imported) in file.imports {
        guard let other = rank[imported] else { continue }
        #expect(other < own, "\(file.path):\(line): \(module) imports \(imported), above it")
      }
    }
  }

  @Test func `Foundation stays out of what must be small`() {
    let folders = [
      "Sources/Values", "Sources/Pattern", "Sources/Schema", "Sources/Calendar",
      "Sources/Pipeline", "Sources/Engine",
      "Sources/WorkerProtocol", "Sources/PluginRuntime", "Sources/JackfieldWorker",
      "Sources/PluginHost", "Sources/PluginCheck", "Sources/JackfieldProbe", "sdk/swift",
      "Plugins",
    ]
    for file in SourceFile.all([".swift"], in: folders) {
      for (line, imported) in file.imports where imported.hasPrefix("Foundation") {
        Issue.record("\(file.path):\(line): imports \(imported); use Glibc here")
      }
    }
  }

  @Test func `a bundled plugin and the SDK see nothing of the host`() {
    let host = Set(TestFile.names(in: PackageFolder.path + "/Sources")).subtracting(["Values"])
    #expect(host.count > 10)
    for file in SourceFile.all([".swift"], in: ["Plugins", "sdk/swift"]) {
      for (line, imported) in file.imports {
        #expect(!host.contains(imported), "\(file.path):\(line): imports \(imported)")
      }
    }
  }

  /// `Sources/Values/…` is Values, `Tests/ValuesTests/…` ValuesTests, a plugin its folder's name.
  private static func module(of path: String) -> String? {
    let parts = path.split(separator: "/").map(String.init)
    guard parts.count > 2 else { return nil }
    // sdk/swift/Sources/<module>/…
    if parts[0] == "sdk" { return parts.count > 4 ? parts[3] : nil }
    return parts[1]
  }

  /// The names of the targets as Package.swift declares them, top to bottom.
  private static func targetsInOrder() throws -> [String] {
    let text = try #require(TestFile.text(of: PackageFolder.path + "/Package.swift"))
    let declaration =
      #/(?:\.(?:target|systemLibrary|executableTarget|testTarget)\(\s*name:|\b(?:module|program|tests)\()\s*"(\w+)"\s*,/#
    var names: [String] = []
    for match in text.matches(of: declaration) {
      let isTests = match.output.0.hasPrefix("tests(")
      names.append(String(match.output.1) + (isTests ? "Tests" : ""))
    }
    return names
  }
}
