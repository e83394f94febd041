// SPDX-License-Identifier: Apache-2.0
//
// Which calls may share a worker.

import Pipeline

/// Calls of the same key share a worker. Changed settings, grants or a new build make a new key;
/// the old worker ends when it has been idle.
struct LaneKey: Hashable {
  let project: ProjectID
  let plugin: PluginID
  let hash: String
  let settings: [UInt8]
  let services: [String]
  let allowance: WorkerAllowance
  /// The worker in which suspects run one at a time.
  let isAlone: Bool

  /// What the pauses after failed starts are counted by.
  var build: StartBackOff.Build {
    StartBackOff.Build(
      project: project, plugin: plugin, hash: hash, settings: settings, allowance: allowance)
  }

  /// Whom its calls are counted for.
  var health: PluginHealthKey { PluginHealthKey(project, plugin) }

  init(_ request: CallRequest, isAlone: Bool) {
    project = request.project
    plugin = request.plugin.id
    hash = request.plugin.hash
    settings = request.settings
    services = request.services
    allowance = request.allowance
    self.isAlone = isAlone
  }
}
