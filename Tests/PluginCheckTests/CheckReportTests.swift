// SPDX-License-Identifier: Apache-2.0
import PluginCheck
import TestKit
import Testing
import Values

/// What programs read of a report.
@Suite struct CheckReportTests {
  /// `Golden/report.json` is what a program that reads `--json` may rely on.
  @Test func `a report as JSON is as it was`() throws {
    let plugin = try FixturePlugin("check/constraints")
    let report = try Checked.folder(
      plugin.folder.path, only: ["manifest", "static_tls", "actions", "constraints", "secrets"])
    let path = PackageFolder.path + "/Tests/PluginCheckTests/Golden/report.json"
    var expected = try JSONValue(parsing: try #require(TestFile.text(of: path))).asObject ?? [:]
    // The folder is another each time.
    expected["folder"] = .text(plugin.folder.path)
    #expect(report.value == .object(expected), "\(report.value.prettyJSON)")
  }

  @Test func `the table of the manual names exactly the checks`() throws {
    let manual = try #require(TestFile.text(of: PackageFolder.path + "/sdk/README.md"))
    let rows = manual.split(separator: "\n").filter { $0.hasPrefix("| `") }
    let named = rows.compactMap { $0.split(separator: "`").dropFirst().first.map(String.init) }
    #expect(named.filter { PluginCheck.named($0) != nil } == PluginCheck.all.map(\.name))
    let table = named.drop { $0 != PluginCheck.all[0].name }
    #expect(Array(table) == PluginCheck.all.map(\.name), "\(table)")
  }
}
