// SPDX-License-Identifier: Apache-2.0
import Pipeline
import TestKit
import Testing
import Values

@Suite struct ManifestTests {
  @Test(arguments: PluginFiles.actionPlugins + ["base"])
  func `a bundled manifest has nothing wrong with it`(_ id: String) {
    let (manifest, findings) = PluginFiles.manifest(id)
    #expect(findings.isEmpty, "\(findings)")
    #expect(manifest?.id.rawValue == id)
  }

  @Test(arguments: PluginFiles.actionPlugins)
  func `every action says what it is, shows an example and explains its errors`(
    _ id: String
  ) throws {
    let manifest = try #require(PluginFiles.manifests[id])
    for action in manifest.actions {
      #expect(!action.title.isEmpty && !action.description.isEmpty && !action.category.isEmpty)
      #expect(!action.examples.isEmpty && action.result != nil, "\(action.id)")
      #expect(action.errors.allSatisfy { $0.description != nil }, "\(action.id)")
    }
  }

  @Test(arguments: PluginFiles.actionPlugins)
  func `a plugin asks for the collections that it is a writer or reader of`(_ id: String) throws {
    let manifest = try #require(PluginFiles.manifests[id])
    let all = Dictionary(
      PluginFiles.collections.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    for name in manifest.grants.writeCollections {
      let collection = try #require(all[name], "\(id) writes \(name), which nobody declares")
      #expect(collection.writers.contains(manifest.id), "\(name) does not name \(id) as a writer")
    }
    for name in manifest.grants.readCollections {
      let collection = try #require(all[name], "\(id) reads \(name), which nobody declares")
      #expect(collection.readers.allows(manifest.id), "\(name) may not be read by \(id)")
    }
  }

  @Test func `the effect of a request follows its method, and effect overrules it`() throws {
    let request = try #require(PluginFiles.manifests["http"]?.actions.first)
    func effect(_ parameters: JSONValue) -> SideEffect {
      request.effect(of: request.parameters.coerce(parameters))
    }
    #expect(effect(["url": "https://a.example"]) == .pure)
    #expect(effect(["url": "https://a.example", "method": "POST"]) == .atMostOnce)
    #expect(effect(["url": "https://a.example", "method": "PUT"]) == .idempotent)
    #expect(effect(["url": "https://a.example", "method": "POST", "effect": "keyed"]) == .keyed)
    let unsure = effect(["url": "https://a.example", "method": "GET", "effect": "at_most_once"])
    #expect(unsure == .atMostOnce)
  }

  @Test(arguments: PluginFiles.actionPlugins)
  func `the connectors in a plugin's examples folder are whole`(_ id: String) throws {
    let folder = PackageFolder.path + "/Plugins/\(id)/examples"
    let names = TestFile.names(in: folder).filter { $0.hasSuffix(".json") }
    #expect(!names.isEmpty, "\(id) has no example connector")
    for name in names {
      let bytes = try #require(TestFile.bytes(of: folder + "/" + name))
      let document = try JSONDocument(source: bytes)
      let (connector, findings) = Connector.parse(document)
      #expect(findings.isEmpty, "\(name): \(findings)")
      #expect(connector?.name.rawValue == String(name.dropLast(5)))
    }
  }
}
