// SPDX-License-Identifier: Apache-2.0
// The policy of one call, in force.

/// What is in force for a call, without where each value comes from.
package struct CallPolicy: Sendable, Hashable {
  package var timeout: Duration
  package var fallback: Fallback
  package var retry: ResolvedRetry
  package var rate: RatePolicy?
  package var onLimit: OnLimit
  /// Calls of the plugin at a time in its project.
  package var concurrency: Int?
  package var breaker: BreakerPolicy
  package var whenDisabled: WhenDisabled
}

extension CallPolicy {
  init(component: ActionComponent, project: PluginPolicy?, manifest: ActionManifest?) {
    let resolution = PolicyResolution(
      component: component, project: project, manifest: manifest)
    timeout = resolution.timeout.value
    fallback = resolution.fallback.value
    retry = resolution.retry.resolved
    rate = resolution.rate?.value
    onLimit = resolution.onLimit.value
    concurrency = resolution.concurrency?.value
    breaker = resolution.breaker.value
    whenDisabled = resolution.whenDisabled.value
  }
}
