// SPDX-License-Identifier: Apache-2.0
// What a connector is checked against.

import Calendar
import Values

/// The project and the catalogue as a check sees them.
package struct CheckContext: Sendable {
  package var project: ProjectID
  /// The actions of every known plugin, enabled or not.
  package var actions: [ActionID: ActionManifest]
  package var knownPlugins: Set<PluginID>
  package var enabledPlugins: Set<PluginID>
  /// The names of the project's credentials.
  package var credentials: Set<CredentialName>
  /// The collections that some plugin declares.
  package var collections: Set<String>
  /// What the project grants each plugin; a plugin that is not listed has no grants to check.
  package var grants: [PluginID: ProjectGrants]
  package var policies: [PluginID: PluginPolicy]
  /// The project's zone.
  package var zone: Zone
  /// The zones that documents may name.
  package var zones: ZoneSource
  /// The project's connectors; nil: not looked at.
  package var connectors: [ConnectorName: TriggerKind]?
  /// Where the project's other connectors route to, as far as it is written out.
  package var routes: [ConnectorName: Set<ConnectorName>] = [:]
  /// What those of them take that say so.
  package var accepting: [ConnectorName: RoutedTrigger] = [:]
  /// The attributes of the project's contacts; nil: not looked at.
  package var attributes: Set<String>?
  /// The project's channels with their kinds; nil: not looked at.
  package var channels: [String: String]?
  /// Where alerts go that name no channel.
  package var alertChannel: String?
  package var constants = JSONObject()

  package init(
    project: ProjectID, actions: [ActionID: ActionManifest] = [:],
    knownPlugins: Set<PluginID> = [], enabledPlugins: Set<PluginID> = [],
    credentials: Set<CredentialName> = [], collections: Set<String> = [],
    grants: [PluginID: ProjectGrants] = [:], policies: [PluginID: PluginPolicy] = [:],
    zone: Zone = .utc, zones: ZoneSource = .fixedOffsets
  ) {
    self.project = project
    self.actions = actions
    self.knownPlugins = knownPlugins
    self.enabledPlugins = enabledPlugins
    self.credentials = credentials
    self.collections = collections
    self.grants = grants
    self.policies = policies
    self.zone = zone
    self.zones = zones
  }

  /// From the catalogue's manifests and a project's document.
  package init(
    manifests: [PluginManifest], project: ProjectDocument, credentials: Set<CredentialName>,
    zones: ZoneSource = .fixedOffsets
  ) {
    self.init(
      project: project.name, credentials: credentials, zone: project.zone(in: zones) ?? .utc,
      zones: zones)
    for manifest in manifests {
      knownPlugins.insert(manifest.id)
      for action in manifest.actions { actions[action.id] = action }
      collections.formUnion(manifest.collections.map(\.name))
    }
    for plugin in project.plugins {
      if plugin.isEnabled { enabledPlugins.insert(plugin.id) }
      grants[plugin.id] = plugin.grants
      policies[plugin.id] = plugin.policy
    }
    take(project)
  }

  /// Takes over what a project's document says about its channels and constants.
  package mutating func take(_ project: ProjectDocument) {
    constants = project.constants
    alertChannel = project.alertChannel
    channels = Dictionary(project.channels.map { ($0.name, $0.kind) }) { first, _ in first }
  }
}
