// SPDX-License-Identifier: Apache-2.0
import PluginCheck
import TestKit
import Testing

/// What comes with the host passes what the host asks of others.
@Suite struct BundledPluginTests {
  static let plugins = TestFile.names(in: BuiltProducts.directory + "/plugins").sorted()

  @Test func `bundled plugins are there`() {
    #expect(Self.plugins.count >= 8, "\(Self.plugins)")
  }

  @Test(arguments: plugins)
  func `a bundled plugin passes every check without a warning`(_ id: String) throws {
    let report = try Checked.folder(BuiltProducts.directory + "/plugins/" + id)
    #expect(!report.hasFailed && report.count(.warning) == 0, "\(report.text)")
    #expect(report.count(.pass) > 0)
  }
}
