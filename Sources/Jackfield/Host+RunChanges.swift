// SPDX-License-Identifier: Apache-2.0
// What a person does to runs: cancel, retry, resolve, move their delays.
import Calendar
import Pipeline
import Scheduler
import Store
import Synchronization
import Values

/// A retry of one run, done or only looked at.
public struct RunRetry: Sendable {
  public let run: Int64
  /// What runs again although it had succeeded, or may have: `{component, action, effect, status}`.
  public let repeats: [JSONValue]
  /// Why it was not retried.
  public let refusal: String?

  public var value: JSONValue {
    var value: JSONObject = ["run": .text(String(run)), "repeats": .list(repeats)]
    if let refusal { value["refusal"] = .text(refusal) }
    return .object(value)
  }
}

/// Where a retry begins.
public enum RetryFrom: Sendable, Hashable {
  /// At the component that failed.
  case component
  /// At the beginning of its step.
  case step
  /// The failed elements of a `for_each` step, and then where the run had got to.
  case failedElements(step: String)

  /// Whether a run that succeeded may have something to run again.
  var isOfElements: Bool {
    if case .failedElements = self { true } else { false }
  }
}

/// What became of a cancel.
public enum RunCancel: Sendable, Hashable {
  case cancelled
  /// It had ended before, in this state.
  case hadEnded(String)
  /// It was in a call, which had to end first and ended the run itself, in this state.
  case ended(String)
}

extension Host {
  /// Ends a run as cancelled: at once where it waits, after its open call where it is in one.
  ///
  /// - Throws: `HostError`, codes `unknown_run`, `host_busy`.
  public func cancelRun(_ id: Int64, reason: String) throws(HostError) -> RunCancel {
    let row = try runRow(RunID(id))
    if row.finishedAt != nil { return .hadEnded(row.state.rawValue) }
    if try end(row.id, reason) { return .cancelled }
    return .ended(try runRow(row.id).state.rawValue)
  }

  /// Whether the run ended as cancelled.
  private func end(_ run: RunID, _ reason: String) throws(HostError) -> Bool {
    guard let runtime else {
      let now = Host.now()
      let ended = try writing { transaction throws(StoreError) in
        // Nobody works on it: no host is running.
        let incarnation = try transaction.incarnationNext()
        return try transaction.runCancelStored(
          run, reason: reason, incarnation: incarnation, nowMS: now)
      }
      return ended != nil
    }
    let answered = Signal()
    let isDone = Mutex(false)
    runtime.loop.post {
      runtime.scheduler.cancel(run, reason: reason) { done in
        isDone.withLock { $0 = done }
        answered.give()
      }
    }
    // An open call ends within its timeout at the latest.
    guard answered.wait(seconds: 90) else {
      throw HostError("host_busy", "run \(run) will be cancelled when its open call has ended")
    }
    return isDone.withLock { $0 }
  }

  /// Lets a run that failed, stopped or was cancelled go on from where it ended.
  ///
  /// - Parameters:
  ///   - onCurrentVersion: on the connector's newest version instead of its own.
  ///   - isDryRun: only says what would run again.
  /// - Throws: `HostError`, codes `unknown_run`, `not_ended`, `no_failed_elements`.
  public func retryRun(
    _ id: Int64, from: RetryFrom = .component, onCurrentVersion: Bool = false,
    isDryRun: Bool = false
  ) throws(HostError) -> RunRetry {
    let row = try runRow(RunID(id))
    if let refusal = Self.refusal(ofRetrying: row, from: from) {
      throw HostError("not_ended", refusal)
    }
    let reading = try runReading(row.project)
    let (_, rules) = try setup(of: row.project)
    let policies = { @Sendable (action: ActionID) in rules.inputs(for: action) }
    let start = RetryStart(from)
    let library = library
    let current = onCurrentVersion ? try connector(row.connector) : nil
    let now = Host.now()
    let prepare = {
      @Sendable (transaction: any StoreReading) throws(StoreError) -> PreparedRetry in
      guard let row = try transaction.runGet(row.id) else {
        throw StoreError(.notFound, "run \(row.id) is gone")
      }
      var (progress, journalled) = try reading.progress(row, transaction)
      var entries: [JournalEntry] = []
      for row in try transaction.journalGet(row.id) {
        if let value = try? JSONValue(parsing: row.entry), let entry = JournalEntry(value: value) {
          entries.append(entry)
        }
      }
      let repeats = progress.repeats(from: start, in: entries, policies: policies).map(\.value)
      do {
        let entry: JournalEntry
        if let current {
          let connector = try library.connector(
            row.connector, version: current.version, in: transaction)
          entry = try progress.reopen(from: start, on: connector, version: Int(current.version))
        } else {
          entry = try progress.reopen(from: start)
        }
        return PreparedRetry(
          repeats: repeats, entry: entry, journalled: journalled,
          position: progress.position.text, refusal: nil)
      } catch let error as PipelineError {
        return PreparedRetry(
          repeats: [], entry: nil, journalled: journalled, position: "", refusal: error)
      } catch let error as StoreError {
        throw error
      } catch {
        throw StoreError(.damaged, "\(error)")
      }
    }
    let prepared: PreparedRetry
    if isDryRun {
      prepared = try self.reading { transaction throws(StoreError) in try prepare(transaction) }
    } else {
      prepared = try writing { transaction throws(StoreError) in
        let prepared = try prepare(transaction)
        guard let entry = prepared.entry else { return prepared }
        try transaction.journalAppend(
          row.id, sequence: Int64(prepared.journalled), entry: entry.value.json, startedMS: now,
          durationMS: 0)
        let reopened = try transaction.runReopen(
          row.id, position: prepared.position, version: current?.version,
          evenSucceeded: from.isOfElements, nowMS: now)
        guard reopened != nil else {
          throw StoreError(.zombie, "run \(row.id) has not ended, or succeeded")
        }
        return prepared
      }
    }
    if let refusal = prepared.refusal { throw HostError(refusal.code, refusal.message) }
    if !isDryRun, let runtime {
      runtime.loop.post { runtime.scheduler.reopened(row.id, of: row.connector, row.project) }
    }
    return RunRetry(run: id, repeats: prepared.repeats, refusal: nil)
  }

  /// Why a run as it stands is not retried; nil where it may be.
  private static func refusal(ofRetrying row: RunRow, from: RetryFrom) -> String? {
    guard row.finishedAt != nil else {
      return "run \(row.id) is \(row.state.rawValue) and has not ended: jackfield runs explain "
        + "\(row.id) says how it stands"
    }
    guard row.state == .succeeded, !from.isOfElements else { return nil }
    return "run \(row.id) succeeded, there is nothing to go on from; --elements STEP runs the "
      + "failed elements of a for_each again"
  }

  private struct PreparedRetry: Sendable {
    let repeats: [JSONValue]
    let entry: JournalEntry?
    let journalled: Int
    let position: String
    let refusal: PipelineError?
  }

  /// Says whether what may have left the host did.
  ///
  /// - Returns: the state the run is in, which this does not change.
  /// - Throws: `HostError`, codes `unknown_run`, `nothing_unknown`.
  public func resolveRun(_ id: Int64, sent: Bool) throws(HostError) -> String {
    let row = try runRow(RunID(id))
    let now = Host.now()
    let isDone = try writing { transaction throws(StoreError) in
      try transaction.runResolve(row.id, sent: sent, nowMS: now)
    }
    guard isDone else {
      throw HostError(
        "nothing_unknown", "nothing about run \(id) is unknown: jackfield runs show \(id)")
    }
    return row.state.rawValue
  }

  // MARK: delays

  /// Runs that wait for a time, the earliest first.
  public func delays(
    project: String, connector: String? = nil, identifier: String? = nil, limit: Int = 100
  ) throws(HostError) -> [JSONValue] {
    let project = try self.project(named: project)
    let wanted = try connector.map { name throws(HostError) in
      try self.connector(named: name, in: project).id
    }
    return try reading { transaction throws(StoreError) in
      try transaction.delayList(
        project, connector: wanted, identifier: identifier, limit: limit
      ).map { delay in
        [
          "run": .text(delay.run.description), "connector": .text(delay.connectorName.rawValue),
          "component": .text(delay.wait.component),
          "due_at": .text(Moment(milliseconds: delay.dueAt).iso),
          "identifiers": .list(delay.wait.identifiers.map { .text($0) }),
        ]
      }
    }
  }

  /// Gives the delay a run waits for another time; one that has come makes it go on at once.
  ///
  /// - Parameter due: milliseconds since 1970.
  /// - Throws: `HostError`, codes `unknown_run`, `not_waiting`.
  public func moveDelay(of id: Int64, to due: Int64) throws(HostError) {
    let row = try runRow(RunID(id))
    let now = Host.now()
    let isMoved = try writing { transaction throws(StoreError) in
      try transaction.delayMove(row.id, due: due, nowMS: now)
    }
    guard isMoved else {
      throw HostError(
        "not_waiting", "run \(id) is \(row.state.rawValue) and waits for no time: nothing to move")
    }
    if let runtime { runtime.loop.post { runtime.scheduler.due(at: due) } }
  }

  /// Cancels waiting delays of a connector by identifier, in parts, so that a command about very
  /// many does not keep others from writing. What a part did stays done whatever becomes of the
  /// rest: the same command again takes those that are left.
  ///
  /// - Parameter resumes: the runs go on after the delay instead of ending.
  /// - Returns: the runs.
  public func cancelDelays(
    _ identifier: String, of name: String, project: String, resumes: Bool
  ) throws(HostError) -> [Int64] {
    guard !identifier.isEmpty else {
      throw HostError("bad_identifier", "an empty identifier names no delay")
    }
    let project = try self.project(named: project)
    let connector = try connector(named: name, in: project).id
    var runs: [Int64] = []
    var after: RunID? = RunID(0)
    while let last = after {
      let now = Host.now()
      let part = try writing { transaction throws(StoreError) in
        try transaction.delayCancelPart(
          connector, identifier, mode: resumes ? .resume : .end, after: last, nowMS: now)
      }
      if let runtime {
        runtime.loop.post { runtime.scheduler.tookOut(part.done, resumes: resumes) }
      }
      runs += part.done.cancelled.map(\.run.rawValue)
      after = part.last
    }
    return runs
  }

  // MARK: parts

  private func connector(_ id: ConnectorID) throws(HostError) -> ConnectorRow {
    let row = try reading { transaction throws(StoreError) in try transaction.connectorGet(id) }
    guard let row else { throw HostError("unknown_connector", "connector \(id) is gone") }
    return row
  }

  /// How runs of a project are read back.
  func runReading(_ project: ProjectID) throws(HostError) -> RunReading {
    let document = try projectDocument(project)
    return RunReading(
      library: library,
      facts: [project: ProjectFacts(constants: document.constants, zone: zone(of: document))],
      incarnation: 0, zones: zones, digests: Digests(sodium))
  }
}

extension RepeatedEffect {
  /// **Shape** `{component, action?, effect, status, times}`.
  var value: JSONValue {
    var value: JSONObject = [
      "component": .text(component.rawValue), "effect": .text(effect.rawValue),
      "status": .text(status.rawValue), "times": .integer(Int64(times)),
    ]
    if let action { value["action"] = .text(action.rawValue) }
    return .object(value)
  }
}

extension RetryStart {
  init(_ from: RetryFrom) {
    switch from {
    case .component: self = .component
    case .step: self = .step
    case .failedElements(let step): self = .failedElements(StepID(step))
    }
  }
}
