// SPDX-License-Identifier: Apache-2.0
// A driver that answers late and wrongly ordered, with every kind of report, and crashes.
import Calendar
import Values

@testable import Engine
@testable import Pipeline

/// One life of a host, or several after crashes, decided by a seed.
struct SimulatedWorld {
  enum Pending {
    case resolve(ResolveOrder)
    case end(CallOrder, CallReport)
    case record(RecordOrder)
    case page(ConnectorID, [RunSeed], [RunID: Int], after: RunID, limit: Int)
    case due([RunSeed], [RunID: Int], next: Int64?)
    case cancelStored(RunID, UInt64)
    case storedCancel(RunID, UInt64, Bool)
  }

  private var random: SplitMix
  private let faults: EngineFaults
  private let rules: ProjectRules
  private let documents: [Connector]
  private var engine: Engine
  private var time = EngineTime(monotonic: 1_000_000_000, wall: 1_800_000_000_000)
  private var wakeAt: UInt64?
  private var pending: [Pending] = []
  private var disk = SimulatedDisk()
  private var laws = SimulatedLaws()
  /// The rows of live runs as this driver last left them.
  private var fences: [RunID: Int] = [:]
  private var left = 12
  private var ticket: UInt64 = 0
  private(set) var trace: [String] = []

  init(seed: UInt64, faults: EngineFaults = []) throws {
    random = SplitMix(state: seed)
    self.faults = faults
    rules = try Self.rules()
    documents = try Self.documents()
    engine = Engine()
  }

  /// Until all runs have ended; throws what law was broken.
  mutating func run() throws(Broken) {
    try start()
    var turns = 0
    while left > 0 || !disk.isOver {
      turns += 1
      guard turns < 20_000 else { throw Broken("it never ends: \(pending.count) answers pending") }
      try turn()
    }
    for id in disk.ids {
      let actions = (disk.rows[id]?.journal ?? []).filter { $0.kind == .action }
      guard Set(actions.map { "\($0.component) \($0.element ?? -1)" }).count == actions.count else {
        throw Broken("run \(id) has an action twice")
      }
    }
  }

  private mutating func turn() throws(Broken) {
    let choice = random.next(200)
    switch choice {
    case 0..<20 where left > 0: return try accept()
    case 20..<22: return try crash()
    case 22..<26: return try cancel()
    case 26..<30: return try resume()
    case 30..<33:
      time.wall += Int64(random.next(200_001)) - 100_000
      return
    case 33..<50:
      time.monotonic += 500_000_000
      time.wall += 500
    default: break
    }
    if let wakeAt, wakeAt <= time.monotonic || (pending.isEmpty && left == 0) || choice > 190 {
      return try wake(at: wakeAt)
    }
    guard !pending.isEmpty else {
      guard left > 0 else { throw Broken("nothing is pending and runs have not ended") }
      return try accept()
    }
    try answer(pending.remove(at: random.next(pending.count)))
  }

  // MARK: the host's life

  private mutating func start() throws(Broken) {
    var limits = EngineLimits()
    (limits.liveRuns, limits.claimPage, limits.stuckRuns, limits.leastStuckRuns) = (5, 2, 6, 2)
    let snapshot = engine.snapshot(at: time)
    engine = Engine(limits: limits, faults: faults)
    engine.restore(snapshot, at: time)
    _ = engine.handle(.configured(EngineFixture.project, rules), at: time)
    try take(
      engine.start(connectors: disk.activeConnectors, nextDue: disk.nextDue, at: time))
  }

  /// Everything in memory is gone; what was answered but not recorded is too.
  private mutating func crash() throws(Broken) {
    pending = []
    fences = [:]
    wakeAt = nil
    laws.crashed()
    trace.append("crash")
    try start()
  }

  private mutating func send(_ input: EngineInput) throws(Broken) {
    try take(engine.handle(input, at: time))
  }

  private mutating func wake(at wakeAt: UInt64) throws(Broken) {
    if wakeAt > time.monotonic {
      time.wall += Int64((wakeAt - time.monotonic) / 1_000_000)
      time.monotonic = wakeAt
    }
    self.wakeAt = nil
    try send(.woke)
  }

  // MARK: the outside

  private mutating func accept() throws(Broken) {
    left -= 1
    let kind = random.next(documents.count)
    let (document, contact) = (documents[kind], random.next(2))
    let (row, startedAt) = (ConnectorID(Int64(kind + 1)), time.wall)
    let seed = disk.insert { id in
      EngineFixture.seed(
        id.rawValue, document, of: row, fifo: kind == 0 ? "contact:\(contact)" : nil,
        startedAt: startedAt, event: ["text": .text("k\(contact)"), "list": ["a", "b"]])
    }
    if engine.takesNewRuns(of: row) {
      try send(.accepted(seed))
    } else {
      try send(.backlog(row, EngineFixture.project))
    }
  }

  private mutating func cancel() throws(Broken) {
    guard let id = pick() else { return }
    ticket += 1
    try send(.cancel(id, reason: "enough", ticket: ticket))
  }

  private mutating func resume() throws(Broken) {
    guard let id = pick(), disk.resume(id, at: time.wall) else { return }
    try send(.sleeping(until: time.wall))
  }

  private mutating func pick() -> RunID? {
    let ids = disk.ids
    return ids.isEmpty ? nil : ids[random.next(ids.count)]
  }

  // MARK: answers

  private mutating func answer(_ item: Pending) throws(Broken) {
    switch item {
    case .resolve(let order):
      let ids = Dictionary(uniqueKeysWithValues: order.parts.map { ($0.parameter, ["1"]) })
      try send(.resolved(order.run, order.attempt, .success(ids)))
    case .end(let order, let report):
      laws.ended(order.run)
      try send(.ended(order.run, attempt: order.attempt, report))
      // The same answer once more, later.
      if random.next(10) == 0 {
        try send(.ended(order.run, attempt: order.attempt, .done))
      }
    case .record(let order): try record(order)
    case .page(let connector, let seeds, let fences, let after, let limit):
      note(fences)
      let last = seeds.last?.progress.runID ?? after
      try send(.claimed(connector, seeds, last: last, isEnd: seeds.count < limit))
    case .due(let seeds, let fences, let next):
      note(fences)
      try send(.due(seeds, next: next))
    case .cancelStored(let id, let ticket):
      pending.append(.storedCancel(id, ticket, disk.cancelStored(id, at: time.wall)))
    case .storedCancel(let id, let ticket, let isDone):
      try send(.storedCancel(id, ticket: ticket, isDone: isDone))
      try send(.sleeping(until: time.wall))
    }
  }

  /// What a page says of rows is new for those that nobody works on.
  private mutating func note(_ page: [RunID: Int]) {
    for (id, fence) in page where !engine.isLive(id) { fences[id] = fence }
  }

  private func read(_ ids: [RunID]) throws(Broken) -> ([RunSeed], [RunID: Int]) {
    var seeds: [RunSeed] = []
    var fences: [RunID: Int] = [:]
    for id in ids {
      seeds.append(try disk.seed(id))
      fences[id] = disk.rows[id]?.fence
    }
    return (seeds, fences)
  }

  private mutating func record(_ order: RecordOrder) throws(Broken) {
    var report = RecordReport.refused(message: "full")
    let fate = random.next(12)
    if fate == 1, order.attempt != nil, order.keepsWrites {
      report = .lostRace(detail: "x")
    } else if fate > 0 {
      report = try disk.record(order, fence: fences[order.run] ?? 0, at: time.wall)
      if case .committed = report { fences[order.run, default: 0] += 1 }
      let entries = order.journal.map { "\($0.kind) \($0.status)" }.joined(separator: ",")
      trace.append("\(order.run) \(entries) \(order.end?.state.rawValue ?? "-")")
    }
    laws.recorded(order, report)
    try send(.recorded(order.run, report))
  }

  private mutating func take(_ outputs: [EngineOutput]) throws(Broken) {
    for output in outputs {
      switch output {
      case .call(let order):
        guard let row = disk.rows[order.run] else { throw Broken("a call of no run") }
        try laws.called(order, row, at: time)
        disk.began(order.run)
        pending.append(.end(order, report()))
      case .record(let order):
        if laws.isNew(order) { try disk.checkTime(order, at: time.wall) }
        try laws.records(order)
        pending.append(.record(order))
      case .resolve(let order): pending.append(.resolve(order))
      case .claim(let connector, let after, let limit):
        // Read when it is asked for and answered later: what is committed in between is not in it.
        let ids = disk.active(connector, after: after, limit: limit)
        let (seeds, fences) = try read(ids)
        pending.append(.page(connector, seeds, fences, after: after, limit: limit))
      case .claimDue(let until, let limit):
        let page = disk.due(until: until, limit: limit)
        let (seeds, fences) = try read(page.runs)
        pending.append(.due(seeds, fences, next: page.next))
      case .cancelStored(let id, _, let ticket): pending.append(.cancelStored(id, ticket))
      case .cancelled(let id, _, let isDone):
        if isDone { try laws.cancelled(id, disk.rows[id]?.state) }
      case .finished(let id, let end):
        guard disk.rows[id]?.state == .ended(end.state) else {
          throw Broken("run \(id) is told to have ended before the disk")
        }
        laws.gone(id)
      case .parked(let id, _), .unloaded(let id), .dropped(let id):
        laws.gone(id)
        fences[id] = nil
      case .wake(let at): wakeAt = at
      case .respond, .breaker: break
      }
    }
  }

  private mutating func report() -> CallReport {
    switch random.next(14) {
    case 0: .collateral(reason: "neighbour")
    case 1, 2: .failed(.unavailable)
    case 3: .failed(.unknownOutcome)
    case 4: .failed(.timeout)
    case 5: .failed(.rateLimited, retryAfterMS: 3_000)
    case 6: .failed(.denied)
    default: .done
    }
  }
}

extension SimulatedWorld {
  /// One plugin with every policy there is.
  private static func rules() throws -> ProjectRules {
    var policy = PluginPolicy.retrying(RetryPolicy(attempts: 3, firstWait: .seconds(1)))
    policy.rate = SimulatedLaws.rate
    policy.concurrency = SimulatedLaws.pluginCalls
    policy.breaker = BreakerPolicy(
      opensAfter: 3, probeAfter: .seconds(2), maxBackOff: .seconds(10))
    return try EngineFixture.rules(policy: policy) { $0.serialKey = ["text"] }
  }

  /// FIFO with a delay between two actions; a limit of runs; elements that wait.
  private static func documents() throws -> [Connector] {
    func action(_ id: ComponentID) -> Component {
      EngineFixture.action(id) { $0.fallback = .continue }
    }
    let fifo = try EngineFixture.connector([
      action("a0"), action("a1"), EngineFixture.delay("d", "20 s"), action("a2"),
    ])
    var options = ConnectorOptions()
    options.concurrency = SimulatedLaws.connectorRuns
    let limited = try EngineFixture.connector(
      [EngineFixture.delay("d", "5 s"), action("a0"), action("a1")], options: options)
    var looped = try EngineFixture.connector([
      EngineFixture.delay("d", "10 s"),
      EngineFixture.action("a0", text: "{{item}}") { $0.fallback = .continue },
    ])
    looped.steps[0].forEach = ForEach(list: EngineFixture.tree("{{event.list}}"))
    return [fifo, limited, looped]
  }
}

/// A small generator with a seed, so that a failing seed fails again.
struct SplitMix {
  var state: UInt64

  mutating func next(_ bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((value ^ (value >> 31)) % UInt64(bound))
  }
}
