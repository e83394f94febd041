// SPDX-License-Identifier: Apache-2.0
// The collections of the plugins that come with the host.

import Glibc
import Pipeline

/// Reads what other plugins declare, so that a query on a shared collection knows its fields.
package enum KnownCollections {
  /// Those of the manifests in the folders below `folder`; what cannot be read is passed over.
  package static func read(below folder: String?) -> [CollectionManifest] {
    guard let folder, let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var found: [CollectionManifest] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard !name.hasPrefix("."),
        let bytes = FileText.read("\(folder)/\(name)/plugin.json", limit: 4 << 20),
        let document = try? JSONDocument(source: bytes)
      else { continue }
      found += PluginManifest.parse(document).manifest?.collections ?? []
    }
    return found
  }
}
