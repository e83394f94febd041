// SPDX-License-Identifier: Apache-2.0
//
// The lock file: what was installed, with the hashes it must still have.

import Glibc
import Pipeline
import Values

/// The installed builds of each plugin, as `plugins/lock.json` keeps them.
///
/// **Shape** `{format: 1, plugins: {ID: {current: HASH, builds: [{hash, version, platforms:
/// {PLATFORM: HASH}, installed_at_ms, from}]}}}`.
package struct PluginLock: Sendable, Hashable {
  /// One build; `hash` names its folder.
  package struct Build: Sendable, Hashable {
    package let hash: String
    package let version: String
    /// The hash of image and manifest together for each platform that it has an image for; `any`
    /// for a plugin without one.
    package let platforms: [String: String]
    /// **Unit** milliseconds since 1970.
    package let installedAt: Int64
    /// The folder it came from.
    package let from: String

    package init(
      hash: String, version: String, platforms: [String: String], installedAt: Int64, from: String
    ) {
      self.hash = hash
      self.version = version
      self.platforms = platforms
      self.installedAt = installedAt
      self.from = from
    }

    /// What its bytes must hash to on this machine; nil for a build without an image for it.
    package var expected: String? {
      platforms[ELFImage.hostPlatform] ?? platforms[PluginLock.anyPlatform]
    }
  }

  /// The builds of one plugin, in the order they were installed.
  package struct Entry: Sendable, Hashable {
    /// The build that a project gets which names none.
    package var current: String
    package var builds: [Build]

    package func build(_ hash: String) -> Build? { builds.first { $0.hash == hash } }
  }

  package var plugins: [PluginID: Entry] = [:]

  package init() {}

  static let anyPlatform = "any"
  /// More than this was written by nobody's `plugin install`.
  static let mostBytes = 8 << 20

  /// Reads the lock file; without one nothing is installed.
  ///
  /// **Throws** `lock_unreadable`, `lock_invalid`.
  package static func read(_ path: String) throws(PluginHostError) -> PluginLock {
    guard access(path, F_OK) == 0 else { return PluginLock() }
    guard let bytes = readFile(path, limit: mostBytes + 1), bytes.count <= mostBytes else {
      throw PluginHostError(
        code: "lock_unreadable", message: "\(path) cannot be read: \(systemText(errno)); \(advice)")
    }
    guard let value = try? JSONValue(parsing: bytes), let lock = PluginLock(value) else {
      throw PluginHostError(
        code: "lock_invalid", message: "\(path) is no lock file of this version: \(advice)")
    }
    return lock
  }

  private static let advice =
    "restore it from a backup, or move it away and install the plugins again"

  /// Puts the lock in the place of the one before, whole and on disk.
  ///
  /// **Throws** `folder_unwritable`, `disk_full`.
  package func write(_ path: String) throws(PluginHostError) {
    let fresh = path + ".new"
    unlink(fresh)
    try FolderWriting.write(Array((value.prettyJSON + "\n").utf8), to: fresh, mode: 0o600)
    guard rename(fresh, path) == 0 else { throw FolderWriting.cannot("write", path, errno) }
    try FolderWriting.sync(path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ".")
  }
}

extension PluginLock {
  private init?(_ value: JSONValue) {
    guard value["format"] == 1, let plugins = value["plugins"]?.asObject else { return nil }
    for (id, entry) in plugins {
      guard DocumentName.isPluginID(id), let current = entry["current"]?.asText,
        let list = entry["builds"]?.asList
      else { return nil }
      let builds = list.compactMap(Build.init)
      guard builds.count == list.count, builds.contains(where: { $0.hash == current }) else {
        return nil
      }
      self.plugins[PluginID(id)] = Entry(current: current, builds: builds)
    }
  }

  private var value: JSONValue {
    var entries = JSONObject()
    for (id, entry) in plugins.sorted(by: { $0.key < $1.key }) {
      entries[id.rawValue] = [
        "current": .text(entry.current), "builds": .list(entry.builds.map(\.value)),
      ]
    }
    return ["format": 1, "plugins": .object(entries)]
  }
}

extension PluginLock.Build {
  fileprivate init?(_ value: JSONValue) {
    guard let hash = value["hash"]?.asText, let version = value["version"]?.asText,
      let platforms = value["platforms"]?.asObject, let at = value["installed_at_ms"]?.asInteger
    else { return nil }
    // It becomes a folder's name.
    let isName = { (text: String) in
      !text.isEmpty && text.utf8.count <= 128
        && text.utf8.allSatisfy { (48...57).contains($0) || (97...122).contains($0) }
    }
    var hashes: [String: String] = [:]
    for (platform, text) in platforms {
      guard let text = text.asText, isName(text) else { return nil }
      hashes[platform] = text
    }
    guard isName(hash), !hashes.isEmpty else { return nil }
    self.init(
      hash: hash, version: version, platforms: hashes, installedAt: at,
      from: value["from"]?.asText ?? "")
  }

  fileprivate var value: JSONValue {
    var hashes = JSONObject()
    for (platform, hash) in platforms.sorted(by: { $0.key < $1.key }) {
      hashes[platform] = .text(hash)
    }
    return [
      "hash": .text(hash), "version": .text(version), "platforms": .object(hashes),
      "installed_at_ms": .integer(installedAt), "from": .text(from),
    ]
  }
}
