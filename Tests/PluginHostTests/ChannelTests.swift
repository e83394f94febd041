// SPDX-License-Identifier: Apache-2.0
// Transports and listeners.
import Glibc
import Pipeline
import PluginHost
import Synchronization
import TestKit
import Testing

@Suite(.serialized, .timeLimit(.minutes(20))) struct ChannelTests {
  /// What was heard of one exchange.
  struct Heard: Sendable {
    var left = false
    var answer: String?
    var lost: (left: Bool, death: WorkerDeath)?
  }

  private func carry(
    _ host: PoolFixture, _ plugin: InstalledPlugin, _ number: UInt32, _ url: String,
    body: String = ""
  ) async -> Heard {
    await host.loop.answer { [pool = host.pool] (answer: @escaping @Sendable (Heard) -> Void) in
      let heard = Mutex(Heard())
      let channel = pool.transport(project: "test", plugin: plugin)
      channel.submit(
        exchange: number, request: Array(#"{"method":"GET","url":"\#(url)"}"#.utf8),
        body: Array(body.utf8)
      ) { event in
        switch event {
        case .left: heard.withLock { $0.left = true }
        case .answered(let head, let body):
          heard.withLock {
            $0.answer = String(decoding: head, as: UTF8.self) + String(decoding: body, as: UTF8.self)
          }
          answer(heard.withLock { $0 })
        case .lost(let left, let death):
          heard.withLock { $0.lost = (left, death) }
          answer(heard.withLock { $0 })
        }
      }
    }
  }

  @Test func `exchanges leave and are answered, thousands at once`() async throws {
    let host = try PoolFixture()
    let plugin = try host.plugin("transport_fixture")
    let all = await withTaskGroup(of: Heard.self) { group in
      for number in 1...3_000 {
        group.addTask { await carry(host, plugin, UInt32(number), "u\(number)", body: "b\(number)") }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(all.count == 3_000)
    #expect(all.allSatisfy { $0.left && $0.answer != nil })
    await host.stop()
  }

  @Test func `an abort ends an exchange that hangs`() async throws {
    let host = try PoolFixture()
    let plugin = try host.plugin("transport_fixture")
    async let hung = carry(host, plugin, 5, "hang")
    _ = await host.status { $0.workers.contains { $0.state == "ready" && $0.queuedCalls == 0 } }
    let pool = host.pool
    host.loop.post { pool.transport(project: "test", plugin: plugin).abort(exchange: 5) }
    let heard = await hung
    #expect(heard.answer?.contains("aborted") == true && !heard.left)
    await host.stop()
  }

  @Test func `a transport that does not answer an abort is ended, the others are lost`()
    async throws
  {
    var limits = PoolLimits()
    limits.egress = .milliseconds(100)
    let host = try PoolFixture(limits)
    let plugin = try host.plugin("transport_fixture")
    async let first = carry(host, plugin, 1, "hang")
    async let second = carry(host, plugin, 2, "hang")
    let status = await host.status {
      $0.workers.contains { $0.state == "ready" && $0.openCalls == 2 && $0.queuedCalls == 0 }
    }
    let pid = try #require(status.workers.first?.pid)
    try await freeze(pid)
    let pool = host.pool
    host.loop.post { pool.transport(project: "test", plugin: plugin).abort(exchange: 1) }
    let (one, other) = await (first, second)
    #expect(one.lost?.death.reason == .notAborting && other.lost?.death.reason == .notAborting)
    #expect(one.lost?.left == false && other.lost?.left == false)
    #expect(!isAlive(pid))
    let again = await carry(host, plugin, 3, "u")
    #expect(again.answer != nil)
    await host.stop()
  }

  @Test func `when a transport dies its exchanges are lost, and the next one starts another`()
    async throws
  {
    let host = try PoolFixture()
    let plugin = try host.plugin("transport_fixture")
    async let hung = carry(host, plugin, 1, "hang")
    let status = await host.status {
      $0.workers.contains { $0.state == "ready" && $0.queuedCalls == 0 }
    }
    let pid = try #require(status.workers.first?.pid)
    kill(pid, SIGKILL)
    let heard = await hung
    #expect(heard.lost?.death.status == .signal(9) && heard.lost?.left == false)
    #expect(await carry(host, plugin, 1, "again").answer != nil)
    await host.stop()
  }

  @Test func `a transport that does not read is ended, and nothing of it blocks the host`()
    async throws
  {
    var limits = PoolLimits()
    limits.unreadMessages = 64
    limits.congestedMessages = 100_000
    let host = try PoolFixture(limits)
    let plugin = try host.plugin("transport_fixture")
    _ = await carry(host, plugin, 1, "u")
    let pid = try #require(await host.status().workers.first?.pid)
    try await freeze(pid)
    let all = await withTaskGroup(of: Heard.self) { group in
      for number in 2...2_000 {
        group.addTask { await carry(host, plugin, UInt32(number), "u") }
        // Turn by turn: what is added while older messages wait counts as well.
        if number.isMultiple(of: 20) { _ = await host.loop.perform { 0 } }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(all.contains { $0.lost?.death.reason == .notReading && $0.lost?.left == false })
    #expect(all.allSatisfy { $0.lost != nil || $0.answer != nil })
    #expect(!isAlive(pid))
    await host.stop()
  }

  @Test func `what a transport said before it was killed counts, read or not`() async throws {
    var limits = PoolLimits()
    limits.unreadMessages = 64
    limits.congestedMessages = 100_000
    // It makes a file, from which this test knows how far it is.
    let host = try PoolFixture(limits, sandbox: SandboxPolicy(off: [.files, .user]))
    let plugin = try host.plugin("transport_fixture")
    _ = await carry(host, plugin, 1, "u")
    let pid = try #require(await host.status().workers.first?.pid)
    try await freeze(pid)
    let file = host.data("left")
    async let leaving = carry(host, plugin, 2, "leave", body: file)
    async let hanging = carry(host, plugin, 3, "hang")
    _ = await host.status { $0.workers.contains { $0.openCalls == 2 && $0.queuedCalls == 0 } }
    let pool = host.pool
    await host.loop.perform {
      // One turn: it says `left` while the host does not listen, and then reads no more.
      kill(pid, SIGCONT)
      while access(file, F_OK) != 0 { sched_yield() }
      kill(pid, SIGSTOP)
      while ProcessIdentity.read(pid)?.state != "T" { sched_yield() }
      let channel = pool.transport(project: "test", plugin: plugin)
      for number in 10..<2_010 {
        channel.submit(exchange: UInt32(number), request: Array(#"{"url":"u"}"#.utf8), body: []) {
          _ in
        }
      }
    }
    let (left, hung) = await (leaving, hanging)
    #expect(left.left && left.lost?.left == true && left.lost?.death.reason == .notReading)
    #expect(hung.lost?.left == false)
    await host.stop()
  }

  @Test func `what cannot be known of a transport that broke the protocol is taken as left`()
    async throws
  {
    let host = try PoolFixture()
    let plugin = try host.plugin("transport_fixture")
    async let hung = carry(host, plugin, 1, "hang")
    _ = await host.status { $0.workers.contains { $0.state == "ready" && $0.queuedCalls == 0 } }
    let broken = await carry(host, plugin, 2, "garbage")
    #expect(broken.lost?.death.reason == .violation && broken.lost?.left == true)
    #expect(await hung.lost?.left == true)
    await host.stop()
  }

  @Test func `a transport that cannot be loaded loses its exchanges with the reason`() async throws {
    let host = try PoolFixture(program: "/nonexistent/worker")
    let heard = await carry(host, try host.plugin("transport_fixture"), 1, "u")
    #expect(heard.lost?.death.reason == .notSpawned && heard.lost?.left == false)
    #expect(heard.lost?.death.detail.contains("/nonexistent/worker") == true)
    await host.stop()
  }

  @Test func `a listener hands requests over, is restarted on its own, and minds the intake`()
    async throws
  {
    let host = try PoolFixture()
    let plugin = try host.plugin("listener_fixture")
    let bodies = Mutex<[String]>([])
    let listening = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    let pool = host.pool
    let channel = await host.loop.perform {
      ListenerBox(pool.listener(project: "test", plugin: plugin, listening: listening))
    }
    let third = await host.loop.answer { (answer: @escaping @Sendable (UInt64) -> Void) in
      channel.listener.incoming = { exchange, _, body in
        let count = bodies.withLock {
          $0.append(String(decoding: body, as: UTF8.self))
          return $0.count
        }
        if count == 3 { return answer(exchange) }
        channel.listener.respond(
          exchange: exchange, head: Array(#"{"status":200,"headers":{}}"#.utf8),
          body: Array("answer \(count)".utf8))
      }
      channel.listener.start()
    }
    #expect(bodies.withLock { $0 } == ["first", "answer 1", "answer 2"])
    let pid = try #require(await host.status().workers.first?.pid)
    let fresh = await host.loop.answer { (answer: @escaping @Sendable (UInt64) -> Void) in
      channel.listener.incoming = { exchange, _, _ in answer(exchange) }
      kill(pid, SIGKILL)
    }
    #expect(fresh != third)
    let open = await host.loop.perform {
      // Of a worker that is gone: goes nowhere.
      channel.listener.respond(exchange: third, head: Array("{}".utf8), body: [])
      return channel.listener.openExchanges
    }
    #expect(open == 1)
    await host.stop(grace: .milliseconds(50))
  }
}

/// Lets a channel cross to the loop it belongs to.
private final class ListenerBox: @unchecked Sendable {
  // Safe because: the test touches the channel on its loop only.
  let listener: ListenerChannel

  init(_ listener: ListenerChannel) { self.listener = listener }
}
