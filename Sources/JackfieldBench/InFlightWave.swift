// SPDX-License-Identifier: Apache-2.0
// Runs of one call each that all begin at once.
import Calendar
import Dispatch
import Engine
import Jackfield
import Pipeline
import Scheduler
import Store
import Values

/// The same connector in several projects, each of which has a worker and a transport of its own.
///
/// **Isolation**: the loop's thread while a wave is under way, then the caller's.
// Safe because: the semaphore between the two threads orders everything they touch.
final class InFlightWave: @unchecked Sendable {
  private typealias Lane = (connector: Connector, row: ConnectorRow)

  private let host: Host
  private let runtime: HostRuntime
  private var lanes: [Lane] = []
  private var left: Set<RunID> = []
  private var failure: String?
  private let done = DispatchSemaphore(value: 0)

  /// The wave of the bench's own fetches.
  convenience init(_ bench: BenchHost, projects: Int, port: Int) throws {
    try self.init(
      bench,
      (1...projects).map { number in
        (
          """
          {"format": 1, "name": "p\(number)", "plugins": {"\(FetchPlugin.id)":
            {"grants": {"hosts": ["127.0.0.1:\(port)"]}}}}
          """,
          """
          {"format": 1, "project": "p\(number)", "name": "ask", "trigger": {"webhook": {}},
           "steps": [{"id": "s", "components": [{"action": {"id": "a",
             "use": "\(FetchPlugin.action)", "timeout": "60 s",
             "with": {"url": "http://127.0.0.1:\(port)/{{event.id}}"}}}]}]}
          """
        )
      })
  }

  /// - Parameter documents: of each project its document, and a connector's.
  init(_ bench: BenchHost, _ documents: [(project: String, connector: String)]) throws {
    guard let runtime = bench.host.runtime else {
      throw BenchError(code: "host_failed", reason: "the host was opened for documents only")
    }
    (host, self.runtime) = (bench.host, runtime)
    for (project, connector) in documents {
      try bench.apply(project: project)
      let name = try JSONValue(parsing: project)["name"]?.asText ?? ""
      let applied = try bench.apply(connector, project: name)
      lanes.append((applied.connector, applied.row))
    }
  }

  /// Runs `count` of them, evenly in all projects, and calls `look` often meanwhile. Returns the
  /// seconds from the first start to the last end on disk.
  func run(_ count: Int, _ look: () throws -> Void) throws -> Double {
    let lanes = self.lanes
    let accepted = try runtime.store.writeAndWait { transaction throws(StoreError) in
      var accepted: [(id: RunID, lane: Int)] = []
      for number in 0..<count {
        let lane = number % lanes.count
        let event = NewEvent(
          project: lanes[lane].row.project, connector: lanes[lane].row.id,
          version: lanes[lane].row.version, body: Self.body)
        accepted.append((try transaction.eventAccept(event, nowMS: 0).run, lane))
      }
      return accepted
    }
    left = Set(accepted.map(\.id))
    let observer = host.observe { [weak self] event in
      if case .finished(let id, let end) = event { self?.finished(id, end) }
    }
    defer { host.unobserve(observer) }
    let began = ContinuousClock.now
    runtime.loop.post { [self] in
      for (id, lane) in accepted { start(id, lanes[lane]) }
    }
    var turns = 0
    while done.wait(timeout: .now() + .milliseconds(20)) == .timedOut {
      turns += 1
      guard turns < 6_000 else {
        throw BenchError(code: "host_failed", reason: "the wave did not end within 120 s")
      }
      try look()
    }
    if let failure { throw BenchError(code: "host_failed", reason: failure) }
    return began.duration(to: .now) / .seconds(1)
  }

  private func start(_ id: RunID, _ lane: Lane) {
    runtime.scheduler.accepted(id, of: lane.row.id, lane.row.project) {
      RunSeed(
        progress: RunProgress(
          runID: id, project: lane.row.project, connector: lane.connector,
          connectorVersion: Int(lane.row.version), startedAt: Moment(milliseconds: 0),
          event: ["id": "x"]),
        project: lane.row.project, connector: lane.row.id, journalled: 0, isRecovered: false)
    }
  }

  private func finished(_ id: RunID, _ end: RunEnd) {
    guard left.remove(id) != nil else { return }
    if end.state != .succeeded { failure = "run \(id) failed: \(end.reason)" }
    if left.isEmpty { done.signal() }
  }

  private static let body = #"{"id":"x"}"#
}
