// SPDX-License-Identifier: Apache-2.0
// Runs of the project as a plugin's call may start, cancel and stop them.
import Pipeline
import Values

/// What a scripted world knows and remembers of runs. Slots of deferred values count as the host's
/// do, from 1 in each call.
struct ScriptedRuns {
  /// The connectors by name, and whether each is enabled.
  var connectors: [String: Bool] = [:]
  /// The delays that wait.
  var waiting: [(connector: String, identifier: String, run: String)] = []
  /// How many runs led to the one that calls.
  var hops = 0

  /// What was asked, in order, with the service's number.
  private(set) var asked: [(service: UInt8, value: JSONValue)] = []
  /// Why the run is to stop.
  private(set) var stopReason: String?
  /// What only the commit knows.
  private(set) var deferred: [Int: JSONValue] = [:]

  mutating func newCall() {
    asked = []
    stopReason = nil
    deferred = [:]
  }

  /// Answers, or says why not.
  mutating func serve(_ service: UInt8, _ value: JSONValue) throws(ActionFailure) -> JSONValue {
    asked.append((service, value))
    let slot = asked.count
    switch service {
    case 8:
      let name = try connector(value["connector"]?.asText ?? "", mustBeEnabled: true)
      guard hops < 10 else {
        throw ActionFailure(.failed, code: "loop_limit", message: "loop limit reached")
      }
      deferred[slot] = ["run": "1001", "started": true, "previous": .null]
      return [
        "connector": .text(name), "hops": .integer(Int64(hops + 1)),
        "run": DeferredValues.stand(for: slot, member: "run"),
        "started": DeferredValues.stand(for: slot, member: "started"),
        "previous": DeferredValues.stand(for: slot, member: "previous"),
      ]
    case 9: return try cancel(value["delays"]?.asList ?? [], slot)
    case 10:
      let name = try connector(value["connector"]?.asText ?? "", mustBeEnabled: false)
      deferred[slot] = ["run": .null, "left": false]
      return [
        "connector": .text(name), "run": DeferredValues.stand(for: slot, member: "run"),
        "left": DeferredValues.stand(for: slot, member: "left"),
      ]
    case 20:
      deferred[slot] = ["runs": [], "woken": "1001", "repeated": false, "stopped": false]
      return DeferredValues.stands(for: slot, ["runs", "woken", "repeated", "stopped"])
    case 21:
      deferred[slot] = ["settled": true, "run": "1001"]
      return DeferredValues.stands(for: slot, ["settled", "run"])
    default:
      stopReason = value["reason"]?.asText
      return [:]
    }
  }

  private mutating func cancel(
    _ delays: [JSONValue], _ slot: Int
  ) throws(ActionFailure) -> JSONValue {
    var found: [JSONValue] = []
    for (index, delay) in delays.enumerated() {
      let identifier = delay["identifier"]?.asText ?? ""
      guard !identifier.isEmpty else {
        throw ActionFailure(
          .invalidInput, code: "empty_identifier",
          message: "delays[\(index)].identifier is empty: only named delays can be cancelled")
      }
      let name = try connector(delay["connector"]?.asText ?? "orders", mustBeEnabled: false)
      found += waiting.filter { $0.connector == name && $0.identifier == identifier }.map {
        [
          "connector": .text($0.connector), "identifier": .text($0.identifier),
          "run": .text($0.run),
        ]
      }
    }
    deferred[slot] = ["cancelled": .integer(Int64(found.count)), "runs": .list(found)]
    return [
      "cancelled": DeferredValues.stand(for: slot, member: "cancelled"),
      "runs": DeferredValues.stand(for: slot, member: "runs"),
    ]
  }

  private func connector(
    _ name: String, mustBeEnabled: Bool
  ) throws(ActionFailure) -> String {
    guard let isEnabled = connectors[name] else {
      throw ActionFailure(
        .notFound, code: "connector_not_found", message: "connector not found: \(name)")
    }
    guard isEnabled || !mustBeEnabled else {
      throw ActionFailure(
        .denied, code: "connector_disabled", message: "connector disabled: \(name)")
    }
    return name
  }
}

extension DeferredValues {
  /// An object whose members only the commit knows.
  fileprivate static func stands(for slot: Int, _ members: [String]) -> JSONValue {
    .object(JSONObject(members.map { (name: $0, value: stand(for: slot, member: $0)) }))
  }
}
