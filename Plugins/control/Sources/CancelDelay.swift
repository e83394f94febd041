// SPDX-License-Identifier: Apache-2.0
// control.cancel_delay: cancels waiting delays by identifier.
import JackfieldPlugin

/// Cancels the delays of any connector that carry one of the identifiers.
struct CancelDelay: Action {
  static let id = "control.cancel_delay"

  struct Pair: Decodable {
    var connector: String?
    var identifier: String?
  }

  enum Then: String, Decodable {
    case `continue`, stop
  }

  struct Parameters: Decodable {
    var delays: [Pair]
    var cancelled_runs: CancelledRuns?
    var then: Then?
    var hold: String?
  }

  struct Result: Encodable {
    var cancelled: JSONValue
    var runs: JSONValue
    var without_identifier: Int?
  }

  func run(_ p: Parameters, _ call: Call) throws(ActionError) -> Result {
    // The host leaves an identifier out of which a part is empty. Were it "required" in the schema,
    // the pair would drop out of the list without a word.
    let keys = p.delays.compactMap { pair -> DelayKey? in
      guard let identifier = pair.identifier, !identifier.allSatisfy(\.isWhitespace) else {
        return nil
      }
      return DelayKey(connector: pair.connector, identifier: identifier)
    }
    var result = Result(cancelled: 0, runs: [])
    if !keys.isEmpty {
      let cancelled = try call.runs.cancelDelays(
        keys, cancelledRuns: p.cancelled_runs ?? .end, hold: p.hold)
      result = Result(cancelled: cancelled.count, runs: cancelled.runs)
    }
    if keys.count < p.delays.count { result.without_identifier = p.delays.count - keys.count }
    if p.then == .stop { try call.runs.stop(reason: "stopped after cancelling delays") }
    return result
  }
}
