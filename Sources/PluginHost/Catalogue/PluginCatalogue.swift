// SPDX-License-Identifier: Apache-2.0
//
// The plugins that are installed, read from their folders; nothing of them runs.

import Glibc
import Pipeline
import Values

/// The plugins of a set, by id. A value: a scan makes a new one.
package struct PluginCatalogue: Sendable {
  /// A folder whose manifest cannot be used, so that it has no id.
  package struct Broken: Sendable {
    package let folder: String
    package let problems: [LoadProblem]
  }

  /// By id, sorted.
  package private(set) var plugins: [InstalledPlugin] = []
  package private(set) var broken: [Broken] = []
  private var byID: [PluginID: InstalledPlugin] = [:]

  package init() {}

  package subscript(id: PluginID) -> InstalledPlugin? { byID[id] }

  /// The plugin that offers an action.
  package func plugin(offering action: ActionID) -> InstalledPlugin? {
    guard let plugin = byID[action.plugin], plugin.actions.contains(action) else { return nil }
    return plugin
  }

  /// Reads the manifests and the images' headers of a set; `hash` is used at the first use of each.
  ///
  /// **Throws** `plugin_twice` naming both folders; `plugin_unknown` and `plugin_folder_missing`
  /// for what the set names and is not there.
  package static func scan(
    _ set: PluginSet, libraries: LibrarySearch = LibrarySearch(),
    hash: @escaping LoadedImage.HashFunction
  ) throws(PluginHostError) -> PluginCatalogue {
    var catalogue = PluginCatalogue()
    var seen: Set<String> = []
    for folder in try folders(of: set) where seen.insert(realPath(folder)).inserted {
      try catalogue.add(folder, libraries, hash)
    }
    catalogue.plugins.sort { $0.id < $1.id }
    catalogue.refuseSharedCredentialKinds()
    return catalogue
  }

  /// Reads one plugin's folder.
  package static func read(
    folder: String, libraries: LibrarySearch = LibrarySearch(),
    hash: @escaping LoadedImage.HashFunction
  ) -> (plugin: InstalledPlugin?, problems: [LoadProblem]) {
    let path = folder + "/plugin.json"
    guard let bytes = readFile(path, limit: 4 << 20) else {
      let text = "\(path) cannot be read: \(systemText(errno)); a plugin's folder has a plugin.json"
      return (nil, [LoadProblem(code: "manifest_unreadable", message: text)])
    }
    let document: JSONDocument
    do throws(Finding) { document = try JSONDocument(source: bytes) } catch {
      return (nil, [problem(error, path)])
    }
    let (manifest, findings) = PluginManifest.parse(document)
    var problems = findings.map { problem($0, path) }
    guard let manifest else { return (nil, problems) }
    if manifest.credentials.contains(where: { $0.kind == reservedKind }) {
      let text = "plugin \(manifest.id) declares a credential kind \"\(reservedKind)\", which is "
        + "the host's own: give it another name"
      problems.append(LoadProblem(code: "credential_kind_reserved", message: text))
    }
    let image = imagePath(manifest, folder, &problems)
    if let image {
      problems += ImageCheck.explain(path: image, manifest: manifest, libraries: libraries)
    }
    let plugin = InstalledPlugin(
      manifest: manifest, manifestBytes: bytes, folder: folder, imagePath: image,
      problems: problems, hash: hash)
    return (plugin, problems)
  }

  private mutating func add(
    _ folder: String, _ libraries: LibrarySearch, _ hash: @escaping LoadedImage.HashFunction
  ) throws(PluginHostError) {
    let (plugin, problems) = Self.read(folder: folder, libraries: libraries, hash: hash)
    guard let plugin else {
      broken.append(Broken(folder: folder, problems: problems))
      return
    }
    if let other = byID[plugin.id] {
      throw PluginHostError(
        code: "plugin_twice",
        message: "plugin \(plugin.id) is in \(other.folder) and in \(folder): remove one of them")
    }
    byID[plugin.id] = plugin
    plugins.append(plugin)
  }

  /// A credential names its kind and not the plugin of it, so a kind has one plugin: the first by
  /// id that declares it.
  private mutating func refuseSharedCredentialKinds() {
    var owners: [String: PluginID] = [:]
    for (index, plugin) in plugins.enumerated() {
      for kind in Set(plugin.manifest.credentials.map(\.kind)).sorted() {
        guard let owner = owners[kind] else {
          owners[kind] = plugin.id
          continue
        }
        let problem = LoadProblem(
          code: "credential_kind_twice",
          message: "plugins \(owner) and \(plugin.id) both declare the credential kind "
            + "\"\(kind)\": rename it in one of them, or remove one")
        plugins[index] = plugins[index].adding(problem)
        byID[plugin.id] = plugins[index]
      }
    }
  }

  /// The kind of the host's own secrets.
  private static let reservedKind = "secret"

  private static func imagePath(
    _ manifest: PluginManifest, _ folder: String, _ problems: inout [LoadProblem]
  ) -> String? {
    guard manifest.kind != .data else { return nil }
    if let file = manifest.library[ELFImage.hostPlatform] { return folder + "/" + file }
    let has = manifest.library.keys.sorted().joined(separator: ", ")
    problems.append(
      LoadProblem(
        code: "other_architecture",
        message: "plugin \(manifest.id) has a library for \(has.isEmpty ? "nothing" : has), this "
          + "host is \(ELFImage.hostPlatform): install a build for it"))
    return nil
  }

  private static func problem(_ finding: Finding, _ path: String) -> LoadProblem {
    LoadProblem(
      code: finding.code, message: finding.text(in: path),
      severity: finding.severity == .error ? .error : .warning)
  }

  // MARK: Folders

  private static func folders(of set: PluginSet) throws(PluginHostError) -> [String] {
    var found: [String] = []
    if let entries = set.entries {
      for entry in entries { found.append(try folder(of: entry, set)) }
    } else if let bundled = set.bundledFolder {
      found += pluginFolders(in: bundled)
    }
    for extra in set.extraFolders {
      guard PluginSet.isFolder(extra) else { throw missing(extra) }
      found += isPlugin(extra) ? [extra] : pluginFolders(in: extra)
    }
    return found
  }

  private static func folder(
    of entry: PluginSet.Entry, _ set: PluginSet
  ) throws(PluginHostError) -> String {
    switch entry {
    case .path(let path):
      guard isPlugin(path) else { throw missing(path) }
      return path
    case .bundled(let id):
      let bundled = set.bundledFolder ?? ""
      guard !id.rawValue.contains("/"), isPlugin("\(bundled)/\(id)") else {
        let known = pluginFolders(in: bundled).compactMap { $0.split(separator: "/").last }
        throw PluginHostError(
          code: "plugin_unknown",
          message: "there is no bundled plugin \"\(id)\""
            + Suggestion.text(for: id.rawValue, among: known.map(String.init)))
      }
      return "\(bundled)/\(id)"
    }
  }

  private static func pluginFolders(in folder: String) -> [String] {
    entries(of: folder).sorted().map { "\(folder)/\($0)" }.filter(isPlugin)
  }

  private static func isPlugin(_ folder: String) -> Bool {
    access(folder + "/plugin.json", F_OK) == 0
  }

  private static func missing(_ folder: String) -> PluginHostError {
    PluginHostError(
      code: "plugin_folder_missing",
      message: "\(folder) is no plugin's folder: it, or the folders in it, need a plugin.json")
  }

  private static func realPath(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }
}
