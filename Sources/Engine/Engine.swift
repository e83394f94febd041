// SPDX-License-Identifier: Apache-2.0
// All runs as one deterministic value: given the same inputs it makes the same decisions.
import Pipeline
import Values

/// The engine: decides what every run does next, and knows nothing but its inputs.
///
/// No clock, no input or output, no randomness: time comes in with each input, and what is to be
/// done goes out as `EngineOutput`. Everything that races is in here, so a seed controls every
/// interleaving. A run's next step is decided only after the recording of the one before is on
/// disk, so nothing leaves the host that a crash could take back. What is kept in a dictionary is
/// looked up and never walked through on the way to an output: orders come from lines.
///
/// **Isolation**: a value; its driver calls it from one thread.
package struct Engine: Sendable {
  var runs = RunTable()
  var projects: [ProjectID: ProjectRules] = [:]
  var lastAttempt: UInt64 = 0
  let limits: EngineLimits
  let faults: EngineFaults

  // Gates.
  var fifo: [FIFOKey: WaitLine<RunID>] = [:]
  var connectorGates: [ConnectorID: FIFOGate] = [:]
  var disabled: [ProjectID: WaitLine<RunID>] = [:]
  /// Runs of paused projects, between two decisions.
  var held: [ProjectID: WaitLine<RunID>] = [:]
  var rates: [BucketKey: RateGate] = [:]
  var locks = SerialLocks()
  var breakerGates: [BreakerKey: BreakerGate] = [:]
  var pluginGates: [PluginKey: FIFOGate] = [:]

  // Claims.
  var backlog = Backlog()
  var stuck = StuckCounts()
  var sleepers = Sleepers()
  /// Runs that left the memory while a page was being read, which may hold them as they were.
  var departed: Set<RunID> = []
  var storedCancels = StoredCancels()
  private(set) var hasStarted = false
  /// Whether other runs than those handed over are worked on.
  private(set) var isResuming = true
  var isStopping = false
  /// Calls and recordings under way.
  var busy = 0

  // Time.
  var timers = TimerQueue<EngineTimer>()
  private var nextWake: UInt64?
  /// The time of the input that is being handled.
  var now = EngineTime(monotonic: 0, wall: 0)
  var output: [EngineOutput] = []

  package init(limits: EngineLimits = EngineLimits(), faults: EngineFaults = []) {
    self.limits = limits
    self.faults = faults
  }

  /// Whether a run is in memory: then what a page says of its row is old.
  package func isLive(_ id: RunID) -> Bool { runs[id] != nil }

  /// How many runs are in memory.
  package var liveCount: Int { runs.count }

  /// How many of them wait at a gate or for their next attempt.
  package var stuckCount: Int { stuck.total }

  /// Whether a new run of this connector may go straight to `accepted`; otherwise it is `backlog`.
  package func takesNewRuns(of connector: ConnectorID, in project: ProjectID? = nil) -> Bool {
    if let project, isPaused(project) { return false }
    return hasStarted && !isStopping && !backlog.hasRuns(connector)
      && runs.count - stuck.total < limits.liveRuns && stuck[connector] < stuck.share(of: limits)
  }

  /// Whether every call has ended and every recording is on disk, but for those the disk refuses.
  package var isAtRest: Bool { busy == 0 }

  /// Whether it was begun with what was kept of it: only then is its snapshot worth keeping.
  package var knowsItsPast: Bool { hasStarted && isResuming }

  /// Begins; the driver calls it once when the projects are configured.
  ///
  /// - Parameters:
  ///   - connectors: those that have ready or running runs on disk.
  ///   - nextDue: when the first waiting run is due. **Unit** milliseconds since 1970.
  package mutating func start(
    connectors: [(ConnectorID, ProjectID)], nextDue: Int64?, at now: EngineTime
  ) -> [EngineOutput] {
    self.now = now
    hasStarted = true
    for (connector, project) in connectors { backlog.note(connector, project) }
    if let nextDue { sleepers.note(nextDue) }
    return finishTurn()
  }

  /// Begins for the runs that are handed over and no others: what is unfinished on disk stays
  /// there, and so does what is parked.
  package mutating func startAlone(at now: EngineTime) -> [EngineOutput] {
    self.now = now
    hasStarted = true
    isResuming = false
    return finishTurn()
  }

  /// Takes one input and says what is to be done, in order.
  package mutating func handle(_ input: EngineInput, at now: EngineTime) -> [EngineOutput] {
    self.now = now
    switch input {
    case .configured(let project, let rules): configure(project, rules)
    case .accepted(let seed): accept(seed)
    case .backlog(let connector, let project): backlog.note(connector, project)
    case .reopened(let run, let connector, let project):
      backlog.rewind(connector, project, to: run)
    case .claimed(let connector, let seeds, let last, let isEnd):
      claimed(connector, seeds, last: last, isEnd: isEnd)
    case .due(let seeds, let next): due(seeds, next: next)
    case .passedOver(let place): sleepers.passOver(place, at: now)
    case .sleeping(let time): sleepers.note(time)
    case .resolved(let id, let attempt, let result): resolved(id, attempt, result)
    case .ended(let id, let attempt, let report, let stops): ended(id, attempt, report, stops)
    case .recorded(let id, let report): recorded(id, report)
    case .cancel(let id, let reason, let ticket): cancel(id, reason, ticket)
    case .storedCancel(let id, let ticket, let isDone): storedCancel(id, ticket, isDone)
    case .breakerReset(let project, let plugin, let credential):
      resetBreaker(BreakerKey(project, plugin, credential))
    case .woke:
      // An older wake than the one that counts would make two of it, for good.
      if let nextWake, nextWake <= now.monotonic { self.nextWake = nil }
    case .stop: isStopping = true
    }
    return finishTurn()
  }

  /// What every input ends with: timers whose time has come, claims, and the next wake.
  private mutating func finishTurn() -> [EngineOutput] {
    while let timer = timers.pop(until: now.monotonic) { fire(timer) }
    claimIfRoom()
    wakeInTime()
    let result = output
    output = []
    return result
  }

  private mutating func wakeInTime() {
    var time = timers.next
    if hasStarted, isResuming, !isStopping, let due = sleepers.next, due > now.wall {
      // Never further than a little ahead: the wall clock may be set meanwhile.
      let look = min(now.monotonic(of: due), now.monotonic + limits.clockCheck)
      time = min(time ?? look, look)
    }
    guard let time, time < nextWake ?? UInt64.max else { return }
    nextWake = time
    output.append(.wake(at: time))
  }

  // MARK: runs

  /// Puts a run into another phase, and counts.
  mutating func move(_ id: RunID, to phase: LiveRun.Phase) {
    let (isStuck, isBusy) = (phase.isStuck, phase.isBusy)
    guard let (connector, wasStuck, wasBusy) = runs[id]?.move(to: phase, at: now.wall) else {
      return
    }
    if wasStuck != isStuck {
      if isStuck { stuck.add(connector) } else { stuck.remove(connector) }
      noteStuck(connector)
    }
    if wasBusy != isBusy { busy += isBusy ? 1 : -1 }
  }

  /// Takes a run out of memory and gives back all it holds.
  mutating func remove(_ id: RunID) -> LiveRun? {
    move(id, to: .decided)
    guard let run = runs[id] else { return nil }
    runs.remove(id)
    if backlog.reading != nil { departed.insert(id) }
    release(locksOf: id)
    leaveStart(id, run)
    return run
  }
}
