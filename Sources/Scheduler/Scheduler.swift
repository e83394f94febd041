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
/// **Isolation**: confined to the loop thread, but for `submit` of the host, which posts.
package final class Scheduler: @unchecked Sendable {
  // Safe because: only touched on the loop thread, checked by `loop.assertCurrent()`.

  private var engine: Engine
  let loop: EventLoop
  let store: Store
  let pool: WorkerPool
  let services: HostServices
  /// Makes idempotency keys differ between data folders.
  let installation: String
  let incarnation: Int64
  /// The hashes that formatters of every run may use.
  package let digests: Digests
  let clock: @Sendable () -> Int64
  /// The zones that runs may name.
  package let zones: ZoneSource
  package private(set) var setups: [ProjectID: ProjectSetup] = [:]
  private let connectors: ConnectorLibrary

  /// What an attempt needs at its end.
  struct OpenAttempt {
    let order: CallOrder
    let started: UInt64
  }
  private var attempts: [UInt64: OpenAttempt] = [:]
  /// Every live run's row as this driver last left it.
  private var standings: [RunID: RunStanding] = [:]
  private var waiters: [RunID: [UInt64: @Sendable (RunEnd) -> Void]] = [:]
  private let log: @Sendable (String) -> Void
  private var observers: [UInt64: @Sendable (RunEvent) -> Void] = [:]
  private var whenAtRest: (() -> Void)?

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
    self.digests = digests
    self.clock = clock
    self.zones = zones
    var limits = limits
    // One attempt until the ledger tells an answer to be repeated from one to be asked for again.
    limits.attempts = 1
    engine = Engine(limits: limits)
  }

  // MARK: inputs

  /// Sets a project up, or changes it; calls from now on follow the new setup.
  package func configure(_ setup: ProjectSetup, rules: ProjectRules) {
    loop.assertCurrent()
    setups[setup.project] = setup
    feed(.configured(setup.project, rules))
  }

  /// Begins; reads back what an earlier incarnation left unfinished, if wanted.
  package func start(resuming: Bool) {
    loop.assertCurrent()
    guard resuming else { return carryOut(engine.startAlone(at: now)) }
    store.read({ transaction throws(StoreError) in
      try transaction.connectorsWithActiveRuns()
    }) { [self] result in
      switch result {
      case .success(let connectors):
        carryOut(engine.start(connectors: connectors, nextDue: nil, at: now))
      case .failure(let error):
        log("unfinished runs could not be read: \(error.message)")
        _ = loop.schedule(at: loop.now + 1_000_000_000) { [self] in start(resuming: true) }
      }
    }
  }

  /// A run whose event was just committed. `seed` is made only if there is room for it.
  package func accepted(
    _ id: RunID, of connector: ConnectorID, in project: ProjectID, seed: () -> RunSeed?
  ) {
    loop.assertCurrent()
    // A page may have brought it already.
    guard standings[id] == nil else { return }
    guard engine.takesNewRuns(of: connector), let seed = seed() else {
      return feed(.backlog(connector, project))
    }
    standings[id] = RunStanding(
      fence: RunFence(incarnation: incarnation, sequence: 0), state: .ready)
    feed(.accepted(seed))
  }

  /// Calls `done` once the run has ended, unless `forget` comes first with the same number. Whether
  /// it has ended before is the caller's to check.
  package func wait(
    for id: RunID, _ number: UInt64, _ done: @escaping @Sendable (RunEnd) -> Void
  ) {
    loop.assertCurrent()
    waiters[id, default: [:]][number] = done
  }

  package func forget(_ id: RunID, _ number: UInt64) {
    loop.assertCurrent()
    waiters[id]?[number] = nil
    if waiters[id]?.isEmpty == true { waiters[id] = nil }
  }

  /// Hears what happens to every run, on the loop thread, until `unobserve` with the same number.
  package func observe(_ number: UInt64, _ observer: @escaping @Sendable (RunEvent) -> Void) {
    loop.assertCurrent()
    observers[number] = observer
  }

  package func unobserve(_ number: UInt64) {
    loop.assertCurrent()
    observers[number] = nil
  }

  package var liveRuns: Int { engine.liveCount }

  /// Makes no new calls, and calls `atRest` when those open have ended and are on disk.
  package func stop(atRest: @escaping () -> Void) {
    loop.assertCurrent()
    whenAtRest = atRest
    feed(.stop)
  }

  private var now: EngineTime { EngineTime(monotonic: loop.now, wall: clock()) }

  func feed(_ input: EngineInput) {
    carryOut(engine.handle(input, at: now))
  }

  // MARK: outputs

  private func carryOut(_ outputs: [EngineOutput]) {
    for output in outputs {
      switch output {
      case .call(let order): call(order)
      case .record(let order): record(order)
      case .claim(let connector, let after, let limit):
        claim(connector, after: after, limit: limit)
      case .finished(let run, let end):
        standings[run] = nil
        for waiter in (waiters.removeValue(forKey: run) ?? [:]).values { waiter(end) }
        tell(.finished(run, end))
      case .dropped(let run):
        log("run \(run): left alone, its row is not as this host knew it")
        standings[run] = nil
        waiters[run] = nil
      case .wake(let time): _ = loop.schedule(at: time) { [self] in feed(.woke) }
      case .unloaded(let run), .parked(let run, _): standings[run] = nil
      case .resolve(let order):
        loop.post { [self] in feed(.resolved(order.run, order.attempt, .success([:]))) }
      case .claimDue: loop.post { [self] in feed(.due([], next: nil)) }
      case .cancelStored(let run, _, let ticket):
        loop.post { [self] in feed(.storedCancel(run, ticket: ticket, isDone: false)) }
      case .breaker(let key, let state):
        log("project \(key.project): the breaker of plugin \(key.plugin) is \(state)")
      case .cancelled, .respond: break
      }
    }
    if let atRest = whenAtRest, engine.isAtRest {
      whenAtRest = nil
      atRest()
    }
  }

  func tell(_ event: RunEvent) {
    for observer in observers.values { observer(event) }
  }

  // MARK: calls

  private func call(_ order: CallOrder) {
    let plan = order.plan
    // Looked at again: a call that runs again may be of a plugin that was disabled meanwhile.
    guard let setup = setups[order.project], let plugin = setup.plugins[plan.action.plugin],
      plugin.isEnabled
    else {
      let failure = ActionFailure(
        .denied, code: "plugin_not_enabled",
        message: "plugin \(plan.action.plugin) is not enabled for project \(order.project): "
          + "jackfield plugin enable \(plan.action.plugin) --project \(order.project)")
      return loop.post { [self] in
        feed(.ended(order.run, attempt: order.attempt, .outcome(.failed(failure))))
      }
    }
    let key = "\(installation)-\(order.run)-\(order.place)"
    let number = order.attempt.value
    services.open(
      CallOrderFacts(
        number: number, run: order.run, project: order.project, plugin: plan.action.plugin,
        effect: plan.effect, key: key, mayHaveSent: order.mayHaveSent),
      setup: setup, plugin: plugin)
    attempts[number] = OpenAttempt(order: order, started: loop.now)
    tell(.called(order.run, plan.component, plan.action))
    pool.submit(
      CallRequest(
        id: number, project: order.project, plugin: plugin.installed, action: plan.action,
        parameters: plan.parameters.jsonBytes, context: context(order, setup).jsonBytes, key: key,
        timeout: plan.timeout, settings: plugin.settings.jsonBytes,
        services: plugin.offeredServices)
    ) { [self] end in ended(number, end) }
    if sys_fault(SYS_FAULT_CALL) != 0 { pool.killFaultVictim() }
  }

  private func context(_ order: CallOrder, _ setup: ProjectSetup) -> JSONValue {
    var context: JSONObject = [
      "project": .text(order.project.rawValue), "connector": .text(order.context.connector),
      "run": .text(order.run.description), "action": .text(order.context.component),
      "attempt": .integer(Int64(order.ordinal)), "time_zone": .text(setup.zone.name), "constants": setup.constants,
    ]
    if let contact = order.context.contact { context["contact"] = contact }
    return .object(context)
  }

  private func ended(_ number: UInt64, _ end: CallEnd) {
    guard let attempt = attempts[number] else { return }
    let order = attempt.order
    let report = CallReport(
      end, effect: order.plan.effect, sent: services.fate(of: number))
    switch report {
    case .outcome: break
    case .collateral, .interrupted:
      services.release(number)
      attempts[number] = nil
    }
    feed(.ended(order.run, attempt: order.attempt, report))
  }

  // MARK: recordings

  private func record(_ order: RecordOrder) {
    let writes = order.attempt.map { services.writes(of: $0.value) } ?? []
    let now = clock()
    let started = order.attempt.flatMap { attempts[$0.value]?.started }
    let duration = started.map { Int64((loop.now - $0) / 1_000_000) } ?? 0
    guard let standing = standings[order.run] else {
      preconditionFailure("run \(order.run) is live without a standing")
    }
    let recording = Recording(
      order: order, writes: order.keepsWrites ? writes : [], standing: standing, now: now,
      durationMS: duration)
    store.write(recording.write) { [self] result in
      recorded(order, result)
    }
  }

  private func recorded(_ order: RecordOrder, _ result: Result<JSONValue?, StoreError>) {
    let report = RecordReport(result)
    if case .refused = report {} else if let attempt = order.attempt {
      services.release(attempt.value)
      attempts[attempt.value] = nil
    }
    if case .committed = report {
      standings[order.run] = standings[order.run]?.next
      tell(.recorded(order.run, order.journal))
    }
    feed(.recorded(order.run, report))
  }

  // MARK: claims

  private func claim(_ connector: ConnectorID, after: RunID, limit: Int) {
    let (library, incarnation, setups) = (connectors, incarnation, setups)
    let (zones, digests) = (zones, digests)
    store.read({ transaction throws(StoreError) in
      try RunPage.read(
        transaction, of: connector, after: after, limit: limit, incarnation: incarnation,
        setups: setups, zones: zones, digests: digests, library: library)
    }) { [self] result in
      switch result {
      case .success(let page):
        standings.merge(page.standings) { mine, _ in mine }
        for (run, reason) in page.unreadable { log("run \(run) cannot be read back: \(reason)") }
        feed(.claimed(connector, page.seeds, last: page.last ?? after, isEnd: page.isEnd))
      case .failure(let error):
        // The store is closing or the disk fails; the page is asked for again in a second.
        log("unfinished runs could not be read: \(error.message)")
        _ = loop.schedule(at: loop.now + 1_000_000_000) { [self] in
          claim(connector, after: after, limit: limit)
        }
      }
    }
  }
}

/// What happens to runs, for whoever watches.
package enum RunEvent: Sendable {
  case called(RunID, ComponentID, ActionID)
  case recorded(RunID, [Pipeline.JournalEntry])
  case finished(RunID, RunEnd)
}
