// SPDX-License-Identifier: Apache-2.0
import PluginCheck
import TestKit
import Testing
import Values

/// One plugin for each check that fails it and nothing else.
@Suite struct CheckFixtureTests {
  static let names = PluginCheck.all.map(\.name)
  static let fixtures = TestFile.names(in: PackageFolder.path + "/Tests/Fixtures/plugins/check")
    .filter { !$0.hasSuffix(".h") }.sorted()

  @Test func `there is one fixture for each check`() {
    #expect(Self.fixtures == Self.names.sorted())
    #expect(Self.fixtures.count == Self.names.count)
  }

  @Test(arguments: names)
  func `a fixture fails its check and no other`(_ name: String) throws {
    let plugin = try FixturePlugin("check/" + name)
    let report = try Checked.folder(plugin.folder.path)
    #expect(report.hasFailed)
    for result in report.results where result.name != name {
      let isGood = result.outcome == .pass || result.outcome == .skipped
      #expect(isGood, "\(result.name): \(result.outcome) \(result.finding.message)")
    }
    let own = try #require(report.results.first { $0.name == name })
    #expect(own.outcome.isFailure, "\(own.outcome) \(own.finding.message)")
    #expect(!own.finding.message.isEmpty)
  }

  @Test func `a plugin that does everything well passes everything`() throws {
    let plugin = try FixturePlugin("good")
    let report = try Checked.folder(plugin.folder.path)
    #expect(report.count(.pass) == PluginCheck.all.count, "\(report.text)")
  }

  @Test func `every check has a name and one sentence`() {
    #expect(Set(Self.names).count == Self.names.count)
    for check in PluginCheck.all {
      #expect(check.name.allSatisfy { $0.isLowercase || $0 == "_" }, "\(check.name)")
      #expect(check.summary.hasSuffix(".") && check.summary.count < 100, "\(check.summary)")
    }
  }
}
