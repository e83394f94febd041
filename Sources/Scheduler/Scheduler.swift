// SPDX-License-Identifier: Apache-2.0
// The driver of the engine: hands inputs in, carries outputs out, decides nothing.
import CSystem
import Calendar
import Engine
import HostServices
import Pipeline
import PluginHost
import Store
import Values

/// Drives `Engine` on the loop thread.
///
/// **Isolation**: confined to the loop thread; others post.
package final class Scheduler: @unchecked Sendable {
  // Safe because: only touched on the loop thread, checked by `loop.assertCurrent()`.

  var engine: Engine
  package let loop: EventLoop
  package let store: Store
  let pool: WorkerPool
  let services: HostServices
  /// Makes idempotency keys differ between data folders.
  let installation: String
  let incarnation: Int64
  package let clock: @Sendable () -> Int64
  /// The zones that runs may name.
  package let zones: ZoneSource
  /// The hashes that formatters offer.
  package let digests: Digests
  package private(set) var setups: [ProjectID: ProjectSetup] = [:]
  let connectors: ConnectorLibrary
  let log: @Sendable (String) -> Void

  /// What an attempt needs at its end.
  struct OpenAttempt {
    let order: CallOrder
    let started: UInt64
  }
  var attempts: [UInt64: OpenAttempt] = [:]
  /// Every live run's row as this driver last left it.
  var standings: [RunID: RunStanding] = [:]
  var watchers = RunWatchers()
  /// Told of every breaker that changes.
  package var onBreaker: (BreakerKey, BreakerState) -> Void = { _, _ in }
  private var whenAtRest: (() -> Void)?
  /// Runs that cannot be read back, with the reason; they stay where they are.
  package internal(set) var unreadable: [RunID: String] = [:]
  /// What was last kept of the engine's rates and breakers.
  var keptState: JSONValue = .null

  package init(
    loop: EventLoop, store: Store, pool: WorkerPool, services: HostServices,
    connectors: ConnectorLibrary, installation: String, incarnation: Int64,
    limits: EngineLimits = EngineLimits(), zones: ZoneSource, digests: Digests = .none,
    clock: @escaping @Sendable () -> Int64, log: @escaping @Sendable (String) -> Void
  ) {
    self.log = log
    self.loop = loop
    self.store = store
    self.pool = pool
    self.services = services
    self.connectors = connectors
    self.installation = installation
    self.incarnation = incarnation
    self.clock = clock
    self.zones = zones
    self.digests = digests
    engine = Engine(limits: limits)
  }

  package var now: EngineTime { EngineTime(monotonic: loop.now, wall: clock()) }

  // MARK: inputs

  /// Sets a project up, or changes it; calls from now on follow the new setup.
  package func configure(_ setup: ProjectSetup, rules: ProjectRules) {
    loop.assertCurrent()
    setups[setup.project] = setup
    feed(.configured(setup.project, rules))
  }

  /// Begins.
  ///
  /// - Parameter resuming: whether to go on with what is unfinished on disk; a host that was opened
  ///   for one run leaves the others alone.
  package func start(resuming: Bool) {
    loop.assertCurrent()
    guard resuming else { return carryOut(engine.startAlone(at: now)) }
    store.read({ transaction throws(StoreError) in
      StoredStart(
        connectors: try transaction.connectorsWithActiveRuns(),
        nextDue: try transaction.runListDue(nowMS: .min, limit: 1).next,
        engine: try transaction.engineStateGet(Scheduler.stateName))
    }) { [self] result in
      switch result {
      case .success(let stored):
        if let state = stored.engine.flatMap({ try? JSONValue(parsing: $0) }) {
          engine.restore(state, at: now)
        }
        carryOut(engine.start(connectors: stored.connectors, nextDue: stored.nextDue, at: now))
        keepStateLater()
      case .failure(let error):
        log("unfinished runs could not be read: \(error.message); trying again")
        _ = loop.schedule(at: loop.now + 1_000_000_000) { [self] in start(resuming: true) }
      }
    }
  }

  private struct StoredStart: Sendable {
    let connectors: [(ConnectorID, ProjectID)]
    let nextDue: Int64?
    let engine: String?
  }

  /// A run whose event was just committed. `seed` is made only if there is room for it.
  package func accepted(
    _ id: RunID, of connector: ConnectorID, _ project: ProjectID, seed: () -> RunSeed?
  ) {
    loop.assertCurrent()
    // A page may have brought it already.
    guard standings[id] == nil else { return }
    guard engine.takesNewRuns(of: connector, in: project), let seed = seed() else {
      return feed(.backlog(connector, project))
    }
    standings[id] = RunStanding(
      fence: RunFence(incarnation: incarnation, sequence: 0), state: .ready)
    feed(.accepted(seed))
  }

  /// A run of this connector stands on disk as ready, made by a command.
  package func ready(of connector: ConnectorID, _ project: ProjectID) {
    loop.assertCurrent()
    feed(.backlog(connector, project))
  }

  /// A run that had ended stands on disk as ready again.
  package func reopened(_ id: RunID, of connector: ConnectorID, _ project: ProjectID) {
    loop.assertCurrent()
    feed(.reopened(id, connector, project))
  }

  /// A waiting run became due by a command: a delay was moved or resumed, a message came.
  package func due(at time: Int64) {
    loop.assertCurrent()
    feed(.sleeping(until: time))
  }

  package func resetBreaker(
    _ project: ProjectID, _ plugin: PluginID, _ credential: CredentialName?
  ) {
    loop.assertCurrent()
    feed(.breakerReset(project, plugin, credential))
  }

  /// The breakers that are not closed.
  package var breakers: [(key: BreakerKey, state: BreakerState)] {
    loop.assertCurrent()
    return engine.breakers(at: now)
  }

  /// Where the store keeps what a restart must not forget of rates and breakers.
  package static let stateName = "gates"

  /// Why a run in memory is not moving; nil for one that is not in memory, or moves.
  package func explain(_ id: RunID) -> Standing? {
    loop.assertCurrent()
    return engine.explain(id, at: now)
  }

  /// Whether a person holds the runs of a project.
  package func isPaused(_ project: ProjectID) -> Bool {
    loop.assertCurrent()
    return engine.isPaused(project)
  }

  package var liveRuns: Int { engine.liveCount }
  package var stuckRuns: Int { engine.stuckCount }

  /// Makes no new calls, and calls `atRest` when those open have ended and are on disk.
  package func stop(atRest: @escaping () -> Void) {
    loop.assertCurrent()
    whenAtRest = atRest
    feed(.stop)
  }

  func feed(_ input: EngineInput) {
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
      case .cancelled(_, let ticket, let isDone): watchers.cancelled(ticket, isDone)
      case .respond(let run, let response): watchers.responded(run, response)
      case .finished(let run, let end):
        standings[run] = nil
        watchers.ended(run, end)
      case .parked(let run, let until):
        standings[run] = nil
        watchers.parked(run, until: until)
      case .unloaded(let run): standings[run] = nil
      case .dropped(let run):
        standings[run] = nil
        watchers.ended(run, RunEnd(.cancelled, reason: "it was ended by somebody else"))
      case .wake(let time): _ = loop.schedule(at: time) { [self] in feed(.woke) }
      case .breaker(let key, let state):
        log(state.line(of: key))
        onBreaker(key, state)
      }
    }
    if let atRest = whenAtRest, engine.isAtRest {
      whenAtRest = nil
      keepState(then: atRest)
    }
  }

  // MARK: what a restart must not forget

  /// Once a second rates and breakers are kept, if they have changed: a restart must not give a
  /// bucket back its burst.
  private func keepStateLater() {
    _ = loop.schedule(at: loop.now + 1_000_000_000) { [self] in
      keepState(then: {})
      keepStateLater()
    }
  }

  private func keepState(then done: @escaping () -> Void) {
    let state = engine.snapshot(at: now)
    guard state != keptState else { return done() }
    keptState = state
    let (text, wall) = (state.json, clock())
    // Safe because: it is called on the loop thread, where completions are delivered.
    nonisolated(unsafe) let done = done
    store.write({ transaction throws(StoreError) -> Void in
      try transaction.engineStatePut(Scheduler.stateName, state: text, nowMS: wall)
    }) { [self] result in
      // What the disk refused is kept a second later, even if nothing changes until then.
      if case .failure = result { keptState = .null }
      done()
    }
  }
}
