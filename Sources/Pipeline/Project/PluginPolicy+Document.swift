// SPDX-License-Identifier: Apache-2.0
// Reading the policy of a plugin in a project.

import Values

extension PluginPolicy {
  static let documentKeys = [
    "timeout", "timeout_max", "retry", "fallback", "rate", "on_limit", "concurrency", "breaker",
    "when_disabled",
  ]

  static func read(_ source: DocumentValue) -> PluginPolicy {
    var policy = PluginPolicy()
    guard let object = source.object(keys: documentKeys) else { return policy }
    policy.written = source.value
    policy.timeout = object["timeout"]?.duration()
    policy.timeoutMax = object["timeout_max"]?.duration()
    policy.retry = object["retry"].flatMap(RetryPolicy.read)
    policy.fallback = object["fallback"].flatMap { Fallback.read($0, standIn: "fallback") }
    policy.rate = object["rate"].flatMap(RatePolicy.read)
    policy.onLimit = object["on_limit"]?.choice(OnLimit.self)
    policy.concurrency = object["concurrency"]?.integer(in: 1...10_000).map { Int($0) }
    policy.breaker = object["breaker"].flatMap(BreakerPolicy.read)
    policy.whenDisabled = object["when_disabled"]?.choice(WhenDisabled.self)
    let most = policy.timeoutMax ?? PolicyHost.timeoutMax
    if let timeout = policy.timeout, timeout > most {
      object["timeout"]?.warning(
        "clamped",
        "\"timeout\" is above \"timeout_max\" (\(DurationText.text(most))) and will be cut to it: "
          + "raise \"timeout_max\" or lower \"timeout\"")
    }
    return policy
  }

  /// The policy of an object that was read once already; what is wrong in it is left out.
  package init(value: JSONValue) {
    self = PluginPolicy.read(
      DocumentValue(value, path: DocumentPath(), findings: FindingList(document: nil)))
  }

  /// As it is written and stored.
  package var value: JSONValue { written }
}

extension KeepRuns {
  static func read(_ source: DocumentValue) -> KeepRuns {
    var keep = KeepRuns()
    guard let object = source.object(keys: ["for", "bytes"]) else { return keep }
    keep.for = object["for"]?.duration(atLeast: .seconds(60))
    keep.bytes = object["bytes"]?.byteSize(in: (1 << 20)...(1 << 50))
    return keep
  }
}
