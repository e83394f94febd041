// SPDX-License-Identifier: Apache-2.0
// Attempts: ordered, ended, made again, concluded.
import Calendar
import Pipeline
import Values

extension Engine {
  mutating func nextAttempt() -> AttemptNumber {
    lastAttempt += 1
    return AttemptNumber(lastAttempt)
  }

  /// Orders an attempt; every gate is behind it.
  mutating func order(_ id: RunID, _ passed: Call) {
    guard let project = runs[id]?.project, let connector = runs[id]?.connector,
      let context = runs[id]?.context(of: passed.plan.component)
    else { return }
    var call = passed
    // The plugin may have been disabled, or the project paused, while the run waited elsewhere.
    let mayCall = projects[project]?.allows(call.plan.action) == true
    guard mayCall || faults.contains(.ignoresDisabledAfterGates) else {
      abandon(id, call, at: nil)
      return pass(id, call, from: .disabled)
    }
    call.attempt = nextAttempt()
    call.began = now.monotonic
    output.append(
      .call(
        CallOrder(
          run: id, project: project, connector: connector, attempt: call.attempt,
          shared: call.shared, ordinal: call.made + 1, mayHaveSent: call.mayHaveSent,
          isResend: call.isResend, context: context)))
    move(id, to: .calling(call))
  }

  mutating func ended(
    _ id: RunID, _ attempt: AttemptNumber, _ report: CallReport, _ stops: String?
  ) {
    // A late answer, of an attempt that is over: it changes nothing.
    guard case .calling(var call)? = runs[id]?.phase, call.attempt == attempt else { return }
    switch report {
    case .outcome(let outcome):
      outcomeCame(id, &call, outcome, stops)
    case .waits(let wait):
      call.made += 1
      call.spent += now.monotonic - call.began
      recordNewsWait(id, call, wait, stops)
      guard let project = runs[id]?.project else { return }
      judge(id, project, call.plan, .succeeded(wait.result))
      leavePlugin(id, project, call.plan)
    case .collateral(let reason) where !isStopping:
      call.collaterals += 1
      // Earlier requests of this call may have been answered, and what left may be repeated: the
      // ledger knows.
      call.mayHaveSent = true
      guard runs[id]?.cancel == nil else {
        abandon(id, call, at: nil)
        return endCancelled(id)
      }
      guard call.collaterals > limits.collaterals else { return order(id, call) }
      let failure = ActionFailure(
        .unavailable, code: "worker_lost",
        message: "the worker died \(call.collaterals) times around this call: \(reason)")
      outcomeCame(id, &call, .failed(failure), nil)
    case .interrupted, .collateral:
      move(id, to: .held)
      abandon(id, call, at: nil)
    }
  }

  private mutating func outcomeCame(
    _ id: RunID, _ call: inout Call, _ outcome: ActionOutcome, _ stops: String?
  ) {
    guard let project = runs[id]?.project else { return }
    call.made += 1
    call.spent += now.monotonic - call.began
    let isFinal =
      outcome.status == .succeeded || runs[id]?.cancel != nil || call.made >= limits.attempts
    let wait =
      isFinal
      ? nil
      : Retry(call.plan).wait(
        after: outcome, made: call.made, spent: call.spent,
        jitter: Retry.jitter(id, place: call.plan.place, attempt: call.made))
    if let wait {
      retry(id, call, outcome, after: wait)
    } else {
      conclude(id, call, outcome, attempt: call.attempt, stops: stops)
    }
    judge(id, project, call.plan, outcome)
    leavePlugin(id, project, call.plan)
  }

  /// Has an attempt recorded that another one follows: a restart must not forget it.
  private mutating func retry(
    _ id: RunID, _ failed: Call, _ outcome: ActionOutcome, after wait: UInt64
  ) {
    guard var after = runs[id]?.progress else { return }
    var call = failed
    call.spent += wait
    call.mayHaveSent = true
    if case .unknown = outcome { call.isResend = true } else { call.isResend = false }
    let until = now.monotonic + wait
    if faults.contains(.forgetsAttempts) { return backOff(id, call, until: until) }
    let entry = after.attempted(
      outcome, for: call.plan, attempt: call.made,
      retryAt: Moment(milliseconds: now.wall(of: until)), spentMS: Int64(call.spent / 1_000_000))
    runs[id]?.unrecorded.append(entry)
    record(id, .attempt(call, until: until), after: after) { $0.attempt = call.attempt }
  }

  /// Waits for the time of the next attempt, with all locks held.
  mutating func backOff(_ id: RunID, _ waiting: Call, until: UInt64) {
    var call = waiting
    if faults.contains(.doesNotHoldLocksOverRetry) {
      call.holdsKeys = false
      release(locksOf: id)
    }
    timers.add(.backOff(id), at: until)
    move(id, to: .backingOff(call, until: until))
    if faults.contains(.breaksFIFOOnRetry), let run = runs[id] { leaveFIFO(id, run) }
  }

  /// Applies an outcome to the run as it will be, and has it recorded.
  mutating func conclude(
    _ id: RunID, _ call: Call, _ outcome: ActionOutcome, attempt: AttemptNumber?,
    stops: String? = nil
  ) {
    guard var after = runs[id]?.progress else { return }
    let contactID = after.contact?["id"]?.asText
    let (entry, continuation) = after.apply(
      outcome, for: call.plan, attempts: call.made, now: Moment(milliseconds: now.wall),
      stops: stops)
    runs[id]?.unrecorded.append(entry)
    var end: RunEnd?
    if case .finish(let runEnd) = continuation { end = runEnd }
    if end == nil, let cancel = runs[id]?.cancel {
      runs[id]?.unrecorded.append(after.cancel(reason: cancel.reason))
      end = RunEnd(.cancelled, reason: cancel.reason)
    }
    // A connector is long: copied out only where somebody is to be told.
    let isWatched = call.plan.alert != nil || after.isWatched
    let connector = isWatched ? after.connector : nil
    record(id, .outcome(call, outcome, stops: stops), after: after) { order in
      order.attempt = attempt
      order.end = end
      if case .unknown = outcome { order.marksUnknown = true }
      if case .succeeded(let result) = outcome {
        order.keepsWrites = true
        order.shapeAlert = connector.flatMap { AlertOrder.shape(call.plan, $0) }
        if let member = call.plan.setsContact { order.newContact = result[member]?.asText }
      }
      order.alerts = connector.map { AlertOrder.orders(outcome, call.plan, end, $0) } ?? []
      order.contactID = contactID
    }
    if faults.contains(.startsCallBeforeRecording) { startEarly(id, after) }
  }

  /// The fault: the next call goes out while the outcome is still on its way to the disk.
  private mutating func startEarly(_ id: RunID, _ after: RunProgress) {
    guard var ahead = runs[id], ahead.cancel == nil else { return }
    let rules = projects[ahead.project] ?? ProjectRules()
    ahead.progress = after
    let time = Moment(milliseconds: now.wall)
    guard case .call(let plan) = ahead.progress.next(now: time, policies: { rules.inputs(for: $0) })
      .decision
    else { return }
    let attempt = nextAttempt()
    output.append(
      .call(
        CallOrder(
          run: id, project: ahead.project, connector: ahead.connector, attempt: attempt,
          shared: SharedPlan(plan), ordinal: 1, mayHaveSent: false, isResend: false,
          context: CallContext(after, plan.component))))
  }
}
