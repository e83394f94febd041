// SPDX-License-Identifier: Apache-2.0
// One plugin as a project uses it: which build, and whether it may.
import HostServices
import Pipeline
import PluginHost
import Store
import Values

/// The build of a plugin that a project's calls go to.
package struct PluginUse: Sendable {
  package let plugin: InstalledPlugin
  /// What the operator decided; nil where nobody has.
  package let state: PluginState?
  /// Why this build must not be called, beside what is wrong with it.
  package let problem: LoadProblem?

  package var isEnabled: Bool { state?.isEnabled ?? false }
  package var grants: PluginGrants { PluginGrants(value: Host.json(state?.grants)) }

  /// The project's policy, within the grants.
  package var policy: PluginPolicy {
    PluginPolicy(value: Host.json(state?.policy)).within(grants.resources)
  }

  init(
    _ state: PluginState?, current: InstalledPlugin, in catalogue: PluginCatalogue,
    of project: ProjectID
  ) {
    self.state = state
    guard let wanted = state?.hash else {
      (plugin, problem) = (current, nil)
      return
    }
    let builds = catalogue.builds(of: current.id)
    if let found = builds.first(where: { $0.build == wanted }) {
      (plugin, problem) = (found, nil)
      return
    }
    plugin = current
    // Where it is not enabled the build that went is nobody's loss.
    guard state?.isEnabled ?? false else {
      problem = nil
      return
    }
    problem = .hashMismatch(
      current.id, folder: current.folder, found: current.build, expected: wanted,
      wanted: "project \(project) is to use",
      advice: "install that build again, or jackfield plugin upgrade \(current.id) --project "
        + "\(project) takes this one")
  }
}

/// A plugin without a worker.
package struct PluginInside: Sendable, Hashable {
  package let project: ProjectID
  package let plugin: PluginID

  /// What everybody should know of it, in a line.
  package var text: String {
    "plugin \(plugin) of \(project) runs inside of the host (isolation none): nothing confines it, "
      + "and its crash is the host's"
  }
}

extension ProjectDocument {
  /// Whether a plugin's code runs inside of the host, where nothing confines it: as the document
  /// says, and only for what came with the host, whatever a document that is stored says.
  package func runsInside(_ plugin: InstalledPlugin) -> Bool {
    plugin.source == .bundled && plugin.manifest.kind == .action
      && plugins.contains { $0.id == plugin.id && $0.isolation == .none }
  }
}

extension Host {
  /// The plugins that run inside of the host, by project.
  package func pluginsInside() throws(HostError) -> [PluginInside] {
    var all: [PluginInside] = []
    for project in try projectNames() {
      let document = try projectDocument(project)
      for use in try pluginUses(project) where use.isEnabled && document.runsInside(use.plugin) {
        all.append(PluginInside(project: project, plugin: use.plugin.id))
      }
    }
    return all
  }

  /// The build of each plugin that a project uses; of those it has not enabled, the current one.
  package func pluginUses(_ project: ProjectID) throws(HostError) -> [PluginUse] {
    let (catalogue, states) = (catalogue, try pluginStates(project))
    return catalogue.plugins.map {
      PluginUse(states[$0.id], current: $0, in: catalogue, of: project)
    }
  }

  /// - Throws: `HostError`, code `unknown_plugin`.
  package func pluginUse(_ id: String, _ project: ProjectID) throws(HostError) -> PluginUse {
    let current = try installed(id)
    return PluginUse(
      try pluginStates(project)[current.id], current: current, in: catalogue, of: project)
  }

  /// Keeps what was decided about a plugin and hands it to the running parts.
  func keep(
    _ state: PluginState, of plugin: PluginID, in project: ProjectID
  ) throws(HostError) {
    try writing { transaction throws(StoreError) in
      try transaction.pluginStatePut(project, plugin, state)
    }
    try reconfigure(project)
  }
}
