// SPDX-License-Identifier: Apache-2.0
// Plugins and actions: what there is, what a project may do with it, with which policy.
import HostServices
import Pipeline
import PluginHost
import Store
import Values

extension Host {
  /// One plugin as a list shows it.
  package struct PluginSummary: Sendable {
    package let manifest: PluginManifest
    package let isEnabled: Bool
    package let problems: [LoadProblem]
    package let grants: PluginGrants
    package let hash: String
  }

  package func pluginSummaries(project: String) throws(HostError) -> [PluginSummary] {
    let states = try pluginStates(try self.project(named: project))
    return catalogue.plugins.map { summary($0, states[$0.id]) }
  }

  /// - Throws: `HostError`, code `unknown_plugin`.
  package func pluginSummary(_ id: String, project: String) throws(HostError) -> PluginSummary {
    let plugin = try installed(id)
    return summary(plugin, try pluginStates(try self.project(named: project))[plugin.manifest.id])
  }

  /// The policy in force for each action of a plugin in a project.
  package func policies(
    of id: String, project: String
  ) throws(HostError) -> [(action: ActionManifest, policy: PolicyResolution)] {
    let plugin = try installed(id)
    let state = try pluginStates(try self.project(named: project))[plugin.manifest.id]
    let own = PluginPolicy(value: Host.json(state?.policy))
    return plugin.manifest.actions.map { action in
      (action, PolicyResolution(component: nil, project: own, manifest: action))
    }
  }

  /// Enables a plugin for a project and records what it may do.
  ///
  /// Collections and runs the manifest asks for are granted; hosts it names too; hosts it leaves
  /// to the operator and credentials are granted only as listed here, and `runs` to a plugin that
  /// does not ask for them. What was granted before stays.
  package func enablePlugin(
    _ id: String, project name: String, hosts: [String], credentials: [String],
    runs: Bool = false
  ) throws(HostError) -> PluginGrants {
    try change { () throws(HostError) -> PluginGrants in
      let plugin = try installed(id)
      let project = try self.project(named: name)
      if let problem = plugin.problems.first(where: { $0.severity == .error }) {
        throw HostError(problem.code, "plugin \(id) cannot be enabled: \(problem.message)")
      }
      var state = try pluginStates(project)[plugin.manifest.id] ?? PluginState(isEnabled: false)
      var grants = PluginGrants(value: Host.json(state.grants))
      let asked = plugin.manifest.grants
      // The manifest's own hosts are part of what enabling says yes to; "*" is the operator's.
      for host in asked.hosts.filter({ $0 != "*" && !$0.contains("{") }) + hosts
      where !grants.hosts.contains(host) {
        grants.hosts.append(host)
      }
      let known = try reading { transaction throws(StoreError) in
        try transaction.credentialList(project)
      }
      for name in credentials {
        guard let row = known.first(where: { $0.name.rawValue == name }) else {
          let near = Suggestion.text(for: name, among: known.map(\.name.rawValue))
          throw HostError("unknown_credential", "no credential \"\(name)\" in \(project)\(near)")
        }
        grants.credentials.insert(row.name)
        // A credential bound to its own server takes the grant for that server with it.
        if let kind = credentialKinds[row.kind] {
          let bound = CredentialKind.boundHosts(
            of: kind, fields: row.shown, named: row.shown["hosts"]?.asList?.compactMap(\.asText) ?? [])
          for host in bound where !grants.hosts.contains(host) { grants.hosts.append(host) }
        }
      }
      grants.readCollections.formUnion(asked.readCollections)
      grants.writeCollections.formUnion(asked.writeCollections)
      if asked.runs || runs { grants.runs = true }
      state.isEnabled = true
      state.grants = grants.value.json
      let (pluginID, stored) = (plugin.manifest.id, state)
      try writing { transaction throws(StoreError) in
        try transaction.pluginStatePut(project, pluginID, stored)
      }
      try reconfigure(project)
      return grants
    }
  }

  /// Disables a plugin for a project; its grants are kept for the day it is enabled again.
  package func disablePlugin(_ id: String, project name: String) throws(HostError) {
    try change { () throws(HostError) -> Void in
      let plugin = try installed(id)
      let project = try self.project(named: name)
      var state = try pluginStates(project)[plugin.manifest.id] ?? PluginState(isEnabled: false)
      state.isEnabled = false
      let (pluginID, stored) = (plugin.manifest.id, state)
      try writing { transaction throws(StoreError) in
        try transaction.pluginStatePut(project, pluginID, stored)
      }
      try reconfigure(project)
    }
  }

  /// Every action of every plugin, by id.
  package func actions() -> [ActionManifest] {
    catalogue.plugins.flatMap(\.manifest.actions).sorted { $0.id < $1.id }
  }

  /// An action by id, or by the title the reference product knows it by.
  ///
  /// - Throws: `HostError`, code `unknown_action`.
  package func action(_ name: String) throws(HostError) -> ActionManifest {
    let all = actions()
    if let found = all.first(where: { $0.id.rawValue == name }) { return found }
    let titled = all.filter { $0.title.lowercased() == name.lowercased() }
    if titled.count == 1 { return titled[0] }
    if titled.count > 1 {
      throw HostError(
        "ambiguous_action",
        "\"\(name)\" is the title of " + titled.map(\.id.rawValue).joined(separator: " and "))
    }
    let near = Suggestion.text(for: name, among: all.map(\.id.rawValue))
    throw HostError("unknown_action", "no action \"\(name)\"\(near)")
  }

  package func installed(_ id: String) throws(HostError) -> InstalledPlugin {
    guard let plugin = catalogue[PluginID(rawValue: id)] else {
      let near = Suggestion.text(
        for: id, among: catalogue.plugins.map(\.id.rawValue))
      throw HostError("unknown_plugin", "no plugin \"\(id)\" on this host\(near)")
    }
    return plugin
  }

  private func summary(_ plugin: InstalledPlugin, _ state: PluginState?) -> PluginSummary {
    PluginSummary(
      manifest: plugin.manifest, isEnabled: state?.isEnabled ?? false, problems: plugin.problems,
      grants: PluginGrants(value: Host.json(state?.grants)), hash: plugin.hash)
  }
}
