// SPDX-License-Identifier: Apache-2.0
// Plugins switched on and off for a project, and what they may do there.
import Glibc
import HostServices
import Pipeline
import PluginHost
import Store
import Values

/// What a person says with `plugin enable`.
package struct EnableWish: Sendable {
  package var add: [Grant] = []
  package var takeBack: [Grant] = []
  /// A version, or the first letters of a build's hash; the project is held there.
  package var version: String?

  package init() {}
}

extension Host {
  /// Enables a plugin for a project and records what it may do.
  ///
  /// At the first time everything the manifest asks for by name is granted, but paths: hosts,
  /// collections, runs, memory, time, calls at once. Later only what is named here changes, and
  /// what was granted before stays.
  ///
  /// - Throws: `HostError`, codes `unknown_plugin`, `unknown_version`, `unknown_credential`,
  ///   `bad_path`, `not_granted` for a grant that is to be taken back and was not given, `pinned`
  ///   and the other reasons to stay on a build, and those of the plugin's problems.
  package func enablePlugin(
    _ id: String, project name: String, _ wish: EnableWish = EnableWish()
  ) throws(HostError) -> PluginGrants {
    try change { () throws(HostError) -> PluginGrants in
      let project = try self.project(named: name)
      let use = try pluginUse(id, project)
      let (build, held) = try chosen(use, wish.version)
      // One that is in use already goes by the rules of an upgrade.
      if let version = wish.version, use.isEnabled {
        let move = try upgradePlugin(id, project: name, to: .named(version))
        if case .stays(let code, _) = move.verdict { throw HostError(code, move.text) }
      }
      if let stay = try pinned(use, build, project) { throw HostError("pinned", stay.text) }
      if let problem = build.problems.first(where: { $0.severity == .error }) {
        throw HostError(problem.code, "plugin \(id) cannot be enabled: \(problem.message)")
      }
      let before = try pluginStates(project)[build.id]
      var state = before ?? PluginState(isEnabled: false)
      var grants = PluginGrants(value: Host.json(state.grants))
      // One that was only ever disabled has no grants recorded.
      if before?.grants ?? "{}" == "{}" { grants.takeFirst(build.manifest.grants) }
      for grant in wish.add { try add(grant, to: &grants, project) }
      for grant in wish.takeBack where !grants.remove(grant) {
        throw HostError(
          "not_granted", "plugin \(id) is not granted \(grant.text) in project \(project)")
      }
      try refuseOwnFolder(grants)
      state.isEnabled = true
      state.grants = grants.value.json
      if build.source == .installed { state.hash = build.build }
      if let held { state.version = held }
      try keep(state, of: build.id, in: project)
      return grants
    }
  }

  /// Disables a plugin for a project; its grants are kept for the day it is enabled again.
  ///
  /// - Parameter runs: what runs do that come to it; nil leaves that as it was.
  /// - Returns: what they do now.
  package func disablePlugin(
    _ id: String, project name: String, runs: WhenDisabled? = nil
  ) throws(HostError) -> WhenDisabled {
    try change { () throws(HostError) -> WhenDisabled in
      let project = try self.project(named: name)
      let use = try pluginUse(id, project)
      var state = use.state ?? PluginState(isEnabled: false)
      state.isEnabled = false
      if let runs {
        var policy = Host.json(state.policy).asObject ?? [:]
        policy["when_disabled"] = .text(runs.rawValue)
        state.policy = JSONValue.object(policy).json
      }
      try keep(state, of: use.plugin.id, in: project)
      return PluginPolicy(value: Host.json(state.policy)).whenDisabled ?? PolicyHost.whenDisabled
    }
  }

  /// Refuses a path that leads to what only the host may touch.
  func refuseOwnFolder(_ grants: PluginGrants) throws(HostError) {
    let own = realpath(options.dataFolder, nil).map { real in
      defer { free(real) }
      return String(cString: real)
    }
    for path in grants.paths where path.touches(own ?? options.dataFolder) {
      throw HostError(
        "bad_path",
        "\(path.path) holds the data folder \(own ?? options.dataFolder), or is in it, with the "
          + "keys to every secret: name another folder")
    }
  }

  // MARK: private parts

  /// The build to enable: the one that is named, else the one in use, else the current one.
  private func chosen(
    _ use: PluginUse, _ version: String?
  ) throws(HostError) -> (InstalledPlugin, heldAt: String?) {
    guard let version else { return (use.plugin, nil) }
    let builds = catalogue.builds(of: use.plugin.id)
    guard let found = builds.last(where: { $0.isMeant(version) }) else {
      throw unknownVersion(version, of: use.plugin.id, builds.map(\.manifest.version))
    }
    return (found, found.manifest.version)
  }

  private func add(
    _ grant: Grant, to grants: inout PluginGrants, _ project: ProjectID
  ) throws(HostError) {
    grants.add(grant)
    guard case .credential(let name) = grant else { return }
    let known = try reading { transaction throws(StoreError) in
      try transaction.credentialList(project)
    }
    guard let row = known.first(where: { $0.name == name }) else {
      let near = Suggestion.text(for: name.rawValue, among: known.map(\.name.rawValue))
      throw HostError("unknown_credential", "no credential \"\(name)\" in \(project)\(near)")
    }
    // A credential bound to its own server takes the grant for that server with it.
    guard let kind = credentialKinds[row.kind] else { return }
    let bound = kind.boundHosts(
      fields: row.shown, named: row.shown["hosts"]?.asList?.compactMap(\.asText) ?? [])
    for host in bound { grants.add(.host(host.pattern)) }
  }
}

extension PluginGrants {
  /// What enabling a plugin for the first time grants. A path is never granted unnamed: it leads to
  /// files that have nothing to do with the plugin.
  mutating func takeFirst(_ asked: GrantRequest) {
    for grant in asked.named {
      if case .path = grant { continue }
      add(grant)
    }
  }
}
