// SPDX-License-Identifier: Apache-2.0
// What deciding about one action needs from outside the run.

/// An action's manifest, its plugin's policy in the project, and whether it can be called.
package struct PolicyInputs: Sendable {
  @Boxed package var manifest: ActionManifest?
  @Boxed package var project: PluginPolicy?
  /// The paces of the project's channels, for an action that keeps one.
  @Boxed package var paces: ChannelPaces?
  /// Why the action cannot be called at all, such as its plugin being disabled.
  @Boxed package var refusal: ActionFailure?

  package init(
    manifest: ActionManifest?, project: PluginPolicy? = nil, paces: ChannelPaces? = nil,
    refusal: ActionFailure? = nil
  ) {
    self.manifest = manifest
    self.project = project
    self.paces = paces
    self.refusal = refusal
  }
}
