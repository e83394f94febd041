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
package final class Scheduler: EngineDriver, @unchecked Sendable {
  // Safe because: only touched on the loop thread, checked by `loop.assertCurrent()`.

  package var engine: Engine
  package let loop: EventLoop
  package let store: Store
  let pool: WorkerPool
  let services: HostServices
  /// Makes idempotency keys differ between data folders.
  let installation: String
  package let incarnation: Int64
  package let clock: @Sendable () -> Int64
  /// The zones that runs may name.
  package let zones: ZoneSource
  /// The hashes that formatters offer.
  package let digests: Digests
  package private(set) var setups: [ProjectID: ProjectSetup] = [:]
  let connectors: ConnectorLibrary
  private let write: @Sendable (String) -> Void

  /// What an attempt needs at its end.
  struct OpenAttempt {
    let order: CallOrder
    let started: UInt64
    /// Which build of the plugin was called.
    let build: String
    /// Whether a transcript is wanted however it ends.
    let isRecorded: Bool
    /// Set when the call has ended in a way that is worth a transcript.
    @Boxed var end: CallEnd? = nil
  }
  var attempts: [UInt64: OpenAttempt] = [:]
  /// Every live run's row as this driver last left it.
  package var standings: [RunID: RunStanding] = [:]
  var watchers = RunWatchers()
  /// Told of every breaker that changes.
  package var onBreaker: (BreakerKey, BreakerState) -> Void = { _, _ in }
  private var whenAtRest: (() -> Void)?
  /// Runs that cannot be read back, with the reason; they stay where they are.
  package private(set) var unreadable: [RunID: String] = [:]
  /// What was last kept of the engine's rates and breakers.
  package var keptState: JSONValue = .null

  package init(
    loop: EventLoop, store: Store, pool: WorkerPool, services: HostServices,
    connectors: ConnectorLibrary, installation: String, incarnation: Int64,
    limits: EngineLimits = EngineLimits(), zones: ZoneSource, digests: Digests = .none,
    clock: @escaping @Sendable () -> Int64, log: @escaping @Sendable (String) -> Void
  ) {
    write = log
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
    begin(resuming: resuming) { [self] in keepStateLater() }
  }

  /// A run whose event was just committed. `seed` is made only if there is room for it.
  package func accepted(
    _ id: RunID, of connector: ConnectorID, _ project: ProjectID, seed: () -> RunSeed?
  ) {
    loop.assertCurrent()
    take(id, of: connector, project, seed: seed)
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
  package static let stateName = engineStateName

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

  package var reading: RunReading {
    RunReading(
      library: connectors,
      facts: setups.mapValues {
        ProjectFacts(
          constants: $0.constants.asObject ?? [:], zone: $0.zone, connectorURLs: $0.connectorURLs)
      }, incarnation: incarnation, zones: zones, digests: digests)
  }

  // MARK: what the driver tells

  package func tell(_ output: EngineOutput) {
    switch output {
    case .cancelled(_, let ticket, let isDone): watchers.cancelled(ticket, isDone)
    case .respond(let run, let response): watchers.responded(run, response)
    case .finished(let run, let end): watchers.ended(run, end)
    case .parked(let run, let until): watchers.parked(run, until: until)
    case .dropped(let run): ended(run, reason: "it was ended by somebody else")
    case .breaker(let key, let state):
      log(state.line(of: key))
      onBreaker(key, state)
    case .unloaded, .resolve, .call, .record, .claim, .claimDue, .cancelStored, .wake: break
    }
  }

  package func ended(_ run: RunID, reason: String) {
    unreadable[run] = nil
    watchers.ended(run, RunEnd(.cancelled, reason: reason))
  }

  package func makeTicket() -> UInt64 { watchers.cancel { _ in } }

  package func schedule(at time: UInt64, _ body: @escaping @Sendable () -> Void) {
    _ = loop.schedule(at: time, body)
  }

  package func log(_ line: String) { write(line) }

  package func read(_ page: RunPage) {
    for (run, reason) in page.unreadable { setAside(run, reason) }
    for run in page.standings.keys where unreadable[run] != nil { unreadable[run] = nil }
  }

  /// Names a run once that cannot be read back; `status` counts them.
  private func setAside(_ run: RunID, _ reason: String) {
    guard unreadable[run] == nil, unreadable.count < Scheduler.mostUnreadable else { return }
    unreadable[run] = reason
    log("run \(run) cannot be read back and stays where it is: \(reason)")
  }

  /// As many as are kept to be shown: enough to say that there are very many.
  private static let mostUnreadable = 10_000

  package func lost(_ order: RecordOrder) {
    preconditionFailure("run \(order.run) is live without a standing")
  }

  package func turned() {
    if let atRest = whenAtRest, engine.isAtRest {
      whenAtRest = nil
      keepState(then: atRest)
    }
  }

  // MARK: what a restart must not forget

  /// Once a second rates and breakers are kept.
  private func keepStateLater() {
    _ = loop.schedule(at: loop.now + 1_000_000_000) { [self] in
      keepState(then: {})
      keepStateLater()
    }
  }
}

// MARK: recordings

extension Scheduler {
  package func complete(_ recording: inout Recording) {
    let order = recording.order
    guard let attempt = order.attempt else { return }
    recording.exchanges = services.exchanges(of: attempt.value)
    if order.keepsWrites {
      recording.writes = services.writes(of: attempt.value)
      recording.effects = services.effects(of: attempt.value)
    }
    if let open = attempts[attempt.value] {
      recording.durationMS = Int64((loop.now - open.started) / 1_000_000)
      recording.build = open.build
      recording.key = key(of: open.order)
      if let end = open.end { recording.transcript = transcript(of: open, end, order) }
    }
  }

  package func recorded(
    _ order: RecordOrder, _ result: Result<Recorded, StoreError>, _ report: RecordReport
  ) {
    if case .refused = report {} else if let attempt = order.attempt {
      services.release(attempt.value)
      attempts[attempt.value] = nil
    }
    if case .success(let recorded) = result {
      watchers.tell(.recorded(order.run, recorded.entries))
    }
  }
}
