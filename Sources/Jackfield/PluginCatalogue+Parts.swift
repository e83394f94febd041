// SPDX-License-Identifier: Apache-2.0
// What the plugins of a host bring together: collections and transports.
import Pipeline
import PluginHost

extension PluginCatalogue {
  /// Every collection that a plugin declares, by name; the first plugin by id owns a name that
  /// stands twice.
  package var collections: [String: CollectionManifest] {
    var all: [String: CollectionManifest] = [:]
    for plugin in plugins {
      for collection in plugin.manifest.collections where all[collection.name] == nil {
        all[collection.name] = collection
      }
    }
    return all
  }

  /// The first usable plugin by id that offers a transport's or a listener's interface.
  func offering(interface: String) -> InstalledPlugin? {
    plugins.first { $0.interface == interface && $0.usable }
  }
}
