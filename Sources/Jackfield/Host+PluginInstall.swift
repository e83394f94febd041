// SPDX-License-Identifier: Apache-2.0
// Plugins that are installed into a data folder and taken out of it.
import HostServices
import Pipeline
import PluginHost
import Store
import Values

/// What an install did.
package struct InstallReport: Sendable {
  package let id: PluginID
  package let version: String
  package let hash: String
  /// Whether these bytes were not there before.
  package let isNew: Bool
  /// Whether they were, and lay there damaged.
  package let isPutBack: Bool
  /// Whether it is the build that a project gets which names none.
  package let isCurrent: Bool
  /// What became of the projects that have the plugin enabled.
  package let moves: [PluginMove]
}

extension Host {
  /// Installs a plugin from its folder, or from its image with the manifest beside it, and moves
  /// the projects that may be moved to it.
  ///
  /// - Throws: `HostError` with the code of the check that failed; nothing was installed then.
  package func installPlugin(from path: String) throws(HostError) -> InstallReport {
    try change { () throws(HostError) -> InstallReport in
      let (installer, before, now) = (installer, catalogue, Host.now())
      let outcome = try Host.hosting { () throws(PluginHostError) in
        try installer.install(from: path, beside: before, nowMS: now)
      }
      try refreshCatalogue()
      let isCurrent = catalogue[outcome.id]?.build == outcome.build.hash
      var moves: [PluginMove] = []
      if outcome.isNew && isCurrent {
        for project in try projectNames() {
          if let move = try follow(outcome.id, in: project) { moves.append(move) }
        }
      }
      try reconfigureAll()
      return InstallReport(
        id: outcome.id, version: outcome.build.version, hash: outcome.build.hash,
        isNew: outcome.isNew, isPutBack: outcome.isPutBack, isCurrent: isCurrent, moves: moves)
    }
  }

  /// Takes an installed plugin out, or the builds of one version of it.
  ///
  /// - Parameter version: a version, or the first letters of a build's hash.
  /// - Returns: the builds that are gone.
  /// - Throws: `HostError`, codes `unknown_plugin`, `unknown_version`, `plugin_bundled`,
  ///   `plugin_enabled`.
  package func removePlugin(
    _ id: String, version: String?
  ) throws(HostError) -> [PluginLock.Build] {
    try change { () throws(HostError) -> [PluginLock.Build] in
      let installer = installer
      let plugin = PluginID(rawValue: id)
      let lock = try Host.hosting { () throws(PluginHostError) in try installer.lock() }
      guard let entry = lock.plugins[plugin] else {
        throw HostError(
          "plugin_bundled",
          "plugin \(try installed(id).id) is not installed, it came with the host or a set file: "
            + "jackfield plugin disable \(id) takes it from a project")
      }
      let builds = entry.builds.filter { version.map($0.isMeant) ?? true }
      guard !builds.isEmpty else {
        throw unknownVersion(version ?? "", of: plugin, entry.builds.map(\.version))
      }
      try refuseUsed(plugin, builds, isWhole: builds.count == entry.builds.count)
      try Host.hosting { () throws(PluginHostError) in try installer.remove(plugin, builds) }
      try refreshCatalogue()
      try reconfigureAll()
      return builds
    }
  }

  func reconfigureAll() throws(HostError) {
    for project in try projectNames() { try reconfigure(project) }
  }

  func unknownVersion(
    _ version: String, of id: PluginID, _ known: [String]
  ) -> HostError {
    HostError(
      "unknown_version",
      "no build \"\(version)\" of plugin \(id) is here, there is "
        + known.joined(separator: ", ") + ": jackfield plugin install PATH adds one")
  }

  private func refuseUsed(
    _ id: PluginID, _ builds: [PluginLock.Build], isWhole: Bool
  ) throws(HostError) {
    for project in try projectNames() {
      guard let state = try pluginStates(project)[id], state.isEnabled else { continue }
      if isWhole {
        throw HostError(
          "plugin_enabled",
          "plugin \(id) is enabled for project \(project): jackfield plugin disable \(id) "
            + "--project \(project), then remove it")
      }
      if builds.contains(where: { $0.hash == state.hash }) {
        throw HostError(
          "plugin_enabled",
          "project \(project) uses this build of plugin \(id): jackfield plugin upgrade \(id) "
            + "--project \(project) takes it to another, then remove this one")
      }
    }
  }
}

extension PluginLock.Build {
  /// Whether a person means this build by a version or the first letters of its hash.
  func isMeant(_ text: String) -> Bool {
    version == text || (text.utf8.count >= 6 && hash.hasPrefix(text))
  }
}

extension InstalledPlugin {
  /// The same of a build that is there.
  func isMeant(_ text: String) -> Bool {
    manifest.version == text || (text.utf8.count >= 6 && build.hasPrefix(text))
  }
}
