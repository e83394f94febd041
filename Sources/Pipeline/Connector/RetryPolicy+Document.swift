// SPDX-License-Identifier: Apache-2.0
// Reading retries, rates and breakers.

import Values

extension RetryPolicy {
  static func read(_ source: DocumentValue) -> RetryPolicy? {
    guard let object = source.object(keys: ["attempts", "first_wait", "max_wait", "budget"]) else {
      return nil
    }
    var retry = RetryPolicy()
    retry.attempts = object["attempts"]?.integer(in: 1...100).map { Int($0) }
    retry.firstWait = object["first_wait"]?.duration()
    retry.maxWait = object["max_wait"]?.duration()
    retry.budget = object["budget"]?.duration()
    if let first = retry.firstWait, let most = retry.maxWait, first > most {
      object["first_wait"]?.error(
        "out_of_range",
        "\"first_wait\" is \(DurationText.text(first)), \"max_wait\" is "
          + "\(DurationText.text(most)): the first wait is the shortest")
    }
    return retry
  }
}

extension RatePolicy {
  static func read(_ source: DocumentValue) -> RatePolicy? {
    guard let object = source.object(keys: ["calls", "per", "on_limit"]) else { return nil }
    let calls = object.required("calls")?.integer(in: 1...1_000_000)
    let per = object.required("per")?.duration(atLeast: .milliseconds(100))
    let onLimit = object["on_limit"]?.choice(OnLimit.self)
    guard let calls, let per else { return nil }
    return RatePolicy(calls: Int(calls), per: per, onLimit: onLimit)
  }
}

extension BreakerPolicy {
  static func read(_ source: DocumentValue) -> BreakerPolicy? {
    guard let object = source.object(keys: ["opens_after", "probe_after", "max_back_off"]) else {
      return nil
    }
    var breaker = PolicyHost.breaker
    if let failures = object["opens_after"]?.integer(in: 1...1_000) {
      breaker.opensAfter = Int(failures)
    }
    if let wait = object["probe_after"]?.duration() { breaker.probeAfter = wait }
    if let most = object["max_back_off"]?.duration() { breaker.maxBackOff = most }
    if breaker.probeAfter > breaker.maxBackOff {
      source.error(
        "out_of_range",
        "\"probe_after\" is \(DurationText.text(breaker.probeAfter)), \"max_back_off\" is "
          + "\(DurationText.text(breaker.maxBackOff)): the first wait is the shortest")
    }
    return breaker
  }
}
