// SPDX-License-Identifier: Apache-2.0
// One recording as a transaction: records, effects, journal, position, all or nothing.
import CSystem
import Engine
import HostServices
import Pipeline
import Store
import Values

/// What goes to disk after an attempt or a wait, in one savepoint of the writer's batch.
///
/// A value without clock and loop, so that the simulation writes through the same code.
package struct Recording: Sendable {
  package var order: RecordOrder
  /// What the call wrote and asked of runs; empty where the order keeps nothing of it.
  package var writes: [RecordWrite] = []
  package var effects: [RunEffect] = []
  /// Its HTTP exchanges, kept for viewing whatever became of it.
  package var exchanges: [ExchangeRow] = []
  /// The call as it can run again, where it is kept.
  @Boxed package var transcript: CallTranscript?
  /// The run as this writer last knew it.
  package var standing: RunStanding
  /// **Unit** milliseconds since 1970.
  package var now: Int64
  package var durationMS: Int64 = 0
  /// The build of the plugin that was called, for the entry of the attempt; nil without a call.
  package var build: String?
  /// The idempotency key of the attempt, which news of it will name.
  package var key: String?
  package var faults: RecordingFaults = []

  package init(order: RecordOrder, standing: RunStanding, now: Int64) {
    self.order = order
    self.standing = standing
    self.now = now
  }

  /// - Throws: `StoreError`: a conflict takes everything back; `zombie` when the run is no longer
  ///   this incarnation's to write.
  package func write(_ transaction: WriteTransaction) throws(StoreError) -> Recorded {
    var recorded = Recorded()
    if order.isWake {
      try transaction.runWake(order.run, fence: standing.fence, nowMS: now)
    }
    if !writes.isEmpty {
      _ = try transaction.recordsApply(order.project, writes, nowMS: now)
    }
    var entries = try applyEffects(transaction, &recorded)
    try mapResponse(&entries, transaction, &recorded)
    if let attempt = entries.lastIndex(where: { $0.action != nil }) {
      if let build { entries[attempt].build = build }
      let isAwaited = order.marksUnknown || order.wait?.kind == .news
      if let key, isAwaited { entries[attempt].key = key }
    }
    recorded.entries = entries
    for (index, entry) in entries.enumerated() {
      // The time spent belongs to the last entry: the ones before are filters passed on the way.
      let spent = index == entries.count - 1 ? durationMS : 0
      try transaction.journalAppend(
        order.run, sequence: Int64(order.firstSequence + index), entry: entry.value.json,
        startedMS: now - spent, durationMS: spent)
    }
    for exchange in exchanges { try transaction.exchangePut(exchange) }
    try keepTranscript(entries, transaction)
    for alert in order.alerts { try raise(alert, transaction) }
    for tally in order.tallies {
      transaction.stepCount(order.connector, tally.step.rawValue, StepCounts(tally))
    }
    try move(transaction, &recorded)
    try settleEarly(entries, transaction)
    _ = sys_fault(SYS_FAULT_OUTCOME)
    recorded.contact = try contact(transaction)
    return recorded
  }

  private func keepTranscript(
    _ entries: [JournalEntry], _ transaction: WriteTransaction
  ) throws(StoreError) {
    guard let transcript, let attempt = entries.lastIndex(where: { $0.action != nil }) else { return }
    try transaction.transcriptPut(
      TranscriptRow(
        run: order.run, sequence: Int64(order.firstSequence + attempt), connector: order.connector,
        component: entries[attempt].component.rawValue, isFailure: !order.keepsWrites,
        content: transcript.value.json))
  }

  // MARK: effects

  /// Carries out what the call asked of runs, and puts what only that could tell into its result.
  private func applyEffects(
    _ transaction: WriteTransaction, _ recorded: inout Recorded
  ) throws(StoreError) -> [JournalEntry] {
    var values: [Int: JSONValue] = [:]
    for effect in effects {
      switch effect {
      case .start(let start): values[start.slot] = try begin(start, transaction, &recorded)
      case .cancelDelays(let cancel): values[cancel.slot] = try apply(cancel, transaction, &recorded)
      case .leaveEnrolment(let leave):
        let key = EnrolmentKey(connector: leave.connector, subject: leave.subject)
        let left = try transaction.enrolmentCancel(
          key, except: order.run, reason: "run \(order.run) took it out", nowMS: now)
        if let left {
          recorded.ended.append(left.run)
          recorded.add(left.aftermath)
        }
        values[leave.slot] = leave.value(run: left?.run)
      case .raise(let raise):
        let raised = try raise.apply(transaction, origin: order.run, nowMS: now)
        recorded.started += raised.started.map { StartedRunPlace($0.connector, order.project) }
        if raised.woken != nil { recorded.dueAt = 0 }
        values[raise.slot] = raised.value
      case .settle(let news):
        let verdict = try news.apply(transaction, nowMS: now)
        if case .woken = verdict { recorded.dueAt = 0 }
        values[news.slot] = news.value(verdict)
      case .stop: break
      }
    }
    var entries = order.journal
    if !values.isEmpty, let last = entries.indices.last, let output = entries[last].output {
      let filled = DeferredValues.fill(output, values)
      entries[last].output = filled
      recorded.result = filled
    }
    return entries
  }

  private func begin(
    _ start: RunStart, _ transaction: WriteTransaction, _ recorded: inout Recorded
  ) throws(StoreError) -> JSONValue {
    let key = start.entry.map { EnrolmentKey(connector: start.connector, subject: $0.subject) }
    let rule: EnrolmentRule = start.entry?.ifEnrolled == .restart ? .restart : .leave
    let hops = faults.contains(.resetsHops) ? 0 : start.hops
    let body = start.event.json
    let event = NewEvent(
      project: order.project, connector: start.connector, version: start.version, body: body, hops: hops, origin: order.run, enrolment: key,
      fifoKey: start.contact.map { "contact:\($0)" }, contact: start.contact)
    let started = try transaction.runStart(event, ifEnrolled: rule, nowMS: now)
    if started.isNew {
      recorded.started.append(StartedRunPlace(start.connector, order.project))
      try transaction.blobsHandOver(from: order.run, to: started.run, event: body)
    }
    if let replaced = started.replaced { recorded.ended.append(replaced) }
    recorded.add(started.aftermath)
    let previous = started.isNew ? started.replaced : started.run
    return start.value(run: started.run, isStarted: started.isNew, previous: previous)
  }

  private func apply(
    _ cancel: DelayCancel, _ transaction: WriteTransaction, _ recorded: inout Recorded
  ) throws(StoreError) -> JSONValue {
    let done = try transaction.delayCancel(
      order.project, pairs: cancel.keys.map { ($0.connector, $0.identifier) },
      mode: cancel.mode == .resume ? .resume : .end, holdMS: cancel.holdMS, except: order.run,
      nowMS: now)
    if cancel.mode == .end { recorded.ended += done.cancelled.map(\.run) }
    if cancel.mode == .resume, !done.cancelled.isEmpty { recorded.dueAt = 0 }
    recorded.add(done.aftermath)
    return cancel.value(done.cancelled.map { ($0.run, $0.connector, $0.identifier) })
  }

  /// What became of an attempt may have been told before it was known to be unknown.
  private func settleEarly(
    _ entries: [JournalEntry], _ transaction: WriteTransaction
  ) throws(StoreError) {
    guard order.marksUnknown, !faults.contains(.forgetsNews),
      let key = entries.last(where: { $0.action != nil })?.key
    else { return }
    for (_, text) in try transaction.newsTold(order.run, key: key) {
      guard let news = try? JSONValue(parsing: text) else { continue }
      let told = EventNews(
        project: order.project, key: key, hasSucceeded: news["state"] == "succeeded", news: news,
        slot: 0)
      _ = try told.apply(transaction, nowMS: now)
    }
  }

  // MARK: learned responses

  /// A result with a member `mapping` is a response whose `json` is read by later components: its
  /// first shape is learned, and one of another shape is noted and mapped as far as it fits.
  private func mapResponse(
    _ entries: inout [JournalEntry], _ transaction: WriteTransaction, _ recorded: inout Recorded
  ) throws(StoreError) {
    guard order.keepsWrites, let last = entries.indices.last, let output = entries[last].output,
      output["mapping"] != nil
    else { return }
    let component = entries[last].component.rawValue
    let stored = try transaction.shapeGet(order.connector, component)
    let learned = stored.flatMap { row -> ResponseShape? in
      (try? JSONValue(parsing: row.shape)).flatMap { ResponseShape(value: $0) }
    }
    let verdict = ResponseMapping.judge(output, learned: learned)
    if let shape = verdict.learned {
      try transaction.shapePut(order.connector, component, shape: shape.value.json, nowMS: now)
    } else if verdict.result["mapping"] == "changed", let json = output["json"] {
      _ = try transaction.shapeChange(
        order.connector, component, shape: ResponseShape(of: json).value.json, nowMS: now)
      if let alert = order.shapeAlert { try raise(alert, transaction) }
    }
    guard verdict.result != output || !verdict.notes.isEmpty else { return }
    entries[last].output = verdict.result
    entries[last].notes += verdict.notes
    recorded.result = verdict.result
  }

  // MARK: alerts

  /// Leaves a mail for whoever is to be told, unless one went out a short time ago.
  private func raise(
    _ alert: AlertOrder, _ transaction: WriteTransaction
  ) throws(StoreError) {
    let verdict = try transaction.alertRaise(
      order.connector, alert.subject.name, everyMS: alert.every.milliseconds, nowMS: now)
    guard case .send(let heldBack) = verdict else { return }
    let row = try transaction.connectorGet(order.connector)
    let place = row.map { "connector \($0.name) of project \($0.project)" } ?? "a connector"
    let mail = AlertMail(alert, of: order.run, place: place)
    _ = try transaction.alertMailPut(
      order.connector, alert.subject.name, mail: mail.value(heldBack: heldBack).json, nowMS: now)
  }

  // MARK: the run's own row

  private func move(
    _ transaction: WriteTransaction, _ recorded: inout Recorded
  ) throws(StoreError) {
    let fence = order.isWake ? standing.fence.next : standing.fence
    let state = order.isWake ? RunState.running : standing.state
    let position = order.position.text
    let mark = order.marksUnknown ? "unknown" : nil
    let chosen = order.newContact.flatMap { RecordID(text: $0) }
    var childrenStand = false
    if let children = order.children {
      let runs = try transaction.childrenInsert(
        parent: order.run, step: children.step, scope: children.scope.json,
        items: children.items.map(\.json), waits: children.waits, nowMS: now)
      childrenStand = runs.isEmpty
      if !runs.isEmpty {
        recorded.started.append(StartedRunPlace(order.connector, order.project))
      }
    }
    if let end = order.end {
      let aftermath = try transaction.runFinish(
        order.run, fence: fence, expecting: state,
        RunChange(
          self.state(end.state), position: position, contact: chosen, mark: mark,
          reason: end.reason, saved: end.saved.map { JSONValue.object($0).json }), nowMS: now)
      recorded.add(aftermath)
      recorded.sequence = fence.sequence + 1
    } else if var wait = order.storedWait {
      if wait.kind == .news, wait.key == nil { wait.key = key }
      try transaction.runNote(order.run, RunChange(.waiting, contact: chosen, mark: mark))
      let verdict = try transaction.runPark(
        order.run, fence: fence, expecting: state, position: position, due: order.wait?.due,
        wait: wait, nowMS: now)
      recorded.sequence = fence.sequence + 1
      if childrenStand, try transaction.childrenWake(order.run, nowMS: now) { recorded.wakes() }
      // News may have been faster than the answer.
      if wait.kind == .news, !faults.contains(.forgetsNews),
        try transaction.newsWake(order.run, nowMS: now)
      {
        recorded.wakes()
      }
      if case .held(let mode, let aftermath) = verdict {
        recorded.held = mode
        if mode == .resume { recorded.wakes() }
        recorded.add(aftermath)
      }
    } else {
      try transaction.runUpdate(
        order.run, fence: fence, expecting: state,
        RunChange(.running, position: position, contact: chosen, mark: mark), nowMS: now)
      recorded.sequence = fence.sequence + 1
    }
  }

  private func state(_ end: RunEndState) -> RunState {
    switch end {
    case .succeeded: .succeeded
    case .stopped: .stopped
    case .failed: .failed
    case .cancelled: .cancelled
    }
  }

  private func contact(_ transaction: WriteTransaction) throws(StoreError) -> JSONValue? {
    let known = order.contactID.flatMap { RecordID(text: $0) }
    let chosen = order.newContact.flatMap { RecordID(text: $0) }
    let touched = writes.contains { $0.schema.name == "contact" && $0.id == known }
    guard let id = chosen ?? (touched ? known : nil) else { return nil }
    return try transaction.recordGet(order.project, collection: "contact", id: id)?.document
  }
}

/// Mistakes a recording can be told to make, to see that the simulation finds them.
package struct RecordingFaults: OptionSet, Sendable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// A routed run begins to count its hops anew.
  package static let resetsHops = RecordingFaults(rawValue: 1 << 0)
  /// A run that waits for news does not look at those that came before.
  package static let forgetsNews = RecordingFaults(rawValue: 1 << 1)
}

/// A connector of which a run was started.
package struct StartedRunPlace: Sendable, Hashable {
  package let connector: ConnectorID
  package let project: ProjectID

  init(_ connector: ConnectorID, _ project: ProjectID) {
    self.connector = connector
    self.project = project
  }
}

/// What a recording came to, told once it is on disk.
package struct Recorded: Sendable {
  /// The run's contact as it now is, when this recording changed it or chose another.
  package var contact: JSONValue?
  /// The journal as it was written.
  package var entries: [JournalEntry] = []
  /// The call's result with what only the commit knew.
  package var result: JSONValue?
  /// Set when the run was to be parked and its delay was cancelled at once.
  package var held: DelayCancelMode?
  /// The sequence of the run's row from here on.
  package var sequence: Int64 = 0
  /// Where runs were started that stand on disk as ready.
  package var started: [StartedRunPlace] = []
  /// Runs that were ended by this one.
  package var ended: [RunID] = []
  /// Children under way that are to be cancelled where they run.
  package var toCancel: [RunID] = []
  /// When some waiting run has become due. **Unit** milliseconds since 1970.
  package var dueAt: Int64?

  /// The run is due as soon as it is parked, which moved its row once more.
  mutating func wakes() {
    dueAt = 0
    sequence += 1
  }

  mutating func add(_ aftermath: RunAftermath) {
    ended += aftermath.cancelledChildren
    toCancel += aftermath.runningChildren
    // A parent whose children have all ended is due at once, whatever the time is.
    if !aftermath.wokenParents.isEmpty { dueAt = 0 }
  }
}

/// The row of a run as its one writer last left it.
package struct RunStanding: Sendable {
  package var fence: RunFence
  package var state: RunState

  package init(fence: RunFence, state: RunState) {
    self.fence = fence
    self.state = state
  }

  mutating func move(to state: RunState, _ sequence: Int64) {
    fence.sequence = sequence
    self.state = state
  }
}

extension StepCounts {
  /// What a recording adds; how many wait is the store's to know.
  init(_ tally: StepTally) {
    self.init(
      entered: Int64(tally.entered), passed: Int64(tally.passed),
      filtered: Int64(tally.filtered), cancelled: Int64(tally.cancelled),
      succeeded: Int64(tally.succeeded), failed: Int64(tally.failed))
  }
}
