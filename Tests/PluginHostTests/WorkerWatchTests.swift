// SPDX-License-Identifier: Apache-2.0
// Which threads of workers go behind all others, and when they come back. `SandboxTests` runs it as
// an ordinary user too.
import CSystem
import Glibc
import Pipeline
import PluginHost
import Synchronization
import TestKit
import Testing

@Suite struct ThreadPaceTests {
  private func paced(
    _ looks: Int, from pace: ThreadPace = .asleep, runnable: Bool = true, sleeps: UInt64 = 1,
    calls: Set<UInt32> = [7]
  ) -> ThreadPace {
    var pace = pace
    let look = sys_thread_look(id: 1, is_runnable: runnable ? 1 : 0, is_behind: 0, sleeps: sleeps)
    for _ in 0..<looks { pace.take(look, entered: calls) }
    return pace
  }

  @Test func `twenty looks in a row that find it runnable put a thread behind, nineteen do not`() {
    #expect(!paced(19).isBehind)
    #expect(paced(20) == .behind(calls: [7], sleeps: 1, rest: 0))
    #expect(paced(19, from: paced(1, from: paced(19), runnable: false)) == .computing(looks: 19))
  }

  @Test func `what starves behind stays there, however long`() {
    #expect(paced(1_000, from: paced(20)).isBehind)
  }

  @Test func `it comes back when the calls that were inside have ended and it slept`() {
    let behind = paced(20, calls: [7, 9])
    #expect(paced(1, from: behind, sleeps: 2, calls: [9]).isBehind, "one of them is inside")
    #expect(paced(1, from: behind, sleeps: 2, calls: [12]) == .asleep)
    #expect(paced(1_000, from: behind, sleeps: 1, calls: []).isBehind, "it runs on without its call")
  }

  @Test func `one that no call is inside of comes back when it has rested, not when it slept`() {
    let behind = paced(20, calls: [])
    #expect(paced(1_000, from: behind, sleeps: 2, calls: []).isBehind)
    #expect(paced(19, from: behind, runnable: false, calls: []).isBehind)
    #expect(paced(20, from: behind, runnable: false, calls: []) == .asleep)
    // Half of its time is no rest.
    let restless = (0..<1_000).reduce(behind) { pace, number in
      paced(1, from: pace, runnable: number.isMultiple(of: 2), calls: [])
    }
    #expect(restless.isBehind)
  }
}

@Suite(.serialized, .timeLimit(.minutes(20))) struct WorkerWatchTests {
  @Test func `a thread that computes goes behind alone, and back when its call has ended`()
    async throws
  {
    let host = try PoolFixture()
    let plugin = try host.plugin("misbehaves")
    async let spun = host.run(spin(host, plugin, "one"))
    let worker = try await behind(host, "one")
    let thread = try #require(threadsBehind(worker).first)
    #expect(getsid(worker) == worker, "a session, and with it a scheduling group, of its own")

    // Starved by this process until the next one is found to compute too, which takes as many looks.
    let burning = try Burning()
    async let spunToo = host.run(spin(host, plugin, "two"))
    _ = try await behind(host, "two")
    #expect(threadsBehind(worker) == [thread], "it starves, which is no pause")
    try await niceness(worker, becomes: 19)
    burning.stop()

    // Beside it in its worker others keep their pace.
    let good = await host.run(
      (0..<7).map { host.request(plugin, #"{"n":\#($0)}"#, project: "one") })
    #expect(good.allSatisfy { $0.word == "returned" && $0.workerPid == worker }, "\(good)")
    #expect(threadsBehind(worker) == [thread], "it, and no other of its worker")

    for project in ["one", "two"] as [ProjectID] {
      let end = await host.run(
        host.request(plugin, #"{"sin":"release"}"#, project: project))
      #expect(end.word == "returned", "\(end)")
    }
    #expect(await spun.word == "returned")
    #expect(await spunToo.word == "returned")
    if geteuid() == 0 {
      while !threadsBehind(worker).isEmpty {
        try Task.checkCancellation()
        await Task.yield()
      }
    }
    // An ordinary user brings back the worker, but not the thread within it.
    try await niceness(worker, becomes: 5)
    await host.stop(grace: .zero)
  }

  private func spin(
    _ host: PoolFixture, _ plugin: InstalledPlugin, _ project: ProjectID
  ) -> CallRequest {
    host.request(plugin, #"{"sin":"spin"}"#, timeout: .seconds(1_000), project: project)
  }

  /// Waits until a thread of a project's worker is behind all others; returns the worker.
  private func behind(_ host: PoolFixture, _ project: ProjectID) async throws -> Int32 {
    while true {
      let workers = await host.status().workers
      if let worker = workers.first(where: { $0.project == project })?.pid, worker != 0,
        !threadsBehind(worker).isEmpty
      {
        return worker
      }
      try Task.checkCancellation()
      await Task.yield()
    }
  }

  /// Waits until the autogroup of a worker has a weight; not at all where the kernel has none.
  private func niceness(_ worker: Int32, becomes niceness: Int) async throws {
    while let text = TestFile.text(of: "/proc/\(worker)/autogroup"), !text.isEmpty,
      !text.hasSuffix("nice \(niceness)\n")
    {
      try Task.checkCancellation()
      await Task.yield()
    }
  }

  /// The number of that policy, which the C library's header shows to few.
  private static let idle = "5"

  /// The threads of a process with the policy `SCHED_IDLE`.
  private func threadsBehind(_ process: Int32) -> [Int32] {
    TestFile.names(in: "/proc/\(process)/task").compactMap { Int32($0) }.filter { thread in
      let text = TestFile.text(of: "/proc/\(process)/task/\(thread)/stat") ?? ""
      let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
      return fields.count > 38 && fields[38] == Self.idle
    }
  }
}

/// A thread for each processor that computes until it is told to stop.
private final class Burning: Sendable {
  private let isOver = Atomic(false)
  private let threads = Mutex<[NamedThread]>([])

  init() throws {
    for _ in 0..<sysconf(Int32(_SC_NPROCESSORS_ONLN)) {
      let thread = try NamedThread(name: "burning") { [self] in
        while !isOver.load(ordering: .relaxed) {}
      }
      threads.withLock { $0.append(thread) }
    }
  }

  func stop() {
    isOver.store(true, ordering: .relaxed)
    for thread in threads.withLock({ $0 }) { thread.join() }
  }
}
