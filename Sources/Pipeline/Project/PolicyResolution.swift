// SPDX-License-Identifier: Apache-2.0
// Which timeout and fallback are in force, and where each comes from.

/// Where a policy's value comes from, the strongest first.
package enum PolicyOrigin: String, Sendable, Hashable, CaseIterable {
  case action, project, manifest, host
}

/// What holds where nobody says otherwise.
package enum PolicyHost {
  /// spec/engine.md, Action.
  package static let timeout: Duration = .seconds(60)
  package static let timeoutMax: Duration = .seconds(60)
  package static let fallback: Fallback = .stop
}

/// A policy's value with its origin.
package struct PolicyValue<Value: Sendable & Hashable>: Sendable, Hashable {
  package var value: Value
  package var origin: PolicyOrigin

  package init(_ value: Value, _ origin: PolicyOrigin) {
    self.value = value
    self.origin = origin
  }
}

/// The policy in force for one action: the action in the connector, else the plugin's policy in
/// the project, else the manifest's declared default, else the host's.
package struct PolicyResolution: Sendable, Hashable {
  /// At most `timeoutMax`.
  package var timeout: PolicyValue<Duration>
  package var timeoutMax: PolicyValue<Duration>
  package var fallback: PolicyValue<Fallback>
  /// The timeout that was asked for, where the ceiling cut it.
  package var cutTimeout: Duration?

  package init(component: ActionComponent?, project: PluginPolicy?, manifest: ActionManifest?) {
    timeoutMax =
      project?.timeoutMax.map { PolicyValue($0, .project) }
      ?? PolicyValue(PolicyHost.timeoutMax, .host)
    timeout =
      component?.timeout.map { PolicyValue($0, .action) }
      ?? project?.timeout.map { PolicyValue($0, .project) }
      ?? manifest?.timeout.map { PolicyValue($0, .manifest) }
      ?? PolicyValue(PolicyHost.timeout, .host)
    fallback =
      component?.fallback.map { PolicyValue($0, .action) }
      ?? project?.fallback.map { PolicyValue($0, .project) }
      ?? manifest?.fallback.map { PolicyValue($0, .manifest) }
      ?? PolicyValue(PolicyHost.fallback, .host)
    if timeout.value > timeoutMax.value {
      cutTimeout = timeout.value
      timeout = PolicyValue(timeoutMax.value, timeout.origin)
    }
  }
}

/// What deciding about one action needs from outside the run.
package struct PolicyInputs: Sendable {
  package var manifest: ActionManifest?
  package var project: PluginPolicy?
  /// Why the action cannot be called at all, such as its plugin being disabled.
  package var refusal: ActionFailure?

  package init(
    manifest: ActionManifest?, project: PluginPolicy? = nil, refusal: ActionFailure? = nil
  ) {
    self.manifest = manifest
    self.project = project
    self.refusal = refusal
  }
}
