// SPDX-License-Identifier: Apache-2.0
// Which policy is in force for an action, and where each value comes from.

/// Where a policy's value comes from, the strongest first.
package enum PolicyOrigin: String, Sendable, Hashable, CaseIterable {
  case action, project, manifest, host
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
  package var retry: RetryResolution
  /// Nil: as many as there are.
  package var rate: PolicyValue<RatePolicy>?
  package var onLimit: PolicyValue<OnLimit>
  /// Calls of the plugin at a time in the project; nil: as many as there are.
  package var concurrency: PolicyValue<Int>?
  package var breaker: PolicyValue<BreakerPolicy>
  package var whenDisabled: PolicyValue<WhenDisabled>
  /// The timeout that was asked for, where the ceiling cut it.
  package var cutTimeout: Duration?

  package init(component: ActionComponent?, project: PluginPolicy?, manifest: ActionManifest?) {
    func pick<Value>(
      _ action: Value?, _ plugin: Value?, _ declared: Value?, _ host: Value
    ) -> PolicyValue<Value> {
      action.map { PolicyValue($0, .action) } ?? plugin.map { PolicyValue($0, .project) }
        ?? declared.map { PolicyValue($0, .manifest) } ?? PolicyValue(host, .host)
    }
    timeoutMax = pick(nil, project?.timeoutMax, nil, PolicyHost.timeoutMax)
    timeout = pick(component?.timeout, project?.timeout, manifest?.timeout, PolicyHost.timeout)
    fallback = pick(component?.fallback, project?.fallback, manifest?.fallback, PolicyHost.fallback)
    retry = RetryResolution(
      action: component?.retry, project: project?.retry, manifest: manifest?.retry)
    rate =
      project?.rate.map { PolicyValue($0, .project) }
      ?? manifest?.rate.map { PolicyValue($0, .manifest) }
    onLimit = pick(
      component?.onLimit, project?.rate?.onLimit ?? project?.onLimit, manifest?.rate?.onLimit,
      PolicyHost.onLimit)
    concurrency = project?.concurrency.map { PolicyValue($0, .project) }
    breaker = pick(nil, project?.breaker, nil, PolicyHost.breaker)
    whenDisabled = pick(nil, project?.whenDisabled, nil, PolicyHost.whenDisabled)
    if timeout.value > timeoutMax.value {
      cutTimeout = timeout.value
      timeout = PolicyValue(timeoutMax.value, timeout.origin)
    }
  }
}

/// The retry policy in force, member by member.
package struct RetryResolution: Sendable, Hashable {
  package var attempts: PolicyValue<Int>
  package var firstWait: PolicyValue<Duration>
  package var maxWait: PolicyValue<Duration>
  package var budget: PolicyValue<Duration>

  init(action: RetryPolicy?, project: RetryPolicy?, manifest: RetryPolicy?) {
    func pick<Value>(
      _ member: (RetryPolicy) -> Value?, _ host: Value
    ) -> PolicyValue<Value> {
      action.flatMap(member).map { PolicyValue($0, .action) }
        ?? project.flatMap(member).map { PolicyValue($0, .project) }
        ?? manifest.flatMap(member).map { PolicyValue($0, .manifest) } ?? PolicyValue(host, .host)
    }
    attempts = pick({ $0.attempts }, PolicyHost.attempts)
    firstWait = pick({ $0.firstWait }, PolicyHost.firstWait)
    maxWait = pick({ $0.maxWait }, PolicyHost.maxWait)
    budget = pick({ $0.budget }, PolicyHost.budget)
  }

  /// Without the origins.
  package var resolved: ResolvedRetry {
    ResolvedRetry(
      attempts: attempts.value, firstWait: firstWait.value, maxWait: maxWait.value,
      budget: budget.value)
  }
}

/// A retry policy in which nothing is left open.
package struct ResolvedRetry: Sendable, Hashable {
  /// The first one included.
  package var attempts: Int
  package var firstWait: Duration
  package var maxWait: Duration
  package var budget: Duration

  package init(
    attempts: Int = PolicyHost.attempts, firstWait: Duration = PolicyHost.firstWait,
    maxWait: Duration = PolicyHost.maxWait, budget: Duration = PolicyHost.budget
  ) {
    self.attempts = attempts
    self.firstWait = firstWait
    self.maxWait = maxWait
    self.budget = budget
  }
}
