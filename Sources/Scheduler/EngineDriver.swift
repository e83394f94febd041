// SPDX-License-Identifier: Apache-2.0
// The part of a driver that the host and the simulation share.
import Engine
import Pipeline
import Store
import Values

/// Drives an engine: hands inputs in, carries outputs out, decides nothing.
///
/// What an output means for the store, for the rows of runs and for other runs is in the
/// extensions, once: `Scheduler` and the simulation differ only in what is required here, so that
/// what the simulation proves is what the host does.
///
/// **Isolation** confined to one thread, on which the store's completions come too.
package protocol EngineDriver: AnyObject, Sendable {
  var engine: Engine { get set }
  /// Every live run's row as this driver last left it.
  var standings: [RunID: RunStanding] { get set }
  var store: Store { get }
  var incarnation: Int64 { get }
  var now: EngineTime { get }
  /// What reading a run back needs now.
  var reading: RunReading { get }
  /// What was last kept of the engine's rates and breakers.
  var keptState: JSONValue { get set }

  /// Looks up what the references of serial keys lead to.
  func resolve(_ order: ResolveOrder)
  /// Makes a call.
  func call(_ order: CallOrder)
  /// Puts in what the call of its attempt wrote, asked for and took.
  func complete(_ recording: inout Recording)
  /// A recording came back, and the engine is about to hear of it: nothing but a refused one needs
  /// its attempt any more.
  func recorded(
    _ order: RecordOrder, _ result: Result<Recorded, StoreError>, _ report: RecordReport)
  /// A run that has no row is to be recorded, which no engine orders.
  func lost(_ order: RecordOrder)
  /// Runs were read back, and the engine is about to get them.
  func read(_ page: RunPage)
  /// An output that orders nothing: whoever watches is told.
  func tell(_ output: EngineOutput)
  /// A run was ended on disk by another hand.
  func ended(_ run: RunID, reason: String)
  /// A ticket for a cancel that nobody outside asked for.
  func makeTicket() -> UInt64
  /// Calls `body` at a time. **Unit** monotonic nanoseconds
  func schedule(at time: UInt64, _ body: @escaping @Sendable () -> Void)
  /// All outputs of one input are carried out.
  func turned()
  func log(_ line: String)
}

extension EngineDriver {
  // MARK: inputs

  /// Begins.
  ///
  /// - Parameters:
  ///   - resuming: whether to go on with what is unfinished on disk; a host that was opened for one
  ///     run leaves the others alone.
  ///   - done: called once what a restart must not forget is known again.
  package func begin(resuming: Bool, done: @escaping @Sendable () -> Void) {
    guard resuming else { return carryOut(engine.startAlone(at: now)) }
    store.read({ transaction throws(StoreError) in
      StoredStart(
        connectors: try transaction.connectorsWithActiveRuns(),
        nextDue: try transaction.runListDue(nowMS: .min, limit: 1).next,
        engine: try transaction.engineStateGet(engineStateName))
    }) { [self] result in
      switch result {
      case .success(let stored):
        if let state = stored.engine.flatMap({ try? JSONValue(parsing: $0) }) {
          engine.restore(state, at: now)
        }
        carryOut(engine.start(connectors: stored.connectors, nextDue: stored.nextDue, at: now))
        done()
      case .failure(let error):
        log("unfinished runs could not be read: \(error.message); trying again")
        schedule(at: now.monotonic + 1_000_000_000) { [self] in
          begin(resuming: true, done: done)
        }
      }
    }
  }

  /// A run whose event was just committed. `seed` is made only if there is room for it.
  package func take(
    _ id: RunID, of connector: ConnectorID, _ project: ProjectID, seed: () -> RunSeed?
  ) {
    // A page may have brought it already.
    guard standings[id] == nil else { return }
    guard engine.takesNewRuns(of: connector, in: project), let seed = seed() else {
      return feed(.backlog(connector, project))
    }
    standings[id] = RunStanding(
      fence: RunFence(incarnation: incarnation, sequence: 0), state: .ready)
    feed(.accepted(seed))
  }

  package func feed(_ input: EngineInput) {
    carryOut(engine.handle(input, at: now))
  }

  // MARK: outputs

  private func carryOut(_ outputs: [EngineOutput]) {
    for output in outputs {
      switch output {
      case .resolve(let order): resolve(order)
      case .call(let order): call(order)
      case .record(let order): record(order)
      case .claim(let connector, let after, let limit): claim(connector, after: after, limit)
      case .claimDue(let until, let limit): claimDue(until: until, limit)
      case .cancelStored(let run, let reason, let ticket): cancelStored(run, reason, ticket)
      case .wake(let time): schedule(at: time) { [self] in feed(.woke) }
      case .finished(let run, _), .parked(let run, _), .unloaded(let run), .dropped(let run):
        standings[run] = nil
        tell(output)
      case .cancelled, .respond, .breaker: tell(output)
      }
    }
    turned()
  }

  // MARK: what a restart must not forget

  /// Keeps rates and breakers, if they have changed: a restart must not give a bucket back its
  /// burst. An engine that was not told of its past, since it works on a single run or is stopped
  /// before it has read what is stored, would only wipe that out.
  package func keepState(then done: @escaping () -> Void) {
    guard engine.knowsItsPast else { return done() }
    let state = engine.snapshot(at: now)
    guard state != keptState else { return done() }
    keptState = state
    let (text, wall) = (state.json, now.wall)
    // Safe because: it is called on the driver's thread, where completions are delivered.
    nonisolated(unsafe) let done = done
    store.write({ transaction throws(StoreError) -> Void in
      try transaction.engineStatePut(engineStateName, state: text, nowMS: wall)
    }) { [self] result in
      // What the disk refused is kept a second later, even if nothing changes until then.
      if case .failure = result { keptState = .null }
      done()
    }
  }
}

/// Where the store keeps what a restart must not forget of rates and breakers.
package let engineStateName = "gates"

/// What a start reads.
private struct StoredStart: Sendable {
  let connectors: [(ConnectorID, ProjectID)]
  let nextDue: Int64?
  let engine: String?
}
