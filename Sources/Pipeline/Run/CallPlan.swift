// SPDX-License-Identifier: Apache-2.0
// One call a run wants to make.

import Calendar
import Values

/// A call with everything decided but when: the engine turns it into attempts.
package struct CallPlan: Sendable, Hashable {
  package var step: StepID
  package var component: ComponentID
  package var action: ActionID
  /// Rendered, coerced, valid against the action's schema.
  package var parameters: JSONValue
  /// After narrowing by the parameters.
  package var effect: SideEffect
  /// What the document, the project, the manifest and the host say about it, in force.
  package var policy: CallPolicy
  package var onUnknown: OnUnknown
  @Boxed package var alert: ActionAlert?
  package var save: String?
  /// The result's member that holds the run's contact from here on.
  package var setsContact: String?
  /// The credential it names.
  package var credential: CredentialName?
  /// The channel whose pace it keeps.
  @Boxed package var pace: ChannelPace?
  /// Calls that share a part run one at a time.
  package var serialKeys: [SerialKeyPart]
  /// The rules that led to this fallback's action, the outermost first; empty for an action itself.
  package var path: [Int]
  /// Unique among the calls of the run, and the same whenever this one is asked for again: with
  /// the run it makes the idempotency key.
  ///
  /// **Shape** `step-component`, then `-element` in a loop, `-f` and the path in a fallback, `-r`
  /// and a number after a retry by a person.
  package var place: String
  /// The attempts that are in the journal already.
  package var earlier: EarlierAttempts?
  /// Set when the plugin is disabled and the policy is to wait until it is not.
  @Boxed package var refusal: ActionFailure?
  /// Values that were missing, formatters that gave nothing: for the run view.
  package var notes: [String]
}

extension CallPlan {
  package var timeout: Duration { policy.timeout }
  package var fallback: Fallback { policy.fallback }
  package var retry: ResolvedRetry { policy.retry }
  package var rate: RatePolicy? { policy.rate }
  package var onLimit: OnLimit { policy.onLimit }
  package var concurrency: Int? { policy.concurrency }
  package var breaker: BreakerPolicy { policy.breaker }
  package var whenDisabled: WhenDisabled { policy.whenDisabled }
}

/// Attempts at an action that are in the journal.
package struct EarlierAttempts: Sendable, Hashable {
  package var count: Int
  /// When the next one may begin.
  package var retryAt: Moment?
  /// Of the action's budget. **Unit** milliseconds.
  package var spentMS: Int64
}

/// One part of what calls are kept apart by: a parameter and its value.
package struct SerialKeyPart: Sendable, Hashable {
  package var parameter: String
  /// The collection the value names a record of, to be resolved to its id.
  package var reference: String?
  package var value: JSONValue

  package init(parameter: String, reference: String? = nil, value: JSONValue) {
    self.parameter = parameter
    self.reference = reference
    self.value = value
  }
}
