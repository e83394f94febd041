// SPDX-License-Identifier: Apache-2.0
// The misbehaving (and behaving) plugins of Tests/Fixtures/plugins, built when a test needs one.
import Synchronization
import Values

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

  /// The same plugin as a vendor would ship it, under another id and in another version: one word is
  /// no id of a plugin that is installed.
  ///
  /// - Parameter edit: what else its manifest says.
  package convenience init(
    _ id: String, as name: String, version: String = "1.0.0",
    edit: (inout JSONObject) throws -> Void = { _ in }
  ) throws {
    try self.init(id)
    let text = TestFile.text(of: folder("plugin.json")) ?? ""
    let renamed = text.split(separator: "\"\(id).", omittingEmptySubsequences: false)
      .joined(separator: "\"\(name).").split(separator: "\"\(name).so\"")
      .joined(separator: "\"\(id).so\"")
    var manifest = try JSONValue(parsing: renamed).asObject ?? [:]
    manifest["id"] = .text(name)
    manifest["version"] = .text(version)
    try edit(&manifest)
    folder.write(JSONValue.object(manifest).prettyJSON, to: "plugin.json")
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
    let swift = source(id) + "/\(id).swift"
    let flags = [
      "-std=gnu11", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-fPIC", "-pthread", "-I",
      sdk + "/include", source(id) + "/\(id).c",
    ]
    guard TestFile.bytes(of: swift) != nil else {
      try compile(
        id, "cc",
        flags + [
          "-shared", "-Wl,--version-script=" + sdk + "/plugin.map", "-o", room("image.so"),
        ])
      return room.bytes(of: "image.so") ?? []
    }
    // One half in C, the other in Swift.
    try compile(id, "cc", flags + ["-c", "-o", room("half.o")])
    try compile(
      id, "swiftc",
      [
        "-emit-library", "-g", "-O", "-module-name", id, swift, room("half.o"), "-o",
        room("image.so"), "-module-cache-path", room("cache"), "-Xlinker",
        "--version-script=" + sdk + "/plugin.map",
      ])
    return room.bytes(of: "image.so") ?? []
  }

  private static let sdk = PackageFolder.path + "/sdk/c"

  private static func compile(
    _ id: String, _ compiler: String, _ words: [String]
  ) throws(SubprocessError) {
    let result = try Subprocess.run(compiler, words)
    guard result.isSuccess else {
      preconditionFailure("test plugin \(id) does not compile:\n\(result.errors)")
    }
  }
}
