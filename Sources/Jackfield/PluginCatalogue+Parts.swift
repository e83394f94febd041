// SPDX-License-Identifier: Apache-2.0
// What the plugins of a host bring together: collections and transports.
import Pipeline
import PluginHost

extension PluginCatalogue {
  /// Every collection that a plugin declares, by name; the first plugin owns a name that stands
  /// twice, and its current build says what the collection is. One that only an earlier build has
  /// stays, for the projects that are on it.
  package var collections: [String: CollectionManifest] {
    var all: [String: CollectionManifest] = [:]
    for plugin in byPrecedence + allBuilds {
      for collection in plugin.manifest.collections where all[collection.name] == nil {
        all[collection.name] = collection
      }
    }
    return all
  }

  /// The first usable plugin by id that offers a transport's or a listener's interface; none of
  /// these is ever installed.
  func offering(interface: String) -> InstalledPlugin? {
    plugins.first { $0.source != .installed && $0.interface == interface && $0.usable }
  }
}
