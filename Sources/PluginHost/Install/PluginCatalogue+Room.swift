// SPDX-License-Identifier: Apache-2.0
//
// Whether a plugin can be installed beside those that are there.

import Pipeline

extension PluginCatalogue {
  /// Refuses a plugin that would take something that is another's.
  ///
  /// **Throws** `plugin_twice`, `id_reserved`, `kind_refused`, `credential_kind_twice`,
  /// `collection_twice`.
  func checkRoom(for manifest: PluginManifest) throws(PluginHostError) {
    let id = manifest.id
    if let other = self[id], other.source != .installed {
      throw refused(
        "plugin_twice",
        "plugin \(id) is there already, in \(other.folder), which is no installed one: give the "
          + "new one an id of its own, vendor-name")
    }
    guard id.rawValue.contains("-") else {
      throw refused(
        "id_reserved",
        "the id \"\(id)\" is one word, which only bundled plugins have: call it vendor-\(id)")
    }
    // It would be handed every secret of a project, and was enabled for none.
    guard manifest.kind == .action || manifest.kind == .data else {
      throw refused(
        "kind_refused",
        "plugin \(id) is a \(manifest.kind.rawValue), which sees all of a project's traffic and is "
          + "not installed: name its folder in a set file, jackfield serve --plugins FILE")
    }
    for other in plugins where other.id != id { try checkNames(of: manifest, against: other) }
  }

  private func checkNames(
    of manifest: PluginManifest, against other: InstalledPlugin
  ) throws(PluginHostError) {
    let kinds = Set(other.manifest.credentials.map(\.kind))
    if let kind = manifest.credentials.map(\.kind).first(where: kinds.contains) {
      throw refused(
        "credential_kind_twice",
        "plugin \(manifest.id) declares the credential kind \"\(kind)\", which is plugin "
          + "\(other.id)'s: give it another name")
    }
    let names = Set(other.manifest.collections.map(\.name))
    if let name = manifest.collections.map(\.name).first(where: names.contains) {
      throw refused(
        "collection_twice",
        "plugin \(manifest.id) declares the collection \"\(name)\", which is plugin "
          + "\(other.id)'s: give it another name, or ask to be granted that one")
    }
  }

  private func refused(_ code: String, _ message: String) -> PluginHostError {
    PluginHostError(code: code, message: message)
  }
}
