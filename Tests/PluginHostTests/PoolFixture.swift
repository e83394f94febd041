// SPDX-License-Identifier: Apache-2.0
// A loop, a spawner and a pool of real worker processes, for one test.
import Glibc
import Pipeline
import PluginHost
import Synchronization
import TestKit
import Testing

/// A pool as a host has it, with services that a test scripts.
///
/// **Isolation** any thread.
final class PoolFixture: Sendable {
  let loop = EventLoop(name: "test-loop")
  let spawner: Spawner
  let pool: WorkerPool
  let services: ScriptedServices
  let data = TemporaryFolder()
  let project = ProjectID("test")
  private let state = Mutex(State())

  private struct State {
    var lines: [WorkerLogLine] = []
    var plugins: [FixturePlugin] = []
    var lastCall: UInt64 = 0
  }

  private final class LineBox: Sendable {
    let lines = Mutex<[WorkerLogLine]>([])
  }
  private let lineBox: LineBox

  init(
    _ limits: PoolLimits = PoolLimits(), program: String? = nil,
    sandbox: SandboxPolicy = SandboxPolicy()
  ) throws {
    let box = LineBox()
    lineBox = box
    let registry = try WorkerRegistry.takeOver(dataFolder: data.path)
    spawner = try Spawner(registry: registry)
    pool = WorkerPool(
      loop: loop, spawner: spawner,
      program: program ?? BuiltProducts.program("jackfield-worker"), limits: limits,
      sandbox: sandbox
    ) { line in box.lines.withLock { $0.append(line) } }
    services = ScriptedServices()
    pool.services = services
    try loop.start()
  }

  var lines: [WorkerLogLine] { lineBox.lines.withLock { $0 } }

  /// Installs a test plugin of Tests/Fixtures/plugins.
  func plugin(_ id: String) throws -> InstalledPlugin {
    let fixture = try FixturePlugin(id)
    state.withLock { $0.plugins.append(fixture) }
    let (plugin, problems) = PluginCatalogue.read(folder: fixture.folder.path, hash: testHash)
    return try #require(plugin, "\(id): \(problems)")
  }

  func request(
    _ plugin: InstalledPlugin, _ parameters: String = "{}", timeout: Duration = .seconds(30),
    key: String? = nil, project: ProjectID? = nil, settings: String = "{}",
    allowance: WorkerAllowance = WorkerAllowance(), alone: Bool = false,
    isInside: Bool = false
  ) -> CallRequest {
    let id = state.withLock { state in
      state.lastCall += 1
      return state.lastCall
    }
    return CallRequest(
      id: id, project: project ?? self.project, plugin: plugin, action: plugin.actions[0],
      parameters: Array(parameters.utf8), context: Array("{}".utf8), key: key ?? "key-\(id)",
      timeout: timeout, settings: Array(settings.utf8),
      services: ["jackfield.call/1", "jackfield.records/1", "jackfield.http/1"],
      allowance: allowance, alone: alone, isInside: isInside)
  }

  /// Submits calls in one turn and returns their ends in the order of the requests.
  func run(_ requests: [CallRequest]) async -> [CallEnd] {
    await withTaskGroup(of: (Int, CallEnd).self) { group in
      for (index, request) in requests.enumerated() {
        group.addTask { (index, await self.run(request)) }
      }
      var ends = [CallEnd?](repeating: nil, count: requests.count)
      for await (index, end) in group { ends[index] = end }
      return ends.compactMap { $0 }
    }
  }

  func run(_ request: CallRequest) async -> CallEnd {
    await loop.answer { [pool] answer in pool.submit(request) { answer($0) } }
  }

  func call(
    _ plugin: InstalledPlugin, _ parameters: String = "{}", timeout: Duration = .seconds(30)
  ) async -> CallEnd {
    await run(request(plugin, parameters, timeout: timeout))
  }

  func status() async -> PoolStatus { await loop.perform { [pool] in pool.status } }

  /// Waits until the status is as wanted; the test's time limit, which cancels it, bounds the wait.
  func status(
    where isWanted: @Sendable (PoolStatus) -> Bool, _ place: SourceLocation = #_sourceLocation
  ) async -> PoolStatus {
    while true {
      let status = await status()
      if isWanted(status) { return status }
      if Task.isCancelled {
        Issue.record("the status never became as wanted: \(status)", sourceLocation: place)
        return status
      }
      await Task.yield()
    }
  }

  /// Ends all workers and the threads; nothing of them is left.
  func stop(grace: Duration = .seconds(5)) async {
    _ = await loop.answer { [pool] (answer: @escaping @Sendable (Bool) -> Void) in
      pool.shutdown(grace: grace) { answer(true) }
    }
    loop.stop()
    spawner.stop()
  }
}

/// A hash for tests: the real one is the business of whoever injects it.
let testHash: LoadedImage.HashFunction = { bytes in
  var hash: UInt64 = 0xcbf2_9ce4_8422_2325
  for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
  return String(hash, radix: 16)
}

extension CallEnd {
  /// A word for the outcome, for expectations.
  var word: String {
    switch outcome {
    case .returned(let status, _): status == 0 ? "returned" : "returned \(status)"
    case .deadline: "deadline"
    case .crashed: "crashed"
    case .collateral: "collateral"
    case .notStarted: "not started"
    case .cancelled: "cancelled"
    }
  }

  var json: String {
    if case .returned(_, let json) = outcome { String(decoding: json, as: UTF8.self) } else { "" }
  }

  var death: WorkerDeath? {
    switch outcome {
    case .crashed(let death), .collateral(let death): death
    default: nil
    }
  }

  var failure: LoadFailure? { if case .notStarted(let failure) = outcome { failure } else { nil } }
}

/// Whether a process of this number exists and can still do something.
func isAlive(_ pid: Int32) -> Bool { ProcessIdentity.read(pid)?.isAlive ?? false }

/// Stops a process and waits until each of its threads has stopped, which the signal alone does not.
func freeze(_ pid: Int32) async throws {
  kill(pid, SIGSTOP)
  while true {
    let states = TestFile.names(in: "/proc/\(pid)/task").map { thread in
      (TestFile.text(of: "/proc/\(pid)/task/\(thread)/stat") ?? "").split(separator: ")").last?
        .first { $0 != " " }
    }
    if states.allSatisfy({ $0 == "T" }) { return }
    try Task.checkCancellation()
    await Task.yield()
  }
}
