// SPDX-License-Identifier: Apache-2.0
// What the engine must know of a project to decide, and its own bounds.
import Pipeline
import Values

/// The rules of one project: for each action what its manifest and the operator say of it.
package struct ProjectRules: Sendable {
  private let actions: [ActionID: PolicyInputs]

  package init(actions: [ActionID: PolicyInputs] = [:]) {
    self.actions = actions
  }

  /// What decides about an action; one that no plugin of this host offers is refused.
  func inputs(for action: ActionID) -> PolicyInputs {
    actions[action]
      ?? PolicyInputs(
        manifest: nil,
        refusal: ActionFailure(
          .denied, code: "action_not_installed",
          message: "no plugin of this host offers \(action): install plugin \(action.plugin)"))
  }
}

/// The engine's own bounds, each with its reason.
package struct EngineLimits: Sendable {
  /// Runs worked on at once. A run is some kilobytes and its event; more wait on disk.
  package var liveRuns = 2_048
  /// Runs read back in one page.
  package var claimPage = 256
  /// A call that was collateral this often is charged: it may be the cause after all.
  package var collaterals = 3
  /// A call that lost this many races at commit ends with `conflict`.
  package var lostRaces = 10
  /// How long a recording waits after the disk refused it, in nanoseconds.
  package var stallRetry: UInt64 = 1_000_000_000

  package init() {}
}
