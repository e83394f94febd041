// SPDX-License-Identifier: Apache-2.0
//
// One attempt at an action, as the pool is asked for it.

import Pipeline

/// A call of an action.
package struct CallRequest: Sendable {
  /// The caller's number for this submission; unique among those that have not ended.
  package let id: UInt64
  package let project: ProjectID
  package let plugin: InstalledPlugin
  package let action: ActionID
  /// **Shape** JSON, an object, valid against the action's schema.
  package let parameters: [UInt8]
  /// **Shape** JSON, an object: what `jf_call_interface.context` answers.
  package let context: [UInt8]
  /// The idempotency key: the same for every submission of the same attempt, which is how the
  /// pool recognises a call that was collateral before.
  package let key: String
  /// The budget, counted from the moment its frame is sent to a ready worker.
  package let timeout: Duration
  /// **Shape** JSON, an object: the project's settings for the plugin.
  package let settings: [UInt8]
  /// The ids of the host interfaces the project granted.
  package let services: [String]
  /// What its worker may take of the machine.
  package let allowance: WorkerAllowance
  /// Runs in a worker in which no other call runs.
  package let alone: Bool
  /// Runs inside of the host, without a worker: trusted code only.
  package let isInside: Bool

  package init(
    id: UInt64, project: ProjectID, plugin: InstalledPlugin, action: ActionID,
    parameters: [UInt8], context: [UInt8], key: String, timeout: Duration,
    settings: [UInt8] = Array("{}".utf8), services: [String] = [],
    allowance: WorkerAllowance = WorkerAllowance(), alone: Bool = false, isInside: Bool = false
  ) {
    self.isInside = isInside
    self.id = id
    self.project = project
    self.plugin = plugin
    self.action = action
    self.parameters = parameters
    self.context = context
    self.key = key
    self.timeout = timeout
    self.settings = settings
    self.services = services
    self.allowance = allowance
    self.alone = alone
  }
}
