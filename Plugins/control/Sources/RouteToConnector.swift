// SPDX-License-Identifier: Apache-2.0
// control.route_to_connector: hands the event to another connector.
import JackfieldPlugin

/// Starts a run of another connector on the event, or on any value, and goes on at once.
struct RouteToConnector: Action {
  static let id = "control.route_to_connector"

  struct Parameters: Decodable {
    var connector: String
    var event: JSONValue?
  }

  struct Result: Encodable {
    var run: JSONValue
    var connector: String
    var hops: Int64
  }

  func run(_ p: Parameters, _ call: Call) throws(ActionError) -> Result {
    let started = try call.runs.start(p.connector, event: p.event)
    return Result(run: started.run, connector: started.connector, hops: started.hops)
  }
}
