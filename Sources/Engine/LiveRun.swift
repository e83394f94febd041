// SPDX-License-Identifier: Apache-2.0
// One run in memory and the states it can be in.
import Pipeline
import Values

/// A run the engine is working on.
struct LiveRun: Sendable {
  /// Where the run stands, and what may come next.
  ///
  ///     decided ──call──▶ calling ──outcome──▶ recording ──committed──▶ decided … or gone
  ///        │                 ▲  │ collateral        │ lost race
  ///        │                 └──┴───────────────────┘ (again, counted apart)
  ///        └──────── nothing left to do ──▶ recording(end) ──committed──▶ gone
  ///
  ///     recording ──refused──▶ stalled ──wake──▶ recording
  ///     calling ──host ends──▶ interrupted
  enum Phase: Sendable {
    /// Between two decisions; never seen by an input.
    case decided
    /// A call is open. Moved in by `decide`; moved out by `ended` with this attempt's number.
    case calling(AttemptNumber, CallPlan)
    /// A recording is with the writer. Moved in by an outcome or by a finish; moved out by
    /// `recorded`.
    case recording(Recording)
    /// The disk refused the recording. Moved out by the next `woke`.
    case stalled(Recording)
    /// The host is ending. Nothing moves it out: on disk it stands before its call.
    case interrupted
  }

  /// What is being recorded, kept until it is known to be on disk.
  struct Recording: Sendable {
    var order: RecordOrder
    /// The run as it will be once the recording is on disk.
    var after: RunProgress
    /// The call behind it, to run again when the race is lost; nil for a finish without one.
    var plan: CallPlan?
  }

  var progress: RunProgress
  let project: ProjectID
  var journalled: Int
  var phase: Phase = .decided
  /// Journal entries of filters passed since the last recording; they go with the next one.
  var unrecorded: [JournalEntry] = []
  var mayHaveSent: Bool
  /// How often the current call ran again because its worker died for another's sake.
  var collaterals = 0
  /// How often the current call ran again because it lost a race at commit.
  var lostRaces = 0

  init(_ seed: RunSeed) {
    progress = seed.progress
    project = seed.project
    journalled = seed.journalled
    mayHaveSent = seed.isRecovered
  }
}
