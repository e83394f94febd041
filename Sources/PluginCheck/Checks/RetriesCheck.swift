// SPDX-License-Identifier: Apache-2.0
// What repeating a call does.

import Pipeline
import Values

/// Calls every sample twice with one key, and holds what it asked of the host against the side
/// effect that its manifest declares. Record writes are the host's to make once, so only a pure
/// action may have none.
enum RetriesCheck {
  private static let key = "run-7f3a9c-welcome-1"

  static func check(_ probe: Probe) throws(CheckStop) -> CheckFinding {
    let plugin = try OpenPlugin(probe, services: Probe.allServices)
    for sample in probe.samples {
      let first = plugin.call(sample, key: key)
      let second = plugin.call(sample, key: key, attempt: 2)
      let effect = sample.action.effect(of: sample.parameters)
      if let problem = problem(effect, first.script.uses, second.script.uses) {
        return .fail("\(sample.name) is declared \(effect.rawValue): \(problem)")
      }
    }
    plugin.close()
    return .pass
  }

  private static func problem(
    _ effect: SideEffect, _ first: [ServiceUse], _ second: [ServiceUse]
  ) -> String? {
    switch effect {
    case .pure:
      guard let use = first.first(where: { $0.isWrite || $0.kind == .mail }) else { return nil }
      return "it asked for \(use.shown): declare idempotent, keyed or at_most_once"
    case .idempotent:
      return difference(first, second).map {
        "called again with the same key \($0): send the same each time, or declare at_most_once"
      }
    case .keyed:
      if let bare = first.first(where: { $0.kind == .http && !isSafe($0) && !holdsKey($0) }) {
        return "\(bare.shown) does not hold the call's key: send it where the peer looks for "
          + "it, as in an Idempotency-Key header, or declare at_most_once"
      }
      return difference(first, second).map {
        "called again with the same key \($0): send the same each time, so that the peer sees a "
          + "repetition"
      }
    case .atMostOnce: return nil
    }
  }

  /// What the second call sent otherwise than the first.
  static func difference(_ first: [ServiceUse], _ second: [ServiceUse]) -> String? {
    let (first, second) = (first.filter(\.isEgress), second.filter(\.isEgress))
    for (one, other) in zip(first, second) where !isSame(one, other) {
      return one.shown == other.shown
        ? "it sent \(one.shown) with another content" : "it sent \(other.shown), not \(one.shown)"
    }
    if first.count == second.count { return nil }
    return "it sent \(second.count) requests, not \(first.count)"
  }

  /// What the timeout is does not count: it is what was left of the time.
  private static func isSame(_ one: ServiceUse, _ other: ServiceUse) -> Bool {
    var (left, right) = (one.json.asObject ?? [:], other.json.asObject ?? [:])
    left["timeout_ms"] = nil
    right["timeout_ms"] = nil
    return left == right && one.body == other.body
  }

  private static func isSafe(_ use: ServiceUse) -> Bool {
    ["GET", "HEAD", "OPTIONS"].contains(use.text("method"))
  }

  private static func holdsKey(_ use: ServiceUse) -> Bool {
    use.json.json.contains(key) || String(decoding: use.body, as: UTF8.self).contains(key)
  }
}
