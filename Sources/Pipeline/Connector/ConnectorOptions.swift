// SPDX-License-Identifier: Apache-2.0
// How the runs of a connector are run and kept.

/// The options of a connector.
///
/// **Source** spec/formats.md 1.3.
package struct ConnectorOptions: Sendable, Hashable {
  /// Runs at a time; nil is the host's.
  package var concurrency: Int?
  /// Whether the runs of one contact are run one after the other.
  package var isFIFO = false
  /// From a run's start to its end, waits included.
  package var maxRunTime: Duration?
  package var alert: ConnectorAlert?
  package var keepRuns = KeepRuns()
  /// A file with an event, beside the document.
  package var sample: String?

  package init() {}
}

/// How long finished runs are kept; what is nil is the project's.
package struct KeepRuns: Sendable, Hashable {
  package var `for`: Duration?
  package var bytes: Int64?

  package init() {}
}

/// Whom a connector tells about its runs.
package struct ConnectorAlert: Sendable, Hashable {
  /// Mail addresses, at most ten.
  package var to: [String]
  /// A mail channel of the project; nil is the project's own alert channel.
  package var channel: String?
  package var on: Set<ConnectorAlertKind> = [.runFailed, .runUnknown]
  /// How long a run that could go on may stand still before `run_waiting` tells of it.
  package var waitingAfter: Duration = .seconds(900)

  package init(to: [String]) { self.to = to }
}

/// What a connector's alert may be about.
package enum ConnectorAlertKind: String, Sendable, Hashable, CaseIterable {
  case runFailed = "run_failed"
  case runUnknown = "run_unknown"
  /// A run that could go on has not moved for too long: its delay is over, or it has none.
  case runWaiting = "run_waiting"
  /// A response has another shape than the learned one.
  case schemaChanged = "schema_changed"
}
