// SPDX-License-Identifier: Apache-2.0
import PluginCheck
import TestKit
import Testing

/// The bundled plugins that exist in C too are what an author in C copies from.
@Suite struct TwinCheckTests {
  @Test(arguments: ["http", "data_storage"])
  func `a plugin in C passes every check`(_ id: String) throws {
    let folder = TemporaryFolder()
    for name in ["plugin.json", "check.json"] {
      if let bytes = TestFile.bytes(of: PackageFolder.path + "/Plugins/\(id)/\(name)") {
        folder.write(bytes, to: name)
      }
    }
    let sdk = PackageFolder.path + "/sdk/c"
    let result = try Subprocess.run(
      "cc",
      [
        "-std=c11", "-O1", "-shared", "-fPIC", "-I", sdk + "/include",
        "-Wl,--version-script=\(sdk)/plugin.map", "-o", folder(id + ".so"),
        PackageFolder.path + "/Tests/Fixtures/twins/\(id)/\(id).c",
      ])
    try #require(result.isSuccess, "\(result.errors)")
    let report = try Checked.folder(folder.path)
    #expect(!report.hasFailed && report.count(.warning) == 0, "\(report.text)")
  }
}
