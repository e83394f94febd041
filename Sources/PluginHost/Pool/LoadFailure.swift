// SPDX-License-Identifier: Apache-2.0
//
// Why a plugin has no worker.

/// A worker that could not be started or could not load its plugin.
package struct LoadFailure: Error, Sendable, Hashable, CustomStringConvertible {
  /// **Shape** snake_case, stable: the worker's own codes, or `worker_not_spawned`,
  /// `worker_start_timeout`, `worker_died_loading`, `image_unreadable`, `plugin_unusable`,
  /// `host_stopping`.
  package let code: String
  /// What happened and what to do.
  package let message: String

  package init(code: String, message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { message }
}
