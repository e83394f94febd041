// SPDX-License-Identifier: Apache-2.0
// Events from outside, and news of what went out.
import CJackfield
import Values

/// What a call brings in from a channel, told to the connectors of the project.
///
/// What is asked takes effect with the step's outcome: an action that throws has raised and settled
/// nothing. What only then becomes known is a `JSONValue` that stands for it; put it into the
/// result, and the host fills it in.
public struct EventService {
  let call: Call

  /// Raises an event: every connector whose trigger takes it starts a run. A message first goes to
  /// a run that waits for one of its contact, and then starts none.
  ///
  /// - Parameters:
  ///   - event: an object as the trigger of its kind has it.
  ///   - key: names the event at its source; the same kind and key within seven days raise nothing
  ///     again. Empty: it is not looked at.
  /// **Throws**: `invalid_input`, `denied` (not granted), `failed` with the code `loop_limit` when
  /// the run is too many hops from its first.
  @discardableResult
  public func raise(
    _ kind: EventKind, key: String = "", _ event: JSONValue
  ) throws(ActionError) -> RaisedEvent {
    let table = try table()
    let built = try call.require(event)
    let borrowed = Borrowed()
    var out: OpaquePointer?
    let status = withExtendedLifetime(borrowed) {
      table.pointee.raise(
        call.pointer, borrowed.bytes(kind.rawValue), borrowed.bytes(key), built, &out)
    }
    try call.check(status, "events")
    return RaisedEvent(call.value(out).json)
  }

  /// Tells what became of something that a call of this project sent.
  ///
  /// - Parameter key: the idempotency key of the attempt, as it went to the provider and came back.
  ///   One that no attempt of unknown outcome has changes nothing.
  /// **Throws**: `invalid_input`, `denied` (not granted).
  @discardableResult
  public func settle(_ key: String, _ news: EventNews) throws(ActionError) -> SettledAttempt {
    let table = try table()
    let built = try call.require(.object(news.json))
    let borrowed = Borrowed()
    var out: OpaquePointer?
    let status = withExtendedLifetime(borrowed) {
      table.pointee.settle(call.pointer, borrowed.bytes(key), built, &out)
    }
    try call.check(status, "events")
    return SettledAttempt(call.value(out).json)
  }

  private func table() throws(ActionError) -> UnsafePointer<jf_events_interface> {
    guard let table = call.instance.events else {
      throw .denied(
        "events_not_granted",
        "this plugin's manifest does not require \"jackfield.events/1\": add it to "
          + "\"requires\".\"interfaces\", and \"runs\": true to \"grants\"")
    }
    return table
  }
}
