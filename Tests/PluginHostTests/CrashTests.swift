// SPDX-License-Identifier: Apache-2.0
// Plugins that take their process down, or break the rules, and who is charged with it.
import Glibc
import Pipeline
import PluginHost
import Synchronization
import TestKit
import Testing

@Suite(.serialized, .timeLimit(.minutes(20))) struct CrashTests {
  struct Sin: Sendable, CustomTestStringConvertible {
    let plugin: String
    let parameters: String
    let reason: WorkerDeath.Reason
    var status: WorkerDeath.Status?
    var testDescription: String { plugin }
  }

  static let sins = [
    Sin(plugin: "crashes", parameters: #"{"crash":true}"#, reason: .signalled, status: .signal(11)),
    Sin(plugin: "aborts", parameters: #"{"abort":true}"#, reason: .signalled, status: .signal(6)),
    Sin(plugin: "exits", parameters: #"{"exit":true}"#, reason: .exited, status: .exit(3)),
    Sin(plugin: "garbage", parameters: #"{"garbage":true}"#, reason: .violation),
    Sin(plugin: "forges", parameters: #"{"forge":77}"#, reason: .violation),
  ]

  @Test(arguments: sins)
  func `the call that took its worker down is charged, and the next one runs`(
    _ sin: Sin
  ) async throws {
    let host = try PoolFixture()
    let plugin = try host.plugin(sin.plugin)
    let end = await host.call(plugin, sin.parameters)
    #expect(end.word == "crashed")
    #expect(end.death?.reason == sin.reason)
    if let status = sin.status { #expect(end.death?.status == status) }
    #expect(!isAlive(end.workerPid))
    let next = await host.call(plugin)
    #expect(next.word == "returned" && next.workerPid != end.workerPid)
    await host.stop()
  }

  @Test func `a crash is told with the functions it was in, of a C plugin`() async throws {
    let host = try PoolFixture()
    let end = await host.call(try host.plugin("crashes"), #"{"crash":true}"#)
    // Its `run` is in there: the compiler has put the one into the other.
    #expect(end.death?.place.first == "fixture_run", "\(end)")
    #expect(end.death?.description.contains("SIGSEGV) in fixture_run") == true, "\(end)")
    let overflow = await host.call(try host.plugin("misbehaves"), #"{"sin":"overflow"}"#)
    #expect(overflow.death?.place.first == "sink", "\(overflow)")
    let aborted = await host.call(try host.plugin("misbehaves"), #"{"sin":"abort"}"#)
    #expect(aborted.death?.place.first == "give_up", "\(aborted)")
    await host.stop()
  }

  @Test func `a trap is told with the functions it was in, of a Swift plugin`() async throws {
    let host = try PoolFixture()
    let end = await host.call(try host.plugin("traps"), #"{"trap":true}"#)
    #expect(end.death?.status == .signal(SIGILL) || end.death?.status == .signal(SIGTRAP), "\(end)")
    #expect(end.death?.place.first?.contains("PriceList.price(of:") == true, "\(end)")
    await host.stop()
  }

  @Test func `closing every descriptor ends the worker, not the host`() async throws {
    let host = try PoolFixture()
    let plugin = try host.plugin("closes_fds")
    let end = await host.call(plugin, #"{"close":true}"#)
    #expect(end.word == "crashed", "\(end)")
    #expect(!isAlive(end.workerPid))
    #expect(await host.call(plugin).word == "returned")
    await host.stop()
  }

  @Test func `several inside of the plugin are suspects; after two crashes each runs alone`()
    async throws
  {
    let host = try PoolFixture()
    let plugin = try host.plugin("hangs")
    for _ in 0..<2 {
      let pair = (1...2).map { host.request(plugin, #"{"hang":true}"#, key: "suspect-\($0)") }
      async let ends = host.run(pair)
      let worker = try await worker(of: host) { $0.openCalls == 2 && !$0.isAlone }
      try await entered(2, host, worker)
      kill(worker, SIGKILL)
      let all = await ends
      #expect(all.map(\.word) == ["collateral", "collateral"])
      #expect(all.allSatisfy { Set($0.suspects) == Set(pair.map(\.id)) })
      #expect(all.allSatisfy { $0.death?.status == .signal(9) && $0.death?.reason == .signalled })
    }
    let pair = (1...2).map { host.request(plugin, #"{"hang":true}"#, key: "suspect-\($0)") }
    async let ends = host.run(pair)
    let first = try await worker(of: host) { $0.isAlone && $0.openCalls == 1 && $0.queuedCalls == 1 }
    try await entered(1, host, first)
    kill(first, SIGKILL)
    let second = try await worker(of: host) { $0.isAlone && $0.openCalls == 1 && $0.pid != first }
    try await entered(1, host, second)
    kill(second, SIGKILL)
    #expect(await ends.map(\.word) == ["crashed", "crashed"])
    await host.stop()
  }

  @Test func `workers killed at random while calls stream: every call ends once, none is lost`()
    async throws
  {
    let host = try PoolFixture()
    let plugin = try host.plugin("echo")
    let kills = Atomic(0)
    let killer = Task {
      while !Task.isCancelled {
        let status = await host.status()
        if let pid = status.workers.first(where: { $0.openCalls > 0 && $0.pid > 0 })?.pid {
          kill(pid, SIGKILL)
          kills.add(1, ordering: .relaxed)
        }
        try? await Task.sleep(for: .milliseconds(3))
      }
    }
    var words: [String: Int] = [:]
    var total = 0
    // On a crowded machine the calls can all be through before the killer gets its turn: go on.
    while total == 0 || (kills.load(ordering: .relaxed) == 0 && total < 40_000) {
      var waiting = (total..<total + 2_000).map { (number: $0, key: "stream-\($0)") }
      total += 2_000
      while !waiting.isEmpty {
        let batch = waiting
        let ends = await host.run(
          batch.map { host.request(plugin, #"{"n":\#($0.number)}"#, key: $0.key) })
        #expect(ends.count == batch.count)
        waiting = []
        for (call, end) in zip(batch, ends) {
          words[end.word, default: 0] += 1
          if end.word == "returned" { #expect(end.json == #"{"n":\#(call.number)}"#) }
          if end.word == "collateral" || end.word == "not started" { waiting.append(call) }
        }
      }
    }
    killer.cancel()
    await killer.value
    #expect(kills.load(ordering: .relaxed) > 0)
    #expect(words["returned", default: 0] + words["crashed", default: 0] == total)
    #expect(words["returned", default: 0] > total / 2)
    await host.stop()
  }

  @Test func `workers end when the thread that spawned them does`() async throws {
    let host = try PoolFixture()
    let plugin = try host.plugin("hangs")
    async let hung = host.call(plugin, #"{"hang":true}"#)
    let pid = try await worker(of: host) { $0.openCalls == 1 }
    try await entered(1, host, pid)
    let thread = host.spawner.threadID
    #expect(TestFile.text(of: "/proc/self/task/\(thread)/comm") == "jf-spawner\n")
    _ = await host.call(try host.plugin("echo"))
    #expect(host.spawner.threadID == thread)
    host.spawner.stop()
    let end = await hung
    #expect(end.death?.status == .signal(9))
    let refused = await host.call(plugin)
    #expect(refused.failure?.code == "host_stopping")
    await host.stop()
  }

  private func worker(
    of host: PoolFixture, where isWanted: @escaping @Sendable (PoolStatus.Worker) -> Bool
  ) async throws -> Int32 {
    let status = await host.status { $0.workers.contains { $0.pid > 0 && isWanted($0) } }
    return try #require(status.workers.first { $0.pid > 0 && isWanted($0) }?.pid)
  }

  /// Waits until so many threads of a worker sleep in `pause` (system call 34): they are inside.
  private func entered(_ count: Int, _ host: PoolFixture, _ pid: Int32) async throws {
    while true {
      let inside = TestFile.names(in: "/proc/\(pid)/task").filter { thread in
        let call = TestFile.text(of: "/proc/\(pid)/task/\(thread)/syscall") ?? ""
        #if arch(x86_64)
          return call.hasPrefix("34 ")
        #else
          return call.hasPrefix("73 ")
        #endif
      }
      if inside.count >= count { return }
      try Task.checkCancellation()
      await Task.yield()
    }
  }
}
