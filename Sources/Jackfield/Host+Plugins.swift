// SPDX-License-Identifier: Apache-2.0
// Plugins and actions: what there is, and with which policy.
import HostServices
import Pipeline
import PluginHost
import Store
import Values

/// One plugin as a list shows it.
package struct PluginSummary: Sendable {
  /// The build the project uses.
  package let use: PluginUse
  /// Why the project is not on the current build.
  package let waiting: PluginMove?
  /// Every build there is, in the order they were installed.
  package let builds: [InstalledPlugin]
  /// The projects that have it enabled.
  package let enabledFor: [ProjectID]
  /// Whether its code runs inside of the host.
  package let isInside: Bool
  /// Whether all its calls in the project are written down.
  package let isRecorded: Bool

  package var manifest: PluginManifest { use.plugin.manifest }
  package var isEnabled: Bool { use.isEnabled }
  package var grants: PluginGrants { use.grants }
  package var problems: [LoadProblem] { use.plugin.problems + (use.problem.map { [$0] } ?? []) }
  /// What it asks for by name and has not been granted; nothing for one that is not enabled.
  package var missing: [Grant] { isEnabled ? grants.missing(of: manifest.grants) : [] }
}

extension Host {
  package func pluginSummaries(project: String) throws(HostError) -> [PluginSummary] {
    let project = try self.project(named: project)
    let enabled = try enabledProjects()
    var list: [PluginSummary] = []
    for use in try pluginUses(project) { list.append(try summary(use, project, enabled)) }
    return list
  }

  /// - Throws: `HostError`, code `unknown_plugin`.
  package func pluginSummary(_ id: String, project: String) throws(HostError) -> PluginSummary {
    let project = try self.project(named: project)
    return try summary(try pluginUse(id, project), project, try enabledProjects())
  }

  /// What lies in a plugin's place and cannot be read, so that it has no manifest to show.
  package var brokenPlugins: [PluginCatalogue.Broken] { catalogue.broken }

  /// The policy in force for each action of a plugin in a project.
  package func policies(
    of id: String, project: String
  ) throws(HostError) -> [(action: ActionManifest, policy: PolicyResolution)] {
    let use = try pluginUse(id, try self.project(named: project))
    return use.plugin.manifest.actions.map { action in
      (action, PolicyResolution(component: nil, project: use.policy, manifest: action))
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
      if let broken = catalogue.broken.first(where: { $0.id?.rawValue == id }) {
        let reason = broken.problems.first?.message ?? "its folder is another plugin's"
        throw HostError(
          broken.problems.first?.code ?? "plugin_unusable",
          "plugin \(id) in \(broken.folder) cannot be used: \(reason); install it again")
      }
      let near = Suggestion.text(
        for: id, among: catalogue.plugins.map(\.id.rawValue))
      throw HostError("unknown_plugin", "no plugin \"\(id)\" on this host\(near)")
    }
    return plugin
  }

  private func summary(
    _ use: PluginUse, _ project: ProjectID, _ enabled: [PluginID: [ProjectID]]
  ) throws(HostError) -> PluginSummary {
    PluginSummary(
      use: use, waiting: try waiting(use, project), builds: catalogue.builds(of: use.plugin.id),
      enabledFor: enabled[use.plugin.id] ?? [],
      isInside: try projectDocument(project).runsInside(use.plugin),
      isRecorded: try pluginsRecorded(project).contains(use.plugin.id))
  }

  private func enabledProjects() throws(HostError) -> [PluginID: [ProjectID]] {
    var enabled: [PluginID: [ProjectID]] = [:]
    for project in try projectNames() {
      for (plugin, state) in try pluginStates(project) where state.isEnabled {
        enabled[plugin, default: []].append(project)
      }
    }
    return enabled
  }
}
