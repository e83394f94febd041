// SPDX-License-Identifier: Apache-2.0
// Which plugins a host finds, and what it says of those it cannot use.
import Pipeline
import PluginHost
import Synchronization
import TestKit
import Testing

@Suite(.timeLimit(.minutes(20))) struct PluginCatalogueTests {
  private let folder = TemporaryFolder()

  /// A plugin of kind data: a manifest alone.
  @discardableResult
  private func data(_ id: String, in place: String) -> String {
    folder.write(
      #"{"format":1,"id":"\#(id)","version":"1.0.0","abi":"0.1","kind":"data","title":"T"}"#,
      to: "\(place)/plugin.json")
    return folder(place)
  }

  private func scan(_ set: PluginSet) throws -> PluginCatalogue {
    try PluginCatalogue.scan(set, hash: testHash)
  }

  private func set(_ text: String) throws -> PluginSet {
    var set = PluginSet(bundledFolder: folder("bundled"))
    try set.read(file: folder.write(text, to: "sets/set.json"))
    return set
  }

  @Test func `bundled plugins, one more folder and a folder of folders make a set`() throws {
    data("one", in: "bundled/one")
    data("two", in: "bundled/two")
    folder.write("x", to: "bundled/notes/readme.txt")
    let set = PluginSet(
      bundledFolder: folder("bundled"),
      extraFolders: [data("acme-three", in: "more"), folder("many")].map { $0 })
    data("acme-four", in: "many/four")
    let catalogue = try scan(set)
    #expect(catalogue.plugins.map(\.id) == ["acme-four", "acme-three", "one", "two"])
    #expect(catalogue["one"]?.usable == true)
    #expect(catalogue["none"] == nil)
    #expect(catalogue.broken.isEmpty)
  }

  @Test func `a set file lists bundled plugins by id and others by path`() throws {
    data("one", in: "bundled/one")
    data("two", in: "bundled/two")
    data("acme-far", in: "sets/far")
    let listed = try set(
      #"{"format":1,"note":"ours","plugins":[{"id":"two"},{"path":"far"},{"path":"./far"}]}"#)
    #expect(try scan(listed).plugins.map(\.id) == ["acme-far", "two"])
  }

  @Test(arguments: [
    (#"{"format":1,"plugin":[]}"#, #"did you mean "plugins""#),
    (#"{"format":2,"plugins":[]}"#, #""format" must be 1"#),
    (#"{"format":1,"plugins":[{"pth":"x"}]}"#, #"did you mean "path""#),
    (#"{"format":1,"plugins":[{"id":"a","path":"b"}]}"#, "needs one text"),
    (#"{"format":1,"plugins":{}}"#, "must be a list"),
    (#"{"format":1,"#, "line 1"), ("[]", "no object"),
  ])
  func `a wrong set file is told where and what`(_ text: String, _ wanted: String) throws {
    let error = #expect(throws: PluginHostError.self) { try set(text) }
    #expect(error?.code == "plugin_set_invalid")
    #expect(error?.message.contains(wanted) == true, "\(error?.message ?? "")")
  }

  @Test func `an unknown bundled id is told the nearest, a missing folder its path`() throws {
    data("storage", in: "bundled/storage")
    let unknown = try set(#"{"format":1,"plugins":[{"id":"storge"}]}"#)
    let error = #expect(throws: PluginHostError.self) { try scan(unknown) }
    #expect(error?.code == "plugin_unknown" && error?.message.contains("storage") == true)
    let missing = try set(#"{"format":1,"plugins":[{"path":"nowhere"}]}"#)
    let other = #expect(throws: PluginHostError.self) { try scan(missing) }
    #expect(other?.code == "plugin_folder_missing" && other?.message.contains("nowhere") == true)
  }

  @Test func `one id in two folders is an error that names both`() throws {
    data("one", in: "bundled/one")
    let set = PluginSet(bundledFolder: folder("bundled"), extraFolders: [data("one", in: "again")])
    let error = #expect(throws: PluginHostError.self) { try scan(set) }
    #expect(error?.code == "plugin_twice")
    #expect(error?.message.contains(folder("bundled/one")) == true)
    #expect(error?.message.contains(folder("again")) == true)
  }

  /// A plugin of kind data with credential kinds.
  private func credentials(_ id: String, _ kinds: [String]) {
    let list = kinds.map {
      #"{"kind":"\#($0)","title":"K","fields":[{"name":"token","title":"T","secret":true}],"#
        + #""send_as":{"bearer":"{token}"}}"#
    }
    folder.write(
      #"{"format":1,"id":"\#(id)","version":"1.0.0","abi":"0.1","kind":"data","title":"T","#
        + #""credentials":[\#(list.joined(separator: ","))]}"#, to: "bundled/\(id)/plugin.json")
  }

  @Test func `a credential kind of two plugins makes the second by id unusable`() throws {
    credentials("acme-two", ["token", "other"])
    credentials("acme-one", ["token"])
    let catalogue = try scan(PluginSet(bundledFolder: folder("bundled")))
    let (one, two) = (try #require(catalogue["acme-one"]), try #require(catalogue["acme-two"]))
    #expect(one.usable, "\(one.problems)")
    #expect(!two.usable && two.problems.last?.code == "credential_kind_twice")
    let message = try #require(two.problems.last?.message)
    #expect(message.contains("acme-one") && message.contains("acme-two"))
    #expect(message.contains("token"))
    #expect(catalogue.plugins.map(\.usable) == [true, false])
  }

  @Test func `a credential kind named secret is the host's own`() throws {
    credentials("acme-one", ["secret"])
    let catalogue = try scan(PluginSet(bundledFolder: folder("bundled")))
    #expect(catalogue["acme-one"]?.problems.map(\.code) == ["credential_kind_reserved"])
    #expect(catalogue["acme-one"]?.usable == false)
  }

  @Test func `a manifest that cannot be read is kept as broken, with its line`() throws {
    folder.write(#"{"format":1,"#, to: "bundled/bad/plugin.json")
    data("one", in: "bundled/one")
    let catalogue = try scan(PluginSet(bundledFolder: folder("bundled")))
    #expect(catalogue.plugins.map(\.id) == ["one"])
    #expect(catalogue.broken.map(\.folder) == [folder("bundled/bad")])
    #expect(catalogue.broken[0].problems[0].message.contains("plugin.json:1:"))
  }

  @Test func `an image is checked at the scan and hashed, with its manifest, at the first use`() throws {
    let fixture = try FixturePlugin("echo")
    let hashes = Mutex(0)
    let (found, problems) = PluginCatalogue.read(folder: fixture.folder.path) { bytes in
      hashes.withLock { $0 += 1 }
      return testHash(bytes)
    }
    let plugin = try #require(found)
    #expect(problems.isEmpty && plugin.usable)
    #expect(plugin.actions == ["echo.run"] && plugin.maxCalls == 32)
    #expect(hashes.withLock { $0 } == 0)
    let hash = plugin.hash
    #expect(plugin.hash == hash && hashes.withLock { $0 } == 1)
    fixture.folder.write(
      (TestFile.text(of: fixture.folder("plugin.json")) ?? "") + "\n", to: "plugin.json")
    let again = try #require(
      PluginCatalogue.read(folder: fixture.folder.path, hash: testHash).plugin)
    #expect(again.hash != hash)
  }

  @Test func `an image that is gone makes a plugin unusable, not the scan fail`() throws {
    let fixture = try FixturePlugin("echo")
    fixture.folder.write("", to: "echo.so")
    let plugin = try #require(
      PluginCatalogue.read(folder: fixture.folder.path, hash: testHash).plugin)
    #expect(!plugin.usable && plugin.problems.map(\.code) == ["not_elf"])
  }
}
