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
    /// Known of what is installed.
    package var id: PluginID?
    package let folder: String
    package let problems: [LoadProblem]
  }

  /// By id, sorted.
  package private(set) var plugins: [InstalledPlugin] = []
  package private(set) var broken: [Broken] = []
  private var byID: [PluginID: InstalledPlugin] = [:]
  /// All builds of what is installed, in the order they were installed.
  private var builds: [PluginID: [InstalledPlugin]] = [:]

  package init() {}

  /// The current build of a plugin.
  package subscript(id: PluginID) -> InstalledPlugin? { byID[id] }

  /// Every build of a plugin; of one that is not installed there is one.
  package func builds(of id: PluginID) -> [InstalledPlugin] {
    builds[id] ?? byID[id].map { [$0] } ?? []
  }

  /// Every build of every plugin, the current ones first.
  package var allBuilds: [InstalledPlugin] {
    plugins + builds.values.flatMap { $0 }.filter { byID[$0.id] !== $0 }.sorted { $0.id < $1.id }
  }

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
    _ set: PluginSet, installed: PluginInstaller? = nil,
    libraries: LibrarySearch = LibrarySearch(), hash: @escaping LoadedImage.HashFunction
  ) throws(PluginHostError) -> PluginCatalogue {
    var catalogue = PluginCatalogue()
    var seen: Set<String> = []
    for (folder, source) in try folders(of: set) where seen.insert(realPath(folder)).inserted {
      try catalogue.add(folder, source, libraries, hash)
    }
    if let installed { try catalogue.addInstalled(installed) }
    catalogue.plugins.sort { $0.id < $1.id }
    catalogue.refuseSharedCredentialKinds()
    return catalogue
  }

  /// What a folder must be according to the lock.
  struct Locked {
    let id: PluginID
    let build: PluginLock.Build
  }

  /// Reads one plugin's folder.
  package static func read(
    folder: String, libraries: LibrarySearch = LibrarySearch(),
    hash: @escaping LoadedImage.HashFunction
  ) -> (plugin: InstalledPlugin?, problems: [LoadProblem]) {
    read(folder: folder, libraries: libraries, source: .listed, locked: nil, hash: hash)
  }

  /// The one way from a folder to a plugin, whatever its source.
  static func read(
    folder: String, libraries: LibrarySearch, source: PluginSource, locked: Locked?,
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
      problems: problems, source: source, lockedHash: locked?.build.expected, hash: hash)
    guard let problem = plugin.lockProblem() else { return (plugin, problems) }
    return (plugin.adding(problem), problems + [problem])
  }

  private mutating func add(
    _ folder: String, _ source: PluginSource, _ libraries: LibrarySearch,
    _ hash: @escaping LoadedImage.HashFunction
  ) throws(PluginHostError) {
    let (plugin, problems) = Self.read(
      folder: folder, libraries: libraries, source: source, locked: nil, hash: hash)
    guard let plugin else {
      broken.append(Broken(folder: folder, problems: problems))
      return
    }
    try add(plugin)
  }

  private mutating func add(_ plugin: InstalledPlugin) throws(PluginHostError) {
    if let other = byID[plugin.id] {
      throw PluginHostError(
        code: "plugin_twice",
        message: "plugin \(plugin.id) is in \(other.folder) and in \(plugin.folder): remove one of "
          + "them")
    }
    byID[plugin.id] = plugin
    plugins.append(plugin)
  }

  /// Takes up what is installed. A lock that cannot be read makes all of it unusable and nothing
  /// else: the host starts, and says so.
  private mutating func addInstalled(_ installer: PluginInstaller) throws(PluginHostError) {
    let lock: PluginLock
    do throws(PluginHostError) { lock = try installer.lock() } catch {
      let problem = LoadProblem(code: error.code, message: error.message)
      broken.append(Broken(folder: installer.folder, problems: [problem]))
      return
    }
    for (id, entry) in lock.plugins.sorted(by: { $0.key < $1.key }) {
      for build in entry.builds {
        let (plugin, problems) = installer.read(id, build)
        guard let plugin, plugin.id == id else {
          broken.append(
            Broken(id: id, folder: installer.place(of: id, build.hash), problems: problems))
          continue
        }
        builds[id, default: []].append(plugin)
        if build.hash == entry.current { try add(plugin) }
      }
    }
  }

  /// The same plugins with what is installed now; objects of builds that were there stay, so that
  /// an image that is loaded is not loaded again.
  package func refreshing(
    _ installer: PluginInstaller
  ) throws(PluginHostError) -> PluginCatalogue {
    var fresh = PluginCatalogue()
    fresh.plugins = plugins.filter { $0.source != .installed }
    fresh.broken = broken.filter { $0.id == nil && $0.folder != installer.folder }
    fresh.byID = Dictionary(uniqueKeysWithValues: fresh.plugins.map { ($0.id, $0) })
    try fresh.addInstalled(installer)
    let known = builds.values.flatMap { $0 }.filter(\.usable)
    fresh.keep(known)
    fresh.plugins.sort { $0.id < $1.id }
    fresh.refuseSharedCredentialKinds()
    return fresh
  }

  private mutating func keep(_ known: [InstalledPlugin]) {
    for (id, list) in builds {
      builds[id] = list.map { build in
        let same = known.first { $0.folder == build.folder && $0.build == build.build }
        return build.usable ? same ?? build : build
      }
      guard let current = byID[id],
        let kept = builds[id]?.first(where: { $0.folder == current.folder })
      else { continue }
      byID[id] = kept
      plugins = plugins.map { $0 === current ? kept : $0 }
    }
  }

  /// The plugins in the order in which a name that several declare is theirs: what came with the
  /// host or its set file before what was installed, then by id.
  package var byPrecedence: [InstalledPlugin] {
    plugins.filter { $0.source != .installed } + plugins.filter { $0.source == .installed }
  }

  /// A credential names its kind and not the plugin of it, so a kind has one plugin: the first that
  /// declares it.
  private mutating func refuseSharedCredentialKinds() {
    var owners: [String: PluginID] = [:]
    for plugin in byPrecedence {
      guard let index = plugins.firstIndex(where: { $0 === plugin }) else { continue }
      for kind in Set(plugin.manifest.credentials.map(\.kind)).sorted() {
        guard let owner = owners[kind] else {
          owners[kind] = plugin.id
          continue
        }
        let problem = LoadProblem(
          code: "credential_kind_twice",
          message: "plugins \(owner) and \(plugin.id) both declare the credential kind "
            + "\"\(kind)\": rename it in one of them, or remove one")
        let before = plugins[index]
        let worse = before.adding(problem)
        builds[plugin.id] = builds[plugin.id]?.map { $0 === before ? worse : $0 }
        plugins[index] = worse
        byID[plugin.id] = worse
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

  private typealias Found = (folder: String, source: PluginSource)

  private static func folders(of set: PluginSet) throws(PluginHostError) -> [Found] {
    var found: [Found] = []
    if let entries = set.entries {
      for entry in entries { found.append(try folder(of: entry, set)) }
    } else if let bundled = set.bundledFolder {
      found += pluginFolders(in: bundled).map { ($0, .bundled) }
    }
    for extra in set.extraFolders {
      guard PluginSet.isFolder(extra) else { throw missing(extra) }
      found += (isPlugin(extra) ? [extra] : pluginFolders(in: extra)).map { ($0, .listed) }
    }
    return found
  }

  private static func folder(
    of entry: PluginSet.Entry, _ set: PluginSet
  ) throws(PluginHostError) -> Found {
    switch entry {
    case .path(let path):
      guard isPlugin(path) else { throw missing(path) }
      return (path, .listed)
    case .bundled(let id):
      let bundled = set.bundledFolder ?? ""
      guard !id.rawValue.contains("/"), isPlugin("\(bundled)/\(id)") else {
        let known = pluginFolders(in: bundled).compactMap { $0.split(separator: "/").last }
        throw PluginHostError(
          code: "plugin_unknown",
          message: "there is no bundled plugin \"\(id)\""
            + Suggestion.text(for: id.rawValue, among: known.map(String.init)))
      }
      return ("\(bundled)/\(id)", .bundled)
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
