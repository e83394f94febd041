// SPDX-License-Identifier: Apache-2.0
// The misbehaving (and behaving) plugins of Tests/Fixtures/plugins, built when a test needs one.
import Synchronization
import Values

/// A test plugin in a folder of its own, as an operator would install it: `plugin.json` beside the
/// shared object that it names.
///
/// **Ownership**: the folder goes with the last reference.
package final class FixturePlugin: Sendable {
  /// The plugin's id, the name of its folder.
  package let id: String
  /// The folder with `plugin.json` and `<id>.so`.
  package let folder: TemporaryFolder

  /// Each image is compiled once a test run.
  private static let images = Mutex<[String: [UInt8]]>([:])

  /// `path` leads to its folder from `Tests/Fixtures/plugins`: `echo`, `check/fuzz`.
  ///
  /// **Throws**: `spawn_failed` or `timed_out`; what the compiler says ends the test.
  package init(_ path: String) throws(SubprocessError) {
    id = Self.name(path)
    folder = TemporaryFolder()
    guard let manifest = TestFile.bytes(of: Self.source(path) + "/plugin.json") else {
      preconditionFailure("no test plugin \(path): look into Tests/Fixtures/plugins")
    }
    folder.write(manifest, to: "plugin.json")
    folder.write(try Self.image(path), to: id + ".so")
  }

  /// The same plugin as a vendor would ship it, under another id and in another version: one word
  /// is no id of a plugin that is installed.
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

  private static func name(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  private static func source(_ path: String) -> String {
    PackageFolder.path + "/Tests/Fixtures/plugins/" + path
  }

  private static func image(_ path: String) throws(SubprocessError) -> [UInt8] {
    if let known = images.withLock({ $0[path] }) { return known }
    let built = try compile(path)
    images.withLock { $0[path] = built }
    return built
  }

  /// Beside the plugin's source may lie `flags`, words for the compiler, `plugin.map`, a version
  /// script of its own, and `needed.c` with `needed.flags`, a library that only the linker sees.
  private static func compile(_ path: String) throws(SubprocessError) -> [UInt8] {
    let room = TemporaryFolder()
    let folder = source(path)
    let map = (TestFile.exists(folder + "/plugin.map") ? folder : sdk) + "/plugin.map"
    var words = [
      "-std=gnu11", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-fPIC", "-pthread", "-I",
      sdk + "/include", "\(name(path)).c",
    ]
    let swift = name(path) + ".swift"
    if TestFile.exists(folder + "/" + swift) {
      // One half in C, the other in Swift.
      try run("cc", words + ["-c", "-o", room("half.o")], path, folder)
      try run(
        "swiftc",
        [
          "-emit-library", "-g", "-O", "-module-name", name(path), swift, room("half.o"), "-o",
          room("image.so"), "-module-cache-path", room("cache"), "-Xlinker",
          "--version-script=" + map,
        ], path, folder)
    } else {
      words += ["-shared", "-Wl,--version-script=" + map, "-o", room("image.so")]
      if TestFile.exists(folder + "/needed.c") {
        let needed = ["-shared", "-fPIC", "-o", room("needed.so"), "needed.c"]
        try run("cc", needed + flags(folder + "/needed.flags"), path, folder)
        words.append(room("needed.so"))
      }
      try run("cc", words + flags(folder + "/flags"), path, folder)
    }
    guard let bytes = room.bytes(of: "image.so") else {
      preconditionFailure("test plugin \(path) was compiled to nothing")
    }
    return bytes
  }

  private static let sdk = PackageFolder.path + "/sdk/c"

  private static func run(
    _ compiler: String, _ words: [String], _ path: String, _ folder: String
  ) throws(SubprocessError) {
    let result = try Subprocess.run(compiler, words, folder: folder)
    precondition(result.isSuccess, "test plugin \(path) does not compile:\n\(result.errors)")
  }

  private static func flags(_ file: String) -> [String] {
    (TestFile.text(of: file) ?? "").split(whereSeparator: \.isWhitespace).map(String.init)
  }
}
