// SPDX-License-Identifier: Apache-2.0
// What the engine must know of a project to decide.
import Pipeline
import Values

/// The rules of one project: for each action what its manifest and the operator say of it.
package struct ProjectRules: Sendable {
  let actions: [ActionID: PolicyInputs]
  private let allowed: Set<ActionID>
  /// Whether a person holds the project's runs where they are.
  package let isPaused: Bool

  package init(actions: [ActionID: PolicyInputs] = [:], isPaused: Bool = false) {
    self.actions = actions
    self.isPaused = isPaused
    let called = actions.lazy.filter { !isPaused && $0.value.refusal == nil }
    allowed = Set(called.map(\.key))
  }

  /// What decides about an action; one that no plugin of this host offers is refused.
  package func inputs(for action: ActionID) -> PolicyInputs {
    actions[action]
      ?? PolicyInputs(
        manifest: nil,
        refusal: ActionFailure(
          .denied, code: "action_not_installed",
          message: "no plugin of this host offers \(action): install plugin \(action.plugin)"))
  }

  /// Whether an action can be called now.
  func allows(_ action: ActionID) -> Bool { allowed.contains(action) }

  /// Why an action cannot be called now; nil when it can.
  func refusal(of action: ActionID) -> ActionFailure? { inputs(for: action).refusal }
}
