// SPDX-License-Identifier: Apache-2.0
// The component that calls a plugin.

/// An action with its parameters and what the connector says about its policy.
///
/// **Source** spec/formats.md 1.9.
package struct ActionComponent: Sendable, Hashable {
  package var id: ComponentID
  package var title: String?
  package var use: ActionID
  package var with: TemplateTree
  package var save: String?
  /// Runs only if it holds; else the action is skipped.
  package var condition: ConditionTree<Condition>?
  package var timeout: Duration?
  package var retry: RetryPolicy?
  package var onLimit: OnLimit?
  package var onUnknown: OnUnknown = .fail
  package var fallback: Fallback?
  package var alert: ActionAlert?

  package init(id: ComponentID, use: ActionID, with: TemplateTree) {
    self.id = id
    self.use = use
    self.with = with
  }

  /// This action and those its fallbacks may call, outer ones first.
  package var withFallbacks: [ActionComponent] {
    [self] + (fallback?.actions.flatMap(\.withFallbacks) ?? [])
  }
}

/// Whom a failed action tells.
package struct ActionAlert: Sendable, Hashable {
  /// Mail addresses, at most ten.
  package var to: [String]
  /// A mail channel of the project; nil is the project's own alert channel.
  package var channel: String?
  /// At most one alert in this time.
  package var every: Duration = .seconds(3_600)

  package init(to: [String]) { self.to = to }
}
