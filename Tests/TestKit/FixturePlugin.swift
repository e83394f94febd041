// SPDX-License-Identifier: Apache-2.0
// The misbehaving (and behaving) plugins of Tests/Fixtures/plugins, built when a test needs one.
import Synchronization

/// A test plugin in a folder of its own, as an operator would install it: `plugin.json` beside the
/// shared object that it names.
///
/// **Ownership**: the folder goes with the last reference.
package final class FixturePlugin: Sendable {
  /// The plugin's id, the name of its folder in `Tests/Fixtures/plugins`.
  package let id: String
  /// The folder with `plugin.json` and `<id>.so`.
  package let folder: TemporaryFolder

  /// Each image is compiled once a test run.
  private static let images = Mutex<[String: [UInt8]]>([:])

  /// **Throws**: `spawn_failed` or `timed_out`; what the compiler says ends the test.
  package init(_ id: String) throws(SubprocessError) {
    self.id = id
    folder = TemporaryFolder()
    guard let manifest = TestFile.bytes(of: Self.source(id) + "/plugin.json") else {
      preconditionFailure("no test plugin \(id): look into Tests/Fixtures/plugins")
    }
    folder.write(manifest, to: "plugin.json")
    folder.write(try Self.image(id), to: id + ".so")
  }

  /// The path of the shared object.
  package var library: String { folder(id + ".so") }

  private static func source(_ id: String) -> String {
    PackageFolder.path + "/Tests/Fixtures/plugins/" + id
  }

  private static func image(_ id: String) throws(SubprocessError) -> [UInt8] {
    if let known = images.withLock({ $0[id] }) { return known }
    let built = try compile(id)
    images.withLock { $0[id] = built }
    return built
  }

  private static func compile(_ id: String) throws(SubprocessError) -> [UInt8] {
    let room = TemporaryFolder()
    let sdk = PackageFolder.path + "/sdk/c"
    let result = try Subprocess.run(
      "cc",
      [
        "-std=gnu11", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-pthread",
        "-I", sdk + "/include", "-Wl,--version-script=" + sdk + "/plugin.map", "-o",
        room("image.so"), source(id) + "/\(id).c",
      ])
    guard result.isSuccess, let bytes = room.bytes(of: "image.so") else {
      preconditionFailure("test plugin \(id) does not compile:\n\(result.errors)")
    }
    return bytes
  }
}
