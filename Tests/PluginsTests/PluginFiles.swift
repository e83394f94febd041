// SPDX-License-Identifier: Apache-2.0
// The manifests of the bundled plugins, read once.
import Pipeline
import TestKit
import Values

/// What lies in `Plugins/`.
enum PluginFiles {
  static let actionPlugins = [
    "http", "email", "whatsapp", "whatsapp_group", "chatgpt", "data_storage", "crm", "control",
  ]

  /// A manifest with everything wrong with it.
  static func manifest(_ id: String) -> (manifest: PluginManifest?, findings: [Finding]) {
    let path = PackageFolder.path + "/Plugins/\(id)/plugin.json"
    guard let bytes = TestFile.bytes(of: path), let document = try? JSONDocument(source: bytes)
    else { return (nil, []) }
    return PluginManifest.parse(document)
  }

  static let manifests: [String: PluginManifest] = {
    var all: [String: PluginManifest] = [:]
    for id in actionPlugins + ["base"] { all[id] = manifest(id).manifest }
    return all
  }()

  static var collections: [CollectionManifest] { manifests.values.flatMap(\.collections) }

  static var collectionTypes: [String: [String: ConditionType]] {
    Dictionary(
      collections.map { ($0.name, $0.conditionTypes) }, uniquingKeysWith: { first, _ in first })
  }

  static var uniqueFields: [String: [[String]]] {
    Dictionary(collections.map { ($0.name, $0.unique) }, uniquingKeysWith: { first, _ in first })
  }

  static var fieldNames: [String: Set<String>] {
    Dictionary(
      collections.map { ($0.name, Set($0.fields.map(\.name))) },
      uniquingKeysWith: { first, _ in first })
  }
}
