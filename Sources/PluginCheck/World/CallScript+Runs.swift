// SPDX-License-Identifier: Apache-2.0
// Runs of the scripted project.

import Pipeline
import Values

extension CallScript {
  mutating func serveRuns(_ use: ServiceUse) -> ServiceAnswer {
    switch use.kind {
    case .runStart: start(use)
    case .delaysCancel: cancelDelays(use.json["delays"]?.asList ?? [])
    case .runLeave: leave(use)
    default: .value([:])
    }
  }

  mutating func serveEvents(_ use: ServiceUse) -> ServiceAnswer {
    guard use.kind == .eventRaise else {
      return deferring([:], ["settled": false, "run": .null])
    }
    guard case .object = use.json["event"] ?? .null else {
      return .failure(.invalidInput, "bad_event", "an event is a JSON object")
    }
    return deferring(
      [:], ["runs": [], "woken": .null, "repeated": false, "stopped": false])
  }

  private mutating func start(_ use: ServiceUse) -> ServiceAnswer {
    let name = use.text("connector")
    guard let isEnabled = world.connectors[name] else { return unknown(name) }
    guard isEnabled else {
      return .failure(.denied, "connector_disabled", "connector disabled: \(name)")
    }
    return deferring(
      ["connector": .text(name), "hops": 1],
      ["run": "1001", "started": true, "previous": .null])
  }

  private mutating func leave(_ use: ServiceUse) -> ServiceAnswer {
    let name = use.text("connector")
    guard world.connectors[name] != nil else { return unknown(name) }
    return deferring(["connector": .text(name)], ["run": .null, "left": false])
  }

  private mutating func cancelDelays(_ delays: [JSONValue]) -> ServiceAnswer {
    var found: [JSONValue] = []
    for (index, delay) in delays.enumerated() {
      let identifier = delay["identifier"]?.asText ?? ""
      guard !identifier.isEmpty else {
        return .failure(
          .invalidInput, "empty_identifier",
          "delays[\(index)].identifier is empty: only named delays can be cancelled")
      }
      let name = delay["connector"]?.asText
      if let name, world.connectors[name] == nil { return unknown(name) }
      found += world.delays.filter {
        $0["identifier"]?.asText == identifier && (name == nil || $0["connector"]?.asText == name)
      }
    }
    return deferring([:], ["cancelled": .integer(Int64(found.count)), "runs": .list(found)])
  }

  /// An answer whose `later` members are known at the commit.
  private mutating func deferring(_ now: JSONObject, _ later: JSONObject) -> ServiceAnswer {
    let slot = newSlot()
    deferred[slot] = .object(later)
    var answer = now
    for name in later.names { answer[name] = DeferredValues.stand(for: slot, member: name) }
    return .value(.object(answer))
  }

  private func unknown(_ name: String) -> ServiceAnswer {
    .failure(.notFound, "connector_not_found", "connector not found: \(name)")
  }
}
