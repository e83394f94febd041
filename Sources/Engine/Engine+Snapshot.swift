// SPDX-License-Identifier: Apache-2.0
// What a restart must not forget of rates and breakers.
import Pipeline
import Values

extension Engine {
  /// Buckets that are not full and breakers that are open, as JSON, on the wall clock.
  ///
  /// **Shape** `{buckets: [[kind, project, name, full_at_ms]], breakers: [{project, plugin,
  /// credential?, until_ms, back_off_ms}]}`.
  package func snapshot(at now: EngineTime) -> JSONValue {
    let buckets = rates.keys.sorted().compactMap { key -> JSONValue? in
      guard let bucket = rates[key]?.bucket, bucket.fullAt > now.monotonic else { return nil }
      let longest = Int64(bucket.longest / 1_000_000)
      return .list(
        key.texts.map { .text($0) } + [.integer(now.wall(of: bucket.fullAt)), .integer(longest)])
    }
    let breakers = breakerGates.keys.sorted().compactMap { key -> JSONValue? in
      guard let (until, backOff) = breakerGates[key]?.breaker.opening(at: now.monotonic) else {
        return nil
      }
      var object: JSONObject = [
        "project": .text(key.project.rawValue), "plugin": .text(key.plugin.rawValue),
        "until_ms": .integer(now.wall(of: until)),
        "back_off_ms": .integer(Int64(backOff / 1_000_000)),
      ]
      if let credential = key.credential { object["credential"] = .text(credential.rawValue) }
      return .object(object)
    }
    return ["buckets": .list(buckets), "breakers": .list(breakers)]
  }

  /// Takes a snapshot back; called before `start`. What does not read is left out: a bucket that is
  /// full too early costs one burst, and a breaker finds out again.
  package mutating func restore(_ snapshot: JSONValue, at now: EngineTime) {
    for entry in snapshot["buckets"]?.asList ?? [] where !faults.contains(.forgetsRates) {
      guard let parts = entry.asList, parts.count > 2, let longest = parts.last?.asInteger,
        let full = parts[parts.count - 2].asInteger, longest >= 0, longest < 1_000_000_000_000,
        let key = BucketKey(texts: parts.dropLast(2).compactMap(\.asText))
      else { continue }
      let filling = UInt64(longest) * 1_000_000
      // A clock set back meanwhile must not keep it empty for longer than it takes to fill.
      let fullAt = min(now.monotonic(of: full), now.monotonic + filling)
      rates[key, default: RateGate()].bucket = TokenBucket(fullAt: fullAt, longest: filling)
    }
    for entry in snapshot["breakers"]?.asList ?? [] {
      guard let project = entry["project"]?.asText, let plugin = entry["plugin"]?.asText,
        let until = entry["until_ms"]?.asInteger,
        let backOff = entry["back_off_ms"]?.asInteger, backOff >= 0, backOff < 1_000_000_000_000
      else { continue }
      let credential = entry["credential"]?.asText.map { CredentialName($0) }
      let wait = UInt64(backOff) * 1_000_000
      // A clock set back must not keep it open for longer than its own wait.
      let opens = min(now.monotonic(of: until), now.monotonic + wait)
      breakerGates[BreakerKey(ProjectID(project), PluginID(plugin), credential), default: .init()]
        .breaker = Breaker(openUntil: opens, backOff: wait)
    }
  }
}

extension Breaker {
  /// Until when it is open and what it waited last; one that was probing tries again at once.
  fileprivate func opening(at now: UInt64) -> (until: UInt64, backOff: UInt64)? {
    switch state {
    case .closed: nil
    case .open(let until, let backOff): (until, backOff)
    case .probing(_, let backOff): (now, backOff)
    }
  }
}
