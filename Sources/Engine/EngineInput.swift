// SPDX-License-Identifier: Apache-2.0
// Everything that can happen to the engine from outside.
import Pipeline
import Values

/// A run as the driver hands it over: new from an accepted event, or read back after a start.
package struct RunSeed: Sendable {
  /// The run as far as it has got; a new one stands before its first component.
  package var progress: RunProgress
  package var project: ProjectID
  /// How many journal entries are already stored.
  package var journalled: Int
  /// Whether an earlier incarnation may have begun the component the run stands at, so that the
  /// egress ledger must be asked before anything is sent.
  package var isRecovered: Bool

  package init(progress: RunProgress, project: ProjectID, journalled: Int, isRecovered: Bool) {
    self.progress = progress
    self.project = project
    self.journalled = journalled
    self.isRecovered = isRecovered
  }
}

/// How the call of one attempt ended, as the driver saw it.
package enum CallReport: Sendable {
  /// The action reached its own result, or the host reached one for it.
  case outcome(ActionOutcome)
  /// The worker was killed for another call's sake and nothing of this call had left the host:
  /// the attempt runs again and is not counted.
  case collateral(reason: String)
  /// The host is ending and cut the call short: the run stays where it is, and goes on at the next
  /// start.
  case interrupted
}

/// What became of a recording.
package enum RecordReport: Sendable {
  /// On disk. `contact` is the run's contact as it is now, when the recording changed it.
  case committed(contact: JSONValue?)
  /// A record was changed by somebody else since it was read, or a unique value was taken: the
  /// whole recording was rolled back.
  case lostRace(detail: String)
  /// The run is no longer in the state this recording expected: somebody else ended it.
  case superseded
  /// What the action wrote can never be stored (too large, no such record): nothing was written,
  /// and trying again would not help.
  case rejected(code: String, message: String)
  /// The disk refused. Nothing was written; the same recording is tried again.
  case refused(message: String)
}

/// One input of `Engine.handle`.
package enum EngineInput: Sendable {
  /// The rules of a project have changed, or are known for the first time.
  case configured(ProjectID, ProjectRules)
  /// An event was committed together with its run.
  case accepted(RunSeed)
  /// An event was committed while too many runs were live; it waits on disk.
  case backlog
  /// A page of unfinished runs, in the order of their ids. `last` is the id to go on after;
  /// `isEnd` says that nothing stood behind it.
  case claimed([RunSeed], last: RunID, isEnd: Bool)
  case ended(RunID, attempt: AttemptNumber, CallReport)
  case recorded(RunID, RecordReport)
  /// The time a `wake` asked for has come.
  case woke
  /// No new calls from now on; what is open may end.
  case stop
}
