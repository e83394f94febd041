// SPDX-License-Identifier: Apache-2.0
// All runs as one deterministic value: given the same inputs it makes the same decisions.
import Calendar
import Pipeline
import Values

/// The engine: decides what every run does next, and knows nothing but its inputs.
///
/// No clock, no input or output, no randomness: time comes in as `now`, and what is to be done
/// goes out as `EngineOutput`. Everything that races is in here, so a seed controls every
/// interleaving. A run's next step is decided only after the recording of the one before is on
/// disk, so nothing leaves the host that a crash could take back.
///
/// **Isolation**: a value; its driver calls it from one thread.
package struct Engine: Sendable {
  private var runs: [RunID: LiveRun] = [:]
  private var projects: [ProjectID: ProjectRules] = [:]
  private var lastAttempt: UInt64 = 0
  private let limits: EngineLimits

  /// The highest run id taken in. Run ids grow in the order of their commits (one writer), so
  /// everything unfinished above it is still on disk, and nothing below it is.
  private var claimedTo = RunID(rawValue: 0)
  /// Whether runs may stand on disk above `claimedTo`; true at first, for what a crash left.
  private var hasBacklog = true
  private var isClaiming = false
  /// Whether a run went to disk while a page was being read, which may not be in it.
  private var grewWhileClaiming = false
  private var hasStarted = false
  private var isStopping = false

  package init(limits: EngineLimits = EngineLimits()) {
    self.limits = limits
  }

  /// How many runs are being worked on.
  package var liveCount: Int { runs.count }

  /// Whether a new run may go straight to `accepted`; otherwise it is `backlog`.
  package var takesNewRuns: Bool {
    !hasBacklog && !isStopping && runs.count < limits.liveRuns
  }

  /// Whether every call has ended and every recording is on disk.
  package var isAtRest: Bool {
    runs.values.allSatisfy { run in
      switch run.phase {
      case .decided, .stalled, .interrupted: true
      case .calling, .recording: false
      }
    }
  }

  /// Takes one input and says what is to be done.
  ///
  /// - Parameter now: monotonic nanoseconds.
  package mutating func handle(_ input: EngineInput, at now: UInt64) -> [EngineOutput] {
    var output: [EngineOutput] = []
    switch input {
    case .configured(let project, let rules): projects[project] = rules
    case .accepted(let seed): take(seed, &output)
    case .backlog:
      hasBacklog = true
      grewWhileClaiming = isClaiming
    case .claimed(let seeds, let last, let isEnd):
      isClaiming = false
      claimedTo = max(claimedTo, last)
      if isEnd && !grewWhileClaiming { hasBacklog = false }
      grewWhileClaiming = false
      for seed in seeds { take(seed, &output) }
    case .ended(let id, let attempt, let report): ended(id, attempt, report, &output)
    case .recorded(let id, let report): recorded(id, report, at: now, &output)
    case .woke: retryStalled(&output)
    case .stop: isStopping = true
    }
    claimIfRoom(&output)
    return output
  }

  /// Begins; the driver calls it once when the projects are configured.
  ///
  /// - Parameter resuming: whether to read back what is unfinished on disk; a host that was opened
  ///   for one run leaves the others alone.
  package mutating func start(resuming: Bool = true) -> [EngineOutput] {
    var output: [EngineOutput] = []
    hasStarted = true
    if !resuming { hasBacklog = false }
    claimIfRoom(&output)
    return output
  }

  // MARK: taking runs in

  private mutating func take(_ seed: RunSeed, _ output: inout [EngineOutput]) {
    let id = seed.progress.runID
    guard runs[id] == nil else { return }
    claimedTo = max(claimedTo, id)
    var run = LiveRun(seed)
    decide(&run, &output)
    runs[id] = run
  }

  private mutating func claimIfRoom(_ output: inout [EngineOutput]) {
    guard hasStarted, hasBacklog, !isClaiming, !isStopping else { return }
    // A new page once a half is free, so that claims come in pages and not one by one.
    guard runs.count <= limits.liveRuns / 2 else { return }
    isClaiming = true
    output.append(.claim(after: claimedTo, limit: limits.claimPage))
  }

  // MARK: deciding

  /// Moves a decided run on: to a call, or to the recording of its end.
  private mutating func decide(_ run: inout LiveRun, _ output: inout [EngineOutput]) {
    guard !isStopping else { return }
    let rules = projects[run.project] ?? ProjectRules()
    var progress = run.progress
    let advance = progress.next(now: Moment(milliseconds: 0)) { rules.inputs(for: $0) }
    run.unrecorded += advance.journal
    switch advance.decision {
    case .call(let plan):
      run.progress = progress
      call(&run, plan, &output)
    case .finish(let end):
      record(&run, after: progress, end: end, &output)
    case .wait, .children, .checkpoint:
      preconditionFailure("the check refuses what waits, and loops")
    }
  }

  private mutating func call(
    _ run: inout LiveRun, _ plan: CallPlan, _ output: inout [EngineOutput]
  ) {
    lastAttempt += 1
    let attempt = AttemptNumber(lastAttempt)
    run.phase = .calling(attempt, plan)
    let connector = run.progress.connector
    output.append(
      .call(
        CallOrder(
          run: run.progress.runID, project: run.project, attempt: attempt, plan: plan,
          place: plan.place,
          mayHaveSent: run.mayHaveSent,
          context: CallContext(
            connector: connector.name.rawValue, component: plan.component.rawValue,
            contact: run.progress.contact, constants: run.progress.constants))))
  }

  // MARK: outcomes

  private mutating func ended(
    _ id: RunID, _ attempt: AttemptNumber, _ report: CallReport, _ output: inout [EngineOutput]
  ) {
    // A late answer, of an attempt that is over: it changes nothing.
    guard var run = runs[id], case .calling(attempt, let plan) = run.phase else { return }
    switch report {
    case .outcome(let outcome):
      conclude(&run, plan, outcome, attempt, &output)
    case .interrupted:
      run.phase = .interrupted
    case .collateral where isStopping:
      run.phase = .interrupted
    case .collateral(let reason):
      run.collaterals += 1
      // Earlier requests of this call may have been answered: the rerun gets the stored answers.
      run.mayHaveSent = true
      if run.collaterals > limits.collaterals {
        let failure = ActionFailure(
          .unavailable, code: "worker_lost",
          message: "the worker died \(run.collaterals) times around this call: \(reason)")
        conclude(&run, plan, .failed(failure), attempt, &output)
      } else {
        // What it was answered is in the ledger and comes from there; what left and may be
        // repeated is sent again, and the ledger knows that it is.
        run.mayHaveSent = true
        call(&run, plan, &output)
      }
    }
    runs[id] = run
  }

  /// Applies an outcome to the run as it will be, and has it recorded.
  private mutating func conclude(
    _ run: inout LiveRun, _ plan: CallPlan, _ outcome: ActionOutcome, _ attempt: AttemptNumber?,
    _ output: inout [EngineOutput]
  ) {
    var after = run.progress
    let (entry, continuation) = after.apply(outcome, for: plan, now: Moment(milliseconds: 0))
    var marksUnknown = false
    if case .unknown = outcome { marksUnknown = true }
    var newContact: String?
    var keepsWrites = false
    if case .succeeded(let result) = outcome {
      keepsWrites = true
      if let member = plan.setsContact { newContact = result[member]?.asText }
    }
    var end: RunEnd?
    if case .finish(let runEnd) = continuation { end = runEnd }
    let order = RecordOrder(
      run: run.progress.runID, project: run.project, attempt: attempt, keepsWrites: keepsWrites,
      journal: run.unrecorded + [entry], firstSequence: run.journalled, position: after.position,
      end: end, marksUnknown: marksUnknown, newContact: newContact,
      contactID: run.progress.contact?["id"]?.asText)
    run.phase = .recording(LiveRun.Recording(order: order, after: after, plan: plan))
    output.append(.record(order))
  }

  /// Has the end of a run recorded that no call leads to.
  private mutating func record(
    _ run: inout LiveRun, after: RunProgress, end: RunEnd, _ output: inout [EngineOutput]
  ) {
    let order = RecordOrder(
      run: run.progress.runID, project: run.project, attempt: nil, keepsWrites: false,
      journal: run.unrecorded, firstSequence: run.journalled, position: after.position, end: end,
      marksUnknown: false, newContact: nil, contactID: nil)
    run.phase = .recording(LiveRun.Recording(order: order, after: after, plan: nil))
    output.append(.record(order))
  }

  // MARK: recordings

  private mutating func recorded(
    _ id: RunID, _ report: RecordReport, at now: UInt64, _ output: inout [EngineOutput]
  ) {
    guard var run = runs[id], case .recording(let recording) = run.phase else { return }
    switch report {
    case .committed(let contact):
      run.progress = recording.after
      if let contact { run.progress.contact = contact }
      run.journalled += recording.order.journal.count
      run.unrecorded = []
      run.mayHaveSent = false
      run.collaterals = 0
      run.lostRaces = 0
      run.phase = .decided
      if let end = recording.order.end {
        runs[id] = nil
        output.append(.finished(id, end))
        return
      }
      decide(&run, &output)
    case .lostRace(let detail):
      guard let plan = recording.plan else { preconditionFailure("a finish writes no records") }
      run.lostRaces += 1
      if run.lostRaces > limits.lostRaces {
        let failure = ActionFailure(
          .conflict, code: "conflict",
          message: "others changed the same records \(run.lostRaces) times: \(detail)")
        conclude(&run, plan, .failed(failure), nil, &output)
      } else {
        // What it sent is in the ledger, so the rerun gets the stored answers.
        run.mayHaveSent = true
        call(&run, plan, &output)
      }
    case .rejected(let code, let message):
      guard let plan = recording.plan, recording.order.keepsWrites else {
        runs[id] = nil
        output.append(.dropped(id))
        return
      }
      let failure = ActionFailure(.invalidInput, code: code, message: message)
      conclude(&run, plan, .failed(failure), nil, &output)
    case .superseded:
      runs[id] = nil
      output.append(.dropped(id))
      return
    case .refused:
      run.phase = .stalled(recording)
      output.append(.wake(at: now + limits.stallRetry))
    }
    runs[id] = run
  }

  private mutating func retryStalled(_ output: inout [EngineOutput]) {
    for id in runs.keys.sorted() {
      guard var run = runs[id], case .stalled(let recording) = run.phase else { continue }
      run.phase = .recording(recording)
      runs[id] = run
      output.append(.record(recording.order))
    }
  }
}
