// SPDX-License-Identifier: Apache-2.0
// What an install leaves behind, and what a scan makes of it.
import Glibc
import Pipeline
import PluginHost
import TestKit
import Testing
import Values

@Suite struct PluginInstallerTests {
  private let data = TemporaryFolder()

  private var installer: PluginInstaller {
    PluginInstaller(dataFolder: data.path, hash: testHash)
  }

  private func install(
    _ plugin: FixturePlugin, beside catalogue: PluginCatalogue = PluginCatalogue(), at now: Int64 = 1
  ) throws -> PluginInstaller.Outcome {
    try installer.install(from: plugin.folder.path, beside: catalogue, nowMS: now)
  }

  private func scan() throws -> PluginCatalogue {
    try PluginCatalogue.scan(PluginSet(bundledFolder: nil), installed: installer, hash: testHash)
  }

  @Test func `the newest version is current, whatever is installed after it`() throws {
    let (old, new) = (
      try FixturePlugin("echo", as: "acme-echo", version: "1.9.0"),
      try FixturePlugin("echo", as: "acme-echo", version: "1.10.0")
    )
    let newer = try install(new)
    let older = try install(old, at: 2)
    #expect(newer.isNew && older.isNew && older.before == newer.build.hash)
    let catalogue = try scan()
    #expect(catalogue["acme-echo"]?.build == newer.build.hash)
    #expect(catalogue.builds(of: "acme-echo").map(\.manifest.version) == ["1.10.0", "1.9.0"])
    #expect(catalogue["acme-echo"]?.source == .installed)

    unlink(installer.place(of: "acme-echo", newer.build.hash) + "/echo.so")
    #expect(try install(new, at: 3).isNew == false, "put back")
    #expect(try scan().builds(of: "acme-echo").map(\.usable) == [true, true])
    #expect(try installer.lock().plugins["acme-echo"]?.builds.map(\.installedAt) == [3, 2])

    try installer.remove("acme-echo", [newer.build])
    #expect(try installer.lock().plugins["acme-echo"]?.current == older.build.hash)
    try installer.remove("acme-echo", [older.build])
    #expect(try scan().plugins.isEmpty)
    #expect(data.names(in: "plugins") == ["lock.json"])
  }

  @Test func `the hash of an installed build is that of the same plugin anywhere`() throws {
    let plugin = try FixturePlugin("echo", as: "acme-echo")
    let listed = try #require(
      PluginCatalogue.read(folder: plugin.folder.path, hash: testHash).plugin)
    let outcome = try install(plugin)
    #expect(outcome.build.hash == listed.hash)
    let installed = try #require(try scan()["acme-echo"])
    #expect(installed.hash == listed.hash && installed.lockedHash == listed.hash)
  }

  @Test func `what an install that was cut off left behind is swept, and is no plugin`() throws {
    let plugin = try FixturePlugin("echo", as: "acme-echo")
    let outcome = try install(plugin)
    // As after a crash between the rename and the lock: a folder that the lock does not name.
    let orphan = "plugins/acme-echo/\(String(repeating: "a", count: 16))"
    data.write("{}", to: orphan + "/plugin.json")
    data.write("half", to: "plugins/.incoming-1-1/echo.so")
    #expect(try scan().builds(of: "acme-echo").map(\.build) == [outcome.build.hash])
    _ = try install(plugin)
    #expect(data.names(in: "plugins") == ["acme-echo", "lock.json"])
  }

  @Test func `a loaded image is kept over an install, a changed one is not`() throws {
    _ = try install(try FixturePlugin("echo", as: "acme-echo"))
    let first = try scan()
    let kept = try #require(first["acme-echo"])
    let memory = try kept.image().memory.number
    _ = try install(try FixturePlugin("echo", as: "acme-other"), beside: first)
    let second = try first.refreshing(installer)
    #expect(second.plugins.map(\.id) == ["acme-echo", "acme-other"])
    #expect(try second["acme-echo"]?.image().memory.number == memory)

    let image = kept.folder + "/echo.so"
    chmod(image, 0o600)
    truncate(image, 100)
    let third = try second.refreshing(installer)
    #expect(third["acme-echo"]?.usable == false)
    #expect(third["acme-echo"]?.problems.contains { $0.code == "hash_mismatch" } == true)
    // A call that is under way has its bytes.
    #expect(try kept.image().memory.number == memory)
  }

  @Test func `a manifest that is not its own any more has no plugin and a reason`() throws {
    let plugin = try FixturePlugin("echo", as: "acme-echo")
    let outcome = try install(plugin)
    let manifest = installer.place(of: "acme-echo", outcome.build.hash) + "/plugin.json"
    for text in ["{", #"{"format":1,"id":"acme-else","version":"1.0.0","abi":"0.1"}"#] {
      unlink(manifest)
      data.write(text, to: "plugins/acme-echo/\(outcome.build.hash)/plugin.json")
      let catalogue = try scan()
      #expect(catalogue.plugins.isEmpty)
      #expect(catalogue.broken.map(\.id) == ["acme-echo"])
      #expect(catalogue.broken[0].problems.isEmpty == false)
    }
  }
}
