// SPDX-License-Identifier: Apache-2.0
//
// Puts plugins into a data folder and takes them out.

import Glibc
import Pipeline
import Values

/// The installed plugins of a data folder: `plugins/<id>/<hash>/` and `plugins/lock.json`.
///
/// The owner of the data folder is the only one who changes them.
package struct PluginInstaller: Sendable {
  /// `DATA/plugins`.
  package let folder: String
  private let hash: LoadedImage.HashFunction
  private let libraries: LibrarySearch

  package init(
    dataFolder: String, libraries: LibrarySearch = LibrarySearch(),
    hash: @escaping LoadedImage.HashFunction
  ) {
    folder = dataFolder + "/plugins"
    self.libraries = libraries
    self.hash = hash
  }

  package var lockPath: String { folder + "/lock.json" }

  /// **Throws** `lock_unreadable`, `lock_invalid`.
  package func lock() throws(PluginHostError) -> PluginLock { try PluginLock.read(lockPath) }

  /// What an install came to.
  package struct Outcome: Sendable {
    package let id: PluginID
    package let build: PluginLock.Build
    /// Whether these bytes were not installed before.
    package let isNew: Bool
    /// Whether they were, and lay there damaged.
    package let isPutBack: Bool
    /// The current build before; nil for a plugin's first.
    package let before: String?
  }

  /// Copies a plugin in and locks its hashes. Nothing of it runs.
  ///
  /// - Parameters:
  ///   - path: its folder, or its image with the manifest beside it.
  ///   - catalogue: the plugins it has to get along with.
  /// **Throws** the code of the check that failed; `id_reserved`, `plugin_twice`, `kind_refused`,
  /// `credential_kind_twice`, `collection_twice`, `disk_full`, `folder_unwritable`.
  package func install(
    from path: String, beside catalogue: PluginCatalogue, nowMS: Int64
  ) throws(PluginHostError) -> Outcome {
    var lock = try lock()
    let parcel = try PluginParcel(path, libraries: libraries, hash: hash)
    let id = parcel.manifest.id
    try catalogue.checkRoom(for: parcel.manifest)
    try FolderWriting.makeFolder(folder)
    let incoming = "\(folder)/.incoming-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    sweep()
    try FolderWriting.makeFolder(incoming)
    defer { FolderWriting.remove(incoming) }
    let platforms = try copy(parcel, to: incoming)
    guard let own = platforms[ELFImage.hostPlatform] ?? platforms[PluginLock.anyPlatform] else {
      preconditionFailure("the parcel's check lets nothing through that has no image for this host")
    }
    let before = lock.plugins[id]
    if let known = before?.build(own), known.platforms == platforms, isSound(id, known) {
      return Outcome(
        id: id, build: known, isNew: false, isPutBack: false, before: before?.current)
    }
    let build = PluginLock.Build(
      hash: own, version: parcel.manifest.version, platforms: platforms, installedAt: nowMS,
      from: parcel.folder)
    try place(incoming, as: id, build)
    // Looked at again where it lies: what was copied need not be what was checked.
    if let problem = read(id, build).problems.first(where: { $0.severity == .error }) {
      FolderWriting.remove(place(of: id, build.hash))
      throw PluginHostError(
        code: problem.code,
        message: "\(parcel.folder) changed while it was copied: \(problem.message)")
    }
    lock.add(build, to: id)
    try lock.write(lockPath)
    let isNew = before?.build(own) == nil
    return Outcome(
      id: id, build: build, isNew: isNew, isPutBack: !isNew, before: before?.current)
  }

  /// Takes builds out: of the lock first, so that a folder that is half gone is nobody's.
  package func remove(_ id: PluginID, _ builds: [PluginLock.Build]) throws(PluginHostError) {
    var lock = try lock()
    lock.remove(builds, of: id)
    try lock.write(lockPath)
    for build in builds { FolderWriting.remove(place(of: id, build.hash)) }
    rmdir("\(folder)/\(id)")
  }

  /// Reads an installed build and compares its bytes with the lock.
  package func read(
    _ id: PluginID, _ build: PluginLock.Build
  ) -> (plugin: InstalledPlugin?, problems: [LoadProblem]) {
    PluginCatalogue.read(
      folder: place(of: id, build.hash), libraries: libraries, source: .installed,
      locked: PluginCatalogue.Locked(id: id, build: build), hash: hash)
  }

  /// Where a build lies.
  package func place(of id: PluginID, _ hash: String) -> String { "\(folder)/\(id)/\(hash)" }

  // MARK: private parts

  /// Copies the files and hashes each image with the manifest, from the bytes that were written.
  private func copy(
    _ parcel: PluginParcel, to incoming: String
  ) throws(PluginHostError) -> [String: String] {
    let manifest = try parcel.read("plugin.json")
    var platforms: [String: String] = [:]
    if parcel.manifest.library.isEmpty {
      platforms[PluginLock.anyPlatform] = hash(LoadedImage.hashed(image: [], manifest: manifest))
    }
    for name in parcel.files {
      let bytes = name == "plugin.json" ? manifest : try parcel.read(name)
      try FolderWriting.write(bytes, to: "\(incoming)/\(name)", mode: 0o400)
      for (platform, library) in parcel.manifest.library where library == name {
        platforms[platform] = hash(LoadedImage.hashed(image: bytes, manifest: manifest))
      }
    }
    try FolderWriting.sync(incoming)
    return platforms
  }

  /// Whether a build lies there as it was locked.
  private func isSound(_ id: PluginID, _ build: PluginLock.Build) -> Bool {
    read(id, build).problems.allSatisfy { $0.severity != .error }
  }

  /// Puts the copied folder in its place; what lies there without a lock, or damaged, goes.
  private func place(
    _ incoming: String, as id: PluginID, _ build: PluginLock.Build
  ) throws(PluginHostError) {
    let target = place(of: id, build.hash)
    try FolderWriting.makeFolder("\(folder)/\(id)")
    FolderWriting.remove(target)
    guard rename(incoming, target) == 0 else {
      throw FolderWriting.cannot("make", target, errno)
    }
    try FolderWriting.sync("\(folder)/\(id)")
    try FolderWriting.sync(folder)
  }

  /// Removes what installs that were cut off left behind.
  private func sweep() {
    for name in entries(of: folder) where name.hasPrefix(".incoming-") {
      FolderWriting.remove("\(folder)/\(name)")
    }
  }
}

extension PluginLock {
  /// Adds a build; it becomes the current one unless a newer version is.
  fileprivate mutating func add(_ build: Build, to id: PluginID) {
    var entry = plugins[id] ?? Entry(current: build.hash, builds: [])
    // One that is put back keeps its place: a rollback goes to the one before.
    if let index = entry.builds.firstIndex(where: { $0.hash == build.hash }) {
      entry.builds[index] = build
    } else {
      entry.builds.append(build)
    }
    let newest = entry.build(entry.current)
    if newest == nil || !PluginManifest.isVersion(build.version, below: newest?.version ?? "") {
      entry.current = build.hash
    }
    plugins[id] = entry
  }

  fileprivate mutating func remove(_ builds: [Build], of id: PluginID) {
    guard var entry = plugins[id] else { return }
    entry.builds.removeAll { build in builds.contains { $0.hash == build.hash } }
    guard let last = entry.builds.last else {
      plugins[id] = nil
      return
    }
    if entry.build(entry.current) == nil {
      let newest = entry.builds.reduce(last) { best, build in
        PluginManifest.isVersion(best.version, below: build.version) ? build : best
      }
      entry.current = newest.hash
    }
    plugins[id] = entry
  }
}
