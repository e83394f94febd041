// SPDX-License-Identifier: Apache-2.0
// Everything that can happen to the engine from outside.
import Pipeline
import Values

/// One input of `Engine.handle`.
package enum EngineInput: Sendable {
  /// The rules of a project have changed, or are known for the first time.
  case configured(ProjectID, ProjectRules)
  /// An event was committed together with its run, and `takesNewRuns(of:)` was true.
  case accepted(RunSeed)
  /// A new run of this connector stands on disk: accepted while there was no room, routed, or made
  /// for an element.
  case backlog(ConnectorID, ProjectID)
  /// A run that had ended, or was taken in before, stands on disk as ready again.
  case reopened(RunID, ConnectorID, ProjectID)
  /// A page of a connector's active runs, in the order of their ids. `last` is the id to go on
  /// after; `isEnd` says that nothing stood behind it.
  case claimed(ConnectorID, [RunSeed], last: RunID, isEnd: Bool)
  /// Runs whose wait is over, each with what ended it; `next` is the earliest due time that is
  /// stored besides.
  ///
  /// **Unit** milliseconds since 1970.
  case due([RunSeed], next: Int64?)
  /// All due runs up to this place were read and are left where they are: they cannot be read
  /// back, or their project is paused. Comes before the `due` of the same page.
  case passedOver(DuePlace)
  /// A due time was stored by somebody else than a run that parked (a delay was moved or resumed,
  /// a message came): look again then.
  ///
  /// **Unit** milliseconds since 1970.
  case sleeping(until: Int64)
  /// What the references of a `resolve` lead to: a parameter's name to ids.
  case resolved(RunID, AttemptNumber, Result<[String: [String]], ActionFailure>)
  /// A call is over. `stops` is the reason where the plugin asked for this run to stop.
  case ended(RunID, attempt: AttemptNumber, CallReport, stops: String? = nil)
  case recorded(RunID, RecordReport)
  /// Somebody wants a run to end. `ticket` comes back in `cancelled`.
  case cancel(RunID, reason: String, ticket: UInt64)
  /// What became of a `cancelStored`.
  case storedCancel(RunID, ticket: UInt64, isDone: Bool)
  /// A person says that the peer is back.
  case breakerReset(ProjectID, PluginID, CredentialName?)
  /// The time a `wake` asked for has come.
  case woke
  /// No new calls from now on; what is open may end.
  case stop
}
