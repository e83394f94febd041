// SPDX-License-Identifier: Apache-2.0
// One run in memory and the states it can be in.
import Pipeline
import Values

/// A run the engine is working on.
///
///     seed ─▶ queued ─▶ decided ──action──▶ resolving ─▶ gated ─▶ calling ──outcome──▶ recording
///               ▲          │ ▲                             ▲  ▲      │ collateral: again     │
///               │          │ │                 its time ┌──┘  │      └───────────────────────┤
///               │          │ │              backingOff ◀┘     └──── lost race ───────────────┤
///     seed with │          │ │                   ▲ attempt recorded                          │
///     a wake ─▶ recording  │ └───────────────────┴─────── committed ─────────────────────────┤
///                          │                                                                 ▼
///                          └─ a wait, runs of elements, the end ──▶ recording ──▶ parked or gone
///
///     recording ──refused──▶ stalled ──its time──▶ recording
///     calling ──the host ends──▶ held;  any decision after `stop` ──▶ held
///
/// A cancel ends a run at once in `queued`, `resolving`, `gated`, `backingOff` and `held`, which
/// the plugin has not been told of; in `calling` with the outcome's own recording; in `recording`
/// and `stalled` by another recording after it.
struct LiveRun: Sendable {
  enum Phase: Sendable {
    /// Between two decisions; never seen by an input.
    case decided
    /// Not started, or woken and not gone on. Moved in by `begin`; moved out when the run before it
    /// parks or ends.
    case queued(StartGate)
    /// The serial keys name records by something else than their id. Moved in by a decision; moved
    /// out by `resolved` with the call's attempt number.
    case resolving(Call)
    /// Waits for its turn. Moved out by whatever the gate waits for.
    case gated(Call, Gate)
    /// A call is open. Moved in when the last gate was passed; moved out by `ended` with the call's
    /// attempt number.
    case calling(Call)
    /// The attempt failed and is on disk; another follows. Moved out by its timer.
    case backingOff(Call, until: UInt64)
    /// A recording is with the writer. Moved out by `recorded`.
    indirect case recording(Recording)
    /// The disk refused the recording. Moved out by its timer.
    indirect case stalled(Recording)
    /// The host is ending. Nothing but a cancel moves it out: on disk it stands where it stood.
    case held

    /// Whether others should not be kept waiting for it.
    var isStuck: Bool {
      switch self {
      case .queued, .gated, .backingOff: true
      default: false
      }
    }

    /// Whether something is under way that ends by itself.
    var isBusy: Bool {
      switch self {
      case .calling, .recording: true
      default: false
      }
    }
  }

  /// What a run waits for before it begins.
  enum StartGate: String, Sendable {
    /// An earlier run of the same contact.
    case fifo
    /// Runs of the same connector.
    case connector
    /// Its project is paused; moved out when it goes on.
    case project
  }

  /// A cancel that is to come.
  struct Cancel: Sendable {
    let reason: String
    /// Who wants to know.
    var tickets: [UInt64] = []
  }

  var progress: RunProgress
  let project: ProjectID
  let connector: ConnectorID
  let fifoKey: String?
  var journalled: Int
  var phase: Phase = .decided
  /// Since when it is in this phase. **Unit** milliseconds since 1970.
  var since: Int64 = 0
  /// Journal entries that are not on disk yet; they go with the next recording.
  var unrecorded: [JournalEntry] = []
  /// Whether the component it stands at may have sent something before this engine took it.
  var mayHaveSent: Bool
  var cancel: Cancel?
  /// Whether its row says that it waits.
  var waitsOnDisk: Bool
  /// Whether it came from a wait.
  let wasWoken: Bool

  init(_ seed: RunSeed) {
    progress = seed.progress
    project = seed.project
    connector = seed.connector
    fifoKey = seed.fifoKey
    journalled = seed.journalled
    mayHaveSent = seed.isRecovered
    waitsOnDisk = seed.wake != nil
    wasWoken = seed.wake != nil
  }

  /// Puts the run into another phase, where it stands.
  ///
  /// - Returns: the connector, and what it was before.
  mutating func move(
    to next: Phase, at time: Int64
  ) -> (connector: ConnectorID, wasStuck: Bool, wasBusy: Bool) {
    let before = (connector, phase.isStuck, phase.isBusy)
    phase = next
    since = time
    return before
  }

  /// What a call of this component is told.
  func context(of component: ComponentID) -> CallContext { CallContext(progress, component) }

  /// Exchanged and not copied: what two hold is copied at the next change.
  mutating func exchangeProgress(_ other: inout RunProgress) {
    swap(&progress, &other)
  }
}
