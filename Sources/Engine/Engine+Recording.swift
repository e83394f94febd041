// SPDX-License-Identifier: Apache-2.0
// What must be on disk before a run goes on, and how it goes on then.
import Calendar
import Pipeline
import Values

extension Engine {
  /// Has everything recorded that is not on disk yet.
  ///
  /// - Parameters:
  ///   - after: the run as it will be; as it is where nothing changes it.
  ///   - fill: what this recording has besides.
  mutating func record(
    _ id: RunID, _ kind: LiveRun.Kind, after: RunProgress? = nil,
    _ fill: (inout RecordOrder) -> Void = { _ in }
  ) {
    guard let project = runs[id]?.project, let connector = runs[id]?.connector,
      let journal = runs[id]?.unrecorded, let first = runs[id]?.journalled,
      var after = after ?? runs[id]?.progress
    else { return }
    var order = RecordOrder(
      run: id, project: project, connector: connector, journal: journal, firstSequence: first,
      position: after.position)
    order.isWake = runs[id]?.waitsOnDisk ?? false
    order.tallies = after.takeTallies()
    fill(&order)
    output.append(.record(order))
    move(id, to: .recording(LiveRun.Recording(order: order, after: after, kind: kind)))
  }

  /// Has the end of a run recorded that no call leads to.
  mutating func recordEnd(_ id: RunID, _ end: RunEnd, after: RunProgress? = nil) {
    // A connector is long: copied out only where somebody may be told.
    let connector = end.state == .failed ? runs[id]?.progress.connector : nil
    record(id, .end, after: after) { order in
      order.end = end
      order.alerts = connector.map { AlertOrder.orders(end, $0) } ?? []
    }
  }

  mutating func recorded(_ id: RunID, _ report: RecordReport) {
    guard case .recording(var recording)? = runs[id]?.phase else { return }
    move(id, to: .decided)
    switch report {
    case .committed(let contact, let result, let held):
      committed(id, &recording, contact, result, held)
    case .lostRace(let detail): lostRace(id, recording, detail)
    case .rejected(let code, let message): rejected(id, recording, code, message)
    case .superseded:
      // Who came first may have made it due while it was here, where a look passes it by.
      sleepers.note(0)
      drop(id, recording)
    case .refused:
      timers.add(.stalled(id), at: now.monotonic + limits.stallRetry)
      move(id, to: .stalled(recording))
    }
  }

  private mutating func committed(
    _ id: RunID, _ recording: inout LiveRun.Recording, _ contact: JSONValue?,
    _ result: JSONValue?, _ held: WaitHold?
  ) {
    if let result, case .outcome(let call, .succeeded, let stops) = recording.kind {
      // What only the commit knew stands in the result now: the run is what the filled one makes.
      _ = runs[id]?.progress.apply(
        .succeeded(result), for: call.plan, attempts: call.made,
        now: Moment(milliseconds: now.wall), stops: stops)
      // They went with the order.
      _ = runs[id]?.progress.takeTallies()
    } else {
      runs[id]?.exchangeProgress(&recording.after)
    }
    if let contact { runs[id]?.progress.contact = contact }
    runs[id]?.journalled += recording.order.journal.count
    runs[id]?.unrecorded = []
    runs[id]?.waitsOnDisk = false
    if case .wake = recording.kind { sleepers.waking -= 1 }
    if let end = recording.order.end { return finish(id, end) }
    goOn(id, recording, held)
  }

  /// Goes on with a run that has not ended, now that all of it is on disk.
  private mutating func goOn(_ id: RunID, _ recording: LiveRun.Recording, _ held: WaitHold?) {
    switch recording.kind {
    case .outcome:
      runs[id]?.mayHaveSent = false
      release(locksOf: id)
      decide(id)
    case .attempt(let call, let until):
      guard runs[id]?.cancel == nil else { return endCancelled(id) }
      backOff(id, call, until: until)
    case .wake: begin(id)
    case .news:
      runs[id]?.mayHaveSent = false
      release(locksOf: id)
      isParked(id, recording, held)
    case .park: isParked(id, recording, held)
    case .children(let waits):
      if let run = runs[id] { backlog.note(run.connector, run.project) }
      if waits { parked(id, until: nil) } else { decide(id) }
    case .checkpoint, .end: decide(id)
    }
  }

  private mutating func isParked(
    _ id: RunID, _ recording: LiveRun.Recording, _ held: WaitHold?
  ) {
    switch held {
    case nil: parked(id, until: recording.order.wait?.due)
    case .resume:
      // Its time has come, whatever the clock is set to next.
      sleepers.note(0)
      parked(id, until: now.wall)
    case .end: finish(id, RunEnd(.cancelled, reason: "its delay was cancelled by a hold"))
    }
  }

  private mutating func finish(_ id: RunID, _ end: RunEnd) {
    output.append(.finished(id, end))
    guard let run = remove(id) else { return }
    answer(run.cancel, id, isCancelled: end.state == .cancelled)
    // The last run of a loop's elements makes its parent due.
    if run.progress.child != nil { sleepers.note(0) }
  }

  private mutating func lostRace(_ id: RunID, _ recording: LiveRun.Recording, _ detail: String) {
    guard var call = recording.kind.call else {
      preconditionFailure("a recording without a call writes no records")
    }
    let before = recording.order.journal.dropLast(entriesOfOutcome(recording))
    runs[id]?.unrecorded = Array(before)
    call.lostRaces += 1
    guard call.lostRaces <= limits.lostRaces else {
      let failure = ActionFailure(
        .conflict, code: "conflict",
        message: "others changed the same records \(call.lostRaces) times: \(detail)")
      return conclude(id, call, .failed(failure), attempt: nil)
    }
    // What it sent is in the ledger, so the rerun gets the stored answers.
    call.mayHaveSent = true
    call.made -= 1
    guard runs[id]?.cancel == nil else { return endCancelled(id) }
    guard !isStopping else { return move(id, to: .held) }
    pass(id, call, from: .breaker)
  }

  private mutating func rejected(
    _ id: RunID, _ recording: LiveRun.Recording, _ code: String, _ message: String
  ) {
    guard let call = recording.kind.call, recording.order.keepsWrites else {
      return drop(id, recording)
    }
    let before = recording.order.journal.dropLast(entriesOfOutcome(recording))
    runs[id]?.unrecorded = Array(before)
    let failure = ActionFailure(.invalidInput, code: code, message: message)
    conclude(id, call, .failed(failure), attempt: nil)
  }

  /// How many entries at the end of a recording came from its outcome: the action's, and that of a
  /// cancel with it.
  private func entriesOfOutcome(_ recording: LiveRun.Recording) -> Int {
    recording.order.end?.state == .cancelled ? 2 : 1
  }

  private mutating func drop(_ id: RunID, _ recording: LiveRun.Recording) {
    if case .wake = recording.kind { sleepers.waking -= 1 }
    output.append(.dropped(id))
    guard let run = remove(id) else { return }
    answer(run.cancel, id, isCancelled: false)
  }

  // MARK: time

  mutating func fire(_ timer: EngineTimer) {
    switch timer {
    case .rate(let key): handTokens(key)
    case .breaker(let key): probe(key)
    case .backOff(let id):
      guard !isStopping, case .backingOff(let call, let until)? = runs[id]?.phase,
        until <= now.monotonic
      else { return }
      move(id, to: .decided)
      pass(id, call, from: .disabled)
    case .stalled(let id):
      guard case .stalled(let recording)? = runs[id]?.phase else { return }
      output.append(.record(recording.order))
      move(id, to: .recording(recording))
    }
  }
}
