// SPDX-License-Identifier: Apache-2.0
// Many stored runs, as a host would have left them, without its waiting for the disk.
import Calendar
import Engine
import Jackfield
import Pipeline
import Scheduler
import Store
import Values

/// Works runs of one connector off inside large transactions.
///
/// The engine decides, its recordings are written by the code that writes them in a host, and an
/// action's answer is its parameters. What is left out is the sync of each step.
struct RunFill {
  private static let page = 5_000

  private let store: Store
  private let connector: Connector
  private let row: ConnectorRow
  private let rules: ProjectRules

  init(_ bench: BenchHost, document: String) throws {
    let applied = try bench.apply(document)
    store = bench.host.store
    (connector, row) = (applied.connector, applied.row)
    rules = try bench.host.setup(of: row.project).1
  }

  /// Accepts an event for each run and works it off until it has ended or waits; a run that is
  /// only accepted stays ready.
  ///
  /// - Parameter says: what is filled, for a line on standard error now and then.
  @discardableResult
  func add(
    _ count: Int, isWorkedOff: Bool = true, says: String? = nil,
    event: @escaping @Sendable (Int) -> String
  ) throws -> [RunID] {
    var ids: [RunID] = []
    ids.reserveCapacity(count)
    while ids.count < count {
      let range = ids.count..<min(ids.count + Self.page, count)
      ids += try store.writeAndWait { transaction throws(StoreError) in
        try write(range, isWorkedOff, transaction, event)
      }
      if let says, count > Self.page, ids.count.isMultiple(of: 50_000) {
        Bench.say("  \(says): \(ids.count) of \(count)")
      }
    }
    return ids
  }

  private func write(
    _ range: Range<Int>, _ isWorkedOff: Bool, _ transaction: WriteTransaction,
    _ event: @Sendable (Int) -> String
  ) throws(StoreError) -> [RunID] {
    let now = EngineTime(monotonic: 0, wall: Host.now())
    var engine = Engine()
    _ = engine.handle(.configured(row.project, rules), at: now)
    _ = engine.startAlone(at: now)
    var ids: [RunID] = []
    for number in range {
      let body = event(number)
      let accepted = NewEvent(
        project: row.project, connector: row.id, version: row.version, body: body)
      let id = try transaction.eventAccept(accepted, nowMS: now.wall).run
      ids.append(id)
      if isWorkedOff { try workOff(seed(id, body, now), &engine, now, transaction) }
    }
    return ids
  }

  private func seed(_ id: RunID, _ body: String, _ now: EngineTime) -> RunSeed {
    RunSeed(
      progress: RunProgress(
        runID: id, project: row.project, connector: connector,
        connectorVersion: Int(row.version), startedAt: Moment(milliseconds: now.wall),
        event: (try? JSONValue(parsing: body)) ?? .null),
      project: row.project, connector: row.id, journalled: 0, isRecovered: false)
  }

  private func workOff(
    _ seed: RunSeed, _ engine: inout Engine, _ now: EngineTime, _ transaction: WriteTransaction
  ) throws(StoreError) {
    var standing = RunStanding(fence: RunFence(incarnation: 0, sequence: 0), state: .ready)
    var inputs: [EngineInput] = [.accepted(seed)]
    while let input = inputs.popLast() {
      for output in engine.handle(input, at: now) {
        switch output {
        case .record(let order):
          let recording = Recording(order: order, standing: standing, now: now.wall)
          let recorded = try recording.write(transaction)
          standing.fence.sequence = recorded.sequence
          standing.state = order.parks ? .waiting : .running
          inputs.append(.recorded(order.run, RecordReport(.success(recorded))))
        case .call(let order):
          let answer = ActionOutcome.succeeded(order.plan.parameters)
          inputs.append(.ended(order.run, attempt: order.attempt, .outcome(answer)))
        default: break
        }
      }
    }
  }
}
