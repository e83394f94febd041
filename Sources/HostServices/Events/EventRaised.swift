// SPDX-License-Identifier: Apache-2.0
// What became of an event that was raised.
import Pipeline
import Store
import Values

/// The runs an event led to, or why it led to none.
package struct EventRaised: Sendable, Hashable {
  package struct Started: Sendable, Hashable {
    package let connector: ConnectorID
    package let name: ConnectorName
    package let run: RunID
  }

  package var started: [Started] = []
  /// The run that was waiting for this message and goes on with it.
  package var woken: RunID?
  /// The same kind and key were raised before.
  package var isRepeated = false
  /// The sender's messages start too many runs within a minute.
  package var isStopped = false

  /// The deferred value.
  ///
  /// **Shape** `{runs: [{connector, run}], woken, repeated, stopped}`.
  package var value: JSONValue {
    let runs = started.map { start -> JSONValue in
      ["connector": .text(start.name.rawValue), "run": .text(start.run.description)]
    }
    return [
      "runs": .list(runs), "woken": woken.map { .text($0.description) } ?? .null,
      "repeated": .boolean(isRepeated), "stopped": .boolean(isStopped),
    ]
  }
}
