// SPDX-License-Identifier: Apache-2.0
// What an operator decided about a plugin in a project.

/// One plugin's switch and documents in one project.
package struct PluginState: Sendable, Hashable {
  package var isEnabled: Bool
  /// The version it is held at: no install moves the project away from it.
  package var version: String?
  /// The build in use, where there are several to choose from or one is pinned.
  package var hash: String?
  /// **Shape** JSON text, as are `policy` and `settings`
  package var grants: String
  package var policy: String
  package var settings: String

  package init(
    isEnabled: Bool, version: String? = nil, hash: String? = nil, grants: String = "{}",
    policy: String = "{}", settings: String = "{}"
  ) {
    self.isEnabled = isEnabled
    self.version = version
    self.hash = hash
    self.grants = grants
    self.policy = policy
    self.settings = settings
  }
}
