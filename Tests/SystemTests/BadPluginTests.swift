// SPDX-License-Identifier: Apache-2.0
// Plugin files that cannot be loaded: what the operator is told, and what a run gets.
import TestKit
import Testing
import Values

@Suite struct BadPluginTests {
  /// A way to break a plugin that works.
  enum Damage: String, CaseIterable {
    case noELF, architecture, missing, cut

    func apply(_ plugin: FixturePlugin) throws {
      let name = plugin.id + ".so"
      var bytes = try #require(plugin.folder.bytes(of: name))
      switch self {
      case .noELF: plugin.folder.write("#!/bin/sh\nexit 0\n", to: name)
      case .architecture:
        bytes[18] = 8  // e_machine: MIPS, which no host is
        plugin.folder.write(bytes, to: name)
      case .missing: plugin.folder.write("gone", to: "other.so")
      case .cut: plugin.folder.write(Array(bytes.prefix(200)), to: name)
      }
      if self == .missing {
        let text = try #require(TestFile.text(of: plugin.folder("plugin.json")))
        plugin.folder.write(
          text.split(separator: name, omittingEmptySubsequences: false).joined(separator: "not.so"),
          to: "plugin.json")
      }
    }

    var told: [String] {
      switch self {
      case .noELF: ["a script"]
      case .architecture: ["mips", "this host runs on"]
      case .missing: ["is not there"]
      case .cut: ["cut"]
      }
    }
  }

  @Test(arguments: Damage.allCases)
  func `a plugin file that cannot be one is explained, and its runs are refused`(
    damage: Damage
  ) throws {
    let plugin = try FixturePlugin("echo")
    try damage.apply(plugin)
    try expectUnusable(plugin, told: damage.told)
  }

  @Test(arguments: [
    ("no_entry", ["jf_plugin_entry_v0"]), ("wrong_major", ["ABI"]),
  ])
  func `a plugin without an entry, or of another ABI, is explained`(
    id: String, told: [String]
  ) throws {
    try expectUnusable(try FixturePlugin(id), told: told)
  }

  @Test func `a plugin that crashes while it is loaded fails its runs and nobody else's`() throws {
    let plugin = try FixturePlugin("crashes_while_loading")
    let (keeper, host) = try serve(plugin)

    let (view, code) = try keeper.run(
      Document.connector(
        "load", Document.action("call", "crashes_while_loading.run", with: [:]),
        Document.row("after")))

    #expect(code == 0, "\(view)")
    #expect(view["call"].status == "failed" && view["call"].errorClass == "unavailable", "\(view)")
    #expect(
      view["call"].message.contains("SIG") || view["call"].message.contains("signal"), "\(view)")
    #expect(try keeper.keys() == ["after"])
    try host.stop()
  }

  @Test func `a crash is told by its run and by status, with the function it was in`() throws {
    let plugin = try FixturePlugin("crashes")
    let (keeper, host) = try serve(plugin)
    let (view, _) = try keeper.run(
      Document.connector(
        "crash", Document.action("call", "crashes.run", with: ["crash": true]),
        Document.row("after")))
    #expect(view["call"].code == "worker_crashed", "\(view)")
    #expect(view["call"].message.contains("in fixture_run"), "\(view)")
    let said = try keeper.command(["status"]).output
    // A pure action is tried three times.
    #expect(said.contains("plugin crashes of \(Document.project): 3 signalled; the last at"), "\(said)")
    #expect(said.contains("SIGSEGV) in fixture_run"), "\(said)")
    try host.stop()
    withExtendedLifetime(plugin) {}
  }

  /// The list and the run say the same, in words and with `unavailable`; the host lives.
  private func expectUnusable(_ plugin: FixturePlugin, told: [String]) throws {
    let (keeper, host) = try serve(plugin)
    let listed = try keeper.json("plugin", "list").asList ?? []
    let shown = try #require(listed.first { $0["id"] == .text(plugin.id) }, "\(listed)")
    let message = shown["problems"]?[0]?["message"]?.asText ?? ""
    for words in told { #expect(message.contains(words), "\(shown)") }

    let (view, code) = try keeper.run(
      Document.connector(
        "call", Document.action("call", plugin.id + ".run", with: [:]), Document.row("after")))
    #expect(code == 0, "\(view)")
    #expect(view["call"].errorClass == "unavailable", "\(view)")
    #expect(view["call"].message.contains(plugin.id), "\(view)")
    #expect(try keeper.keys() == ["after"], "the fallback was taken")
    try host.stop()
  }

  private func serve(_ plugin: FixturePlugin) throws -> (Operator, ServedHost) {
    let keeper = Operator()
    let host = try ServedHost(
      keeper,
      plugins: [
        ["id": "data_storage"], ["id": "listener"], ["path": .text(plugin.folder.path)],
      ])
    try keeper.apply(
      project: Document.project(plugins: [plugin.id: Document.plugin(fallback: "continue")]))
    return (keeper, host)
  }
}
