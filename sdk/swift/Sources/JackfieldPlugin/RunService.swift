// SPDX-License-Identifier: Apache-2.0
// Starting, cancelling and ending runs.
import CJackfield
import Values

/// This run and other runs of the project, from within one call.
///
/// What is asked takes effect with the step's outcome, together with the call's record writes:
/// an action that throws has started and cancelled nothing. What only then becomes known is a
/// `JSONValue` that stands for it; put it into the result, and the host fills it in.
public struct RunService {
  let call: Call

  /// Starts a run of a connector of this project.
  ///
  /// - Parameters:
  ///   - connector: its name or its id.
  ///   - event: what the run is about; nil hands this run's own event over.
  ///   - contact: the id of the contact it is about; nil is this run's.
  ///   - entry: enters the run under the key (connector, subject).
  /// **Throws**: `not_found`, `denied` (not granted, or the connector is disabled), `failed` with
  /// the code `loop_limit` when the run is too many hops from its first.
  public func start(
    _ connector: String, event: JSONValue? = nil, contact: String? = nil, entry: RunEntry? = nil
  ) throws(ActionError) -> StartedRun {
    let table = try table()
    var options = entry?.json ?? [:]
    if let contact { options["contact"] = .text(contact) }
    var built: OpaquePointer?
    if let event { built = try call.require(event) }
    let chosen = try call.require(.object(options))
    let borrowed = Borrowed()
    var out: OpaquePointer?
    let status = withExtendedLifetime(borrowed) {
      table.pointee.start(call.pointer, borrowed.bytes(connector), built, chosen, &out)
    }
    try call.check(status, "runs")
    return StartedRun(call.value(out).json)
  }

  /// Cancels the delays that carry one of these identifiers.
  ///
  /// - Parameter hold: a duration as `1 h`, within which delays made later are cancelled too.
  /// **Throws**: `not_found` (a connector), `invalid_input` (an empty identifier), `denied`.
  public func cancelDelays(
    _ delays: [DelayKey], cancelledRuns: CancelledRuns = .end, hold: String? = nil
  ) throws(ActionError) -> CancelledDelays {
    let table = try table()
    var options: JSONObject = ["cancelled_runs": .text(cancelledRuns.rawValue)]
    if let hold { options["hold"] = .text(hold) }
    let list = try call.require(.list(delays.map(\.json)))
    let chosen = try call.require(.object(options))
    var out: OpaquePointer?
    let status = table.pointee.cancel_delays(call.pointer, list, chosen, &out)
    try call.check(status, "runs")
    let answer = call.value(out).json
    return CancelledDelays(count: answer["cancelled"] ?? .null, runs: answer["runs"] ?? .null)
  }

  /// Cancels the run that is live under the key (connector, subject), with what it waits for.
  ///
  /// **Throws**: `not_found` (the connector), `denied`.
  public func leave(_ connector: String, subject: String) throws(ActionError) -> LeftRun {
    let table = try table()
    let borrowed = Borrowed()
    var out: OpaquePointer?
    let status = withExtendedLifetime(borrowed) {
      table.pointee.leave(
        call.pointer, borrowed.bytes(connector), borrowed.bytes(subject), &out)
    }
    try call.check(status, "runs")
    let answer = call.value(out).json
    return LeftRun(
      connector: answer["connector"]?.asText ?? "", run: answer["run"] ?? .null,
      wasLive: answer["left"] ?? .null)
  }

  /// Ends this run after the action; at most 200 characters of reason are shown with it.
  ///
  /// **Throws**: `invalid_input` (a longer reason), `denied`.
  public func stop(reason: String = "") throws(ActionError) {
    let table = try table()
    let borrowed = Borrowed()
    let status = withExtendedLifetime(borrowed) {
      table.pointee.stop(call.pointer, borrowed.bytes(reason))
    }
    try call.check(status, "runs")
  }

  private func table() throws(ActionError) -> UnsafePointer<jf_runs_interface> {
    guard let table = call.instance.runs else {
      throw .denied(
        "runs_not_granted",
        "this plugin's manifest does not require \"jackfield.runs/1\": add it to "
          + "\"requires\".\"interfaces\", and \"runs\": true to \"grants\"")
    }
    return table
  }
}
