// SPDX-License-Identifier: Apache-2.0
import TestKit
import Testing

@Suite struct ImageTests {
  @Test(arguments: PluginFiles.actionPlugins)
  func `an image exports its entry point and nothing else`(_ id: String) throws {
    let result = try Subprocess.run("nm", ["-D", "-g", "--defined-only", BuiltProducts.library(id)])
    #expect(result.isSuccess, "\(result.errors)")
    let symbols = result.output.split(separator: "\n").compactMap { $0.split(separator: " ").last }
    #expect(symbols == ["jf_plugin_entry_v0"])
  }

  @Test(arguments: PluginFiles.actionPlugins)
  func `an image needs no Foundation`(_ id: String) throws {
    let result = try Subprocess.run("readelf", ["-d", BuiltProducts.library(id)])
    #expect(result.isSuccess, "\(result.errors)")
    let needed = result.output.split(separator: "\n").filter { $0.contains("NEEDED") }
    #expect(!needed.isEmpty)
    #expect(!needed.contains { $0.contains("Foundation") || $0.contains("icu") }, "\(needed)")
  }
}
