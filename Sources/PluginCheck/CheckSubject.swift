// SPDX-License-Identifier: Apache-2.0
// What the checker reads of a plugin before anything of it runs.

import Glibc
import Pipeline
import PluginHost
import Values

/// A plugin's folder, read.
package struct CheckSubject: Sendable {
  package let folder: String
  /// What is in plugin.json; nil when it cannot be used.
  package let plugin: InstalledPlugin?
  /// Everything reading the folder found, the image's problems included.
  let problems: [LoadProblem]
  let imageBytes: [UInt8]
  let image: ELFImage?
  let libraries: LibrarySearch
  let manifestText: String
  /// The project that the examples are of: `check.json` beside the manifest.
  let world: JSONValue
  let worldProblem: String?

  package var manifest: PluginManifest? { plugin?.manifest }
  var imagePath: String { plugin?.imagePath ?? folder }

  /// Reads a folder.
  ///
  /// **Throws**: `folder_missing`, `manifest_missing`: there is nothing to check.
  package init(folder: String) throws(PluginHostError) {
    self.folder = folder
    var status = stat()
    guard stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw PluginHostError(
        code: "folder_missing",
        message: "\(folder) is no folder: name the folder that has the plugin.json")
    }
    guard let manifest = FileText.read("\(folder)/plugin.json", limit: 4 << 20) else {
      throw PluginHostError(
        code: "manifest_missing",
        message: "\(folder) has no plugin.json that can be read: name the folder of a plugin")
    }
    manifestText = String(decoding: manifest, as: UTF8.self)
    libraries = LibrarySearch()
    (plugin, problems) = PluginCatalogue.read(
      folder: folder, libraries: libraries, hash: { _ in "" })
    let bytes = plugin?.imagePath.flatMap { FileText.read($0, limit: 512 << 20) } ?? []
    imageBytes = bytes
    image = try? ELFImage(bytes: bytes)
    (world, worldProblem) = Self.readWorld(folder + "/check.json")
  }

  private static func readWorld(_ path: String) -> (JSONValue, String?) {
    guard let bytes = FileText.read(path, limit: 4 << 20) else { return ([:], nil) }
    do {
      let value = try JSONValue(parsing: bytes)
      if let problem = CheckWorld.problem(with: value) { return ([:], "\(path): \(problem)") }
      return (value, nil)
    } catch {
      return ([:], "\(path) is no JSON: \(error)")
    }
  }
}
