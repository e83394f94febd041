// SPDX-License-Identifier: Apache-2.0
// control.stop: ends this run here.
import JackfieldPlugin

/// Ends the run: the rest of the step and all later steps are not run.
struct Stop: Action {
  static let id = "control.stop"

  struct Parameters: Decodable {
    var reason: String?
  }

  struct Result: Encodable {
    var reason: String
  }

  func run(_ p: Parameters, _ call: Call) throws(ActionError) -> Result {
    let reason = p.reason ?? ""
    try call.runs.stop(reason: reason)
    return Result(reason: reason)
  }
}
