// SPDX-License-Identifier: Apache-2.0
// The engine under every order of answers a seed can make, crashes included.
import Pipeline
import Testing
import Values

@testable import Engine

@Suite struct EngineSimulationTests {
  @Test(arguments: 0..<40)
  func `every accepted run ends once with each entry recorded once`(block: Int) throws {
    for seed in (block * 10)..<(block * 10 + 10) {
      var world = try SimulatedWorld(seed: UInt64(seed))
      try world.run()
      let problem = world.problem
      #expect(problem == nil, "seed \(seed): \(problem ?? "")")
    }
  }

  @Test func `the same seed makes the same decisions`() throws {
    var first = try SimulatedWorld(seed: 4711)
    var second = try SimulatedWorld(seed: 4711)
    try first.run()
    try second.run()
    #expect(first.trace == second.trace)
    #expect(!first.trace.isEmpty)
  }
}

/// A driver that answers late, wrongly ordered, with every kind of report, and sometimes crashes
/// and starts again from its disk.
struct SimulatedWorld {
  private enum Pending {
    case ended(RunID, AttemptNumber, CallReport)
    case record(RecordOrder)
    case claim(ConnectorID, [RunID], after: RunID, limit: Int)
    case woke
  }

  /// What is on disk: the journal of each run, and its end.
  private struct Row {
    var journal: [JournalEntry] = []
    var end: RunEnd?
    var writes = 0
  }

  private var random: SplitMix
  private var time = EngineTime(monotonic: 0, wall: 0)
  private var wakeAt: UInt64 = 0
  private var engine: Engine
  private var pending: [Pending] = []
  private var disk: [RunID: Row] = [:]
  private var lastRun: Int64 = 0
  private let connector: Connector
  private let total = 12
  private(set) var trace: [String] = []
  private(set) var problem: String?

  init(seed: UInt64) throws {
    random = SplitMix(state: seed)
    connector = try EngineFixture.connector(actions: 3) {
      $0.fallback = seed % 2 == 0 ? .stop : .continue
    }
    engine = try SimulatedWorld.fresh()
    start()
  }

  private mutating func start() {
    take(
      engine.start(
        connectors: [(EngineFixture.row, EngineFixture.project)], nextDue: nil, at: time))
  }

  private static func fresh() throws -> Engine {
    var limits = EngineLimits()
    limits.liveRuns = 5
    limits.claimPage = 2
    var engine = Engine(limits: limits)
    _ = engine.handle(.configured(EngineFixture.project, try EngineFixture.rules()), at: .zero)
    return engine
  }

  mutating func run() throws {
    var turns = 0
    while problem == nil, Int(lastRun) < total || disk.values.contains(where: { $0.end == nil }) {
      turns += 1
      guard turns < 20_000 else {
        problem = "it never ends: \(pending.count) pending"
        return
      }
      let choice = random.next(100)
      if choice < 8, Int(lastRun) < total {
        accept()
      } else if choice < 10 {
        try crash()
      } else if !pending.isEmpty {
        answer(pending.remove(at: random.next(pending.count)))
      } else if Int(lastRun) < total {
        accept()
      } else {
        problem = "nothing pending and runs unfinished"
      }
    }
    for (id, row) in disk where row.journal.filter({ $0.kind == .action }).count > 3 {
      problem = "run \(id) has \(row.journal.count) entries for 3 actions"
    }
  }

  private mutating func accept() {
    lastRun += 1
    let id = RunID(lastRun)
    disk[id] = Row()
    if engine.takesNewRuns(of: EngineFixture.row) {
      take(engine.handle(.accepted(EngineFixture.seed(lastRun, connector)), at: time))
    } else {
      take(engine.handle(.backlog(EngineFixture.row, EngineFixture.project), at: time))
    }
  }

  /// Everything in memory is gone; what was answered but not recorded is too.
  private mutating func crash() throws {
    pending = []
    engine = try SimulatedWorld.fresh()
    trace.append("crash")
    start()
  }

  private mutating func answer(_ item: Pending) {
    switch item {
    case .ended(let run, let attempt, let report):
      take(engine.handle(.ended(run, attempt: attempt, report), at: time))
      // A duplicate of the same answer, later.
      if random.next(10) == 0 { pending.append(.ended(run, attempt, .done)) }
    case .record(let order): record(order)
    case .claim(_, let ids, let after, let limit): claim(ids, after, limit)
    case .woke:
      time.monotonic = max(time.monotonic, wakeAt)
      take(engine.handle(.woke, at: time))
    }
  }

  private mutating func record(_ order: RecordOrder) {
    let fate = random.next(10)
    if fate == 0 {
      return take(engine.handle(.recorded(order.run, .refused(message: "full")), at: time))
    }
    if fate == 1, order.attempt != nil, order.keepsWrites {
      return take(engine.handle(.recorded(order.run, .lostRace(detail: "x")), at: time))
    }
    guard var row = disk[order.run], row.end == nil else {
      problem = "run \(order.run) is written after its end"
      return
    }
    guard order.firstSequence == row.journal.count else {
      problem = "run \(order.run) records entry \(order.firstSequence) over \(row.journal.count)"
      return
    }
    row.journal += order.journal
    row.end = order.end
    disk[order.run] = row
    trace.append("\(order.run) \(order.journal.count) \(order.end?.state.rawValue ?? "-")")
    take(engine.handle(.recorded(order.run, .committed()), at: time))
  }

  private mutating func claim(_ ids: [RunID], _ after: RunID, _ limit: Int) {
    let seeds = ids.compactMap { id -> RunSeed? in
      var seed = EngineFixture.seed(id.rawValue, connector)
      let journal = disk[id]?.journal ?? []
      guard (try? seed.progress.restore(journal: journal)) != nil else {
        problem = "run \(id) cannot be restored"
        return nil
      }
      seed.journalled = journal.count
      seed.isRecovered = true
      return seed
    }
    take(
      engine.handle(
        .claimed(EngineFixture.row, seeds, last: ids.last ?? after, isEnd: ids.count < limit), at: time))
  }

  private mutating func take(_ outputs: [EngineOutput]) {
    for output in outputs {
      switch output {
      case .call(let order): pending.append(.ended(order.run, order.attempt, report()))
      case .record(let order): pending.append(.record(order))
      case .claim(let connector, let after, let limit):
        // Read when it is asked for and answered later: what is committed in between is not in it.
        let ids = disk.filter { $0.value.end == nil && $0.key > after }.keys.sorted().prefix(limit)
        pending.append(.claim(connector, Array(ids), after: after, limit: limit))
      case .wake(let at):
        wakeAt = at
        pending.append(.woke)
      case .resolve, .claimDue, .cancelStored, .cancelled, .respond, .parked, .unloaded, .breaker:
        break
      case .finished(let run, let end):
        if disk[run]?.end != end { problem = "run \(run) is told to have ended before the disk" }
      case .dropped(let run): problem = "run \(run) was dropped"
      }
    }
  }

  private mutating func report() -> CallReport {
    switch random.next(12) {
    case 0: .collateral(reason: "neighbour")
    case 1: .outcome(.failed(ActionFailure(.unavailable, code: "x", message: "x")))
    case 2: .outcome(.unknown(ActionFailure(.unknownOutcome, code: "x", message: "x")))
    case 3: .outcome(.timeout(ActionFailure(.timeout, code: "timeout", message: "x")))
    default: .done
    }
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
