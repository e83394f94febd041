// SPDX-License-Identifier: Apache-2.0
// A policy in force, part by part, with where each comes from.
import Pipeline
import Values

/// One part of the policy of an action, as `plugin show` prints it.
struct PolicyPart {
  /// **Shape** the key of `plugin show --json`.
  let key: String
  let value: String
  /// `action`, `project`, `manifest` or `host`.
  let origin: String
  /// What the value was before it was cut.
  var asked: String?

  var name: String { key.split(separator: "_").joined(separator: " ") }
  var text: String { value + (asked.map { ", asked \($0)" } ?? "") }

  private init(_ key: String, _ value: String, _ origin: PolicyOrigin, asked: String? = nil) {
    (self.key, self.value, self.origin, self.asked) = (key, value, origin.rawValue, asked)
  }

  private init(_ key: String, _ value: PolicyValue<Duration>, asked: Duration? = nil) {
    self.init(
      key, DurationText.text(value.value), value.origin, asked: asked.map { DurationText.text($0) })
  }

  static func all(of policy: PolicyResolution) -> [PolicyPart] {
    var parts = [
      PolicyPart("timeout", policy.timeout, asked: policy.cutTimeout),
      PolicyPart("timeout_max", policy.timeoutMax),
      PolicyPart("attempts", String(policy.retry.attempts.value), policy.retry.attempts.origin),
      PolicyPart("first_wait", policy.retry.firstWait), PolicyPart("max_wait", policy.retry.maxWait),
      PolicyPart("budget", policy.retry.budget),
      PolicyPart("fallback", policy.fallback.value.text, policy.fallback.origin),
    ]
    if let rate = policy.rate {
      let per = DurationText.text(rate.value.per)
      parts += [
        PolicyPart("rate", "\(rate.value.calls) in \(per)", rate.origin),
        PolicyPart("on_limit", policy.onLimit.value.rawValue, policy.onLimit.origin),
      ]
    }
    if let concurrency = policy.concurrency {
      parts.append(PolicyPart("concurrency", String(concurrency.value), concurrency.origin))
    }
    let breaker = policy.breaker.value
    parts += [
      PolicyPart(
        "breaker",
        "after \(breaker.opensAfter), probe after \(DurationText.text(breaker.probeAfter))",
        policy.breaker.origin),
      PolicyPart("when_disabled", policy.whenDisabled.value.rawValue, policy.whenDisabled.origin),
    ]
    return parts
  }
}
