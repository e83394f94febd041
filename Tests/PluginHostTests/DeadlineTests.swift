// SPDX-License-Identifier: Apache-2.0
// What happens to calls that do not return in time, and to those beside them.
import Glibc
import Pipeline
import PluginHost
import TestKit
import Testing

@Suite(.serialized, .timeLimit(.minutes(20))) struct DeadlineTests {
  @Test func `one that hangs is ended with its process, and 200 beside it are not harmed`()
    async throws
  {
    let host = try PoolFixture()
    let plugin = try host.plugin("hangs")
    let hang = host.request(plugin, #"{"hang":true}"#, timeout: .seconds(2))
    let good = (0..<200).map { host.request(plugin, #"{"n":\#($0)}"#) }
    async let hung = host.run(hang)
    let ends = await host.run(good)
    for (index, end) in ends.enumerated() {
      #expect(end.word == "returned")
      #expect(end.json == #"{"n":\#(index)}"#)
    }
    let end = await hung
    #expect(end.word == "deadline")
    #expect(end.egress == .none)
    #expect(end.ended - end.started >= 2_000_000_000)
    #expect(!isAlive(end.workerPid))
    #expect(!groupExists(end.workerPid))
    let next = await host.call(plugin, "{}")
    #expect(next.word == "returned" && next.workerPid != end.workerPid)
    await host.stop()
  }

  @Test func `one that spins is ended as well`() async throws {
    let host = try PoolFixture()
    let end = await host.call(
      try host.plugin("hangs"), #"{"spin":true}"#, timeout: .milliseconds(200))
    #expect(end.word == "deadline" && !isAlive(end.workerPid))
    await host.stop()
  }

  @Test func `calls open beside one that is overdue are collateral, with how far they got`()
    async throws
  {
    let host = try PoolFixture()
    let plugin = try host.plugin("hangs")
    let ends = await host.run([
      host.request(plugin, #"{"hang":true}"#, timeout: .milliseconds(300)),
      host.request(plugin, #"{"hang":true}"#), host.request(plugin, #"{"hang":true}"#),
    ])
    #expect(ends.map(\.word) == ["deadline", "collateral", "collateral"])
    #expect(ends[1].death?.reason == .deadline && ends[1].suspects.isEmpty)
    #expect(Set(host.services.script.withLock { $0.ended }).count == 3)
    host.services.script.withLock { $0.fate = .left }
    let again = await host.run([
      host.request(plugin, #"{"hang":true}"#, timeout: .milliseconds(300)),
      host.request(plugin, #"{"hang":true}"#),
    ])
    #expect(again.map(\.egress) == [.left, .left])
    await host.stop()
  }

  @Test func `a call that sees its cancel spares its worker`() async throws {
    var limits = PoolLimits()
    limits.cancel = .seconds(10)
    let host = try PoolFixture(limits)
    let plugin = try host.plugin("waits")
    let end = await host.call(plugin, #"{"wait":true}"#, timeout: .milliseconds(200))
    #expect(end.word == "deadline" && isAlive(end.workerPid))
    let next = await host.call(plugin)
    #expect(next.word == "returned" && next.workerPid == end.workerPid)
    await host.stop()
  }

  @Test func `a request that is open at the deadline is refused, and its late answer dropped`()
    async throws
  {
    var limits = PoolLimits()
    limits.cancel = .seconds(10)
    let host = try PoolFixture(limits)
    host.services.script.withLock {
      $0.answers = false
      $0.fate = .answered
    }
    let plugin = try host.plugin("services")
    let end = await host.call(
      plugin, #"{"use":"credential","name":"shop"}"#, timeout: .milliseconds(700))
    #expect(end.word == "deadline" || end.word.hasPrefix("returned"))
    #expect(isAlive(end.workerPid))
    await host.stop()
  }

  @Test func `services that do not say how far a call got are not waited for`() async throws {
    var limits = PoolLimits()
    limits.egress = .milliseconds(50)
    let host = try PoolFixture(limits)
    host.services.script.withLock { $0.fate = nil }
    let end = await host.call(
      try host.plugin("hangs"), #"{"hang":true}"#, timeout: .milliseconds(100))
    #expect(end.word == "deadline" && end.egress == .left)
    await host.stop()
  }

  @Test func `a worker that the kernel does not let go is shown, and its call ends`() async throws {
    var limits = PoolLimits()
    limits.reap = .zero
    let host = try PoolFixture(limits)
    let end = await host.call(
      try host.plugin("hangs"), #"{"hang":true}"#, timeout: .milliseconds(100))
    #expect(end.word == "deadline")
    _ = await host.status { $0.workers.isEmpty }
    await host.stop()
  }

  @Test func `a stopped process is ended at the deadline of its call`() async throws {
    let host = try PoolFixture()
    let plugin = try host.plugin("echo")
    let first = await host.call(plugin)
    try await freeze(first.workerPid)
    let end = await host.call(plugin, "{}", timeout: .milliseconds(200))
    #expect(end.word == "deadline" && end.workerPid == first.workerPid)
    #expect(!isAlive(first.workerPid))
    await host.stop()
  }

  @Test func `cancelling ends what waits, what sees it and what does not`() async throws {
    let host = try PoolFixture()
    let serial = try host.plugin("echo_serial")
    let waits = try host.plugin("waits")
    let hangs = try host.plugin("hangs")
    let pool = host.pool
    let hang = host.request(hangs, #"{"hang":true}"#)
    let wait = host.request(waits, #"{"wait":true}"#)
    async let ends = host.run([hang, wait])
    _ = await host.status { $0.workers.count == 2 && $0.workers.allSatisfy { $0.openCalls == 1 } }
    host.loop.post {
      pool.cancel(hang.id)
      pool.cancel(wait.id)
      pool.cancel(99_999)
    }
    #expect(await ends.map(\.word) == ["cancelled", "cancelled"])
    let queued = host.request(serial)
    let end = await host.loop.answer { (answer: @escaping @Sendable (CallEnd) -> Void) in
      pool.submit(queued) { answer($0) }
      pool.cancel(queued.id)
    }
    #expect(end.word == "cancelled" && end.workerPid == 0)
    #expect(await host.call(serial).word == "returned")
    await host.stop()
  }

  @Test func `a shutdown lets calls finish, and ends those that do not`() async throws {
    let host = try PoolFixture()
    let plugin = try host.plugin("hangs")
    async let hung = host.call(plugin, #"{"hang":true}"#)
    _ = await host.status { $0.workers.contains { $0.openCalls == 1 } }
    await host.stop(grace: .milliseconds(100))
    let end = await hung
    #expect(end.word == "cancelled" && !isAlive(end.workerPid))
  }

  @Test func `a second shutdown takes the patience of the first away, and both are told`()
    async throws
  {
    let host = try PoolFixture()
    let plugin = try host.plugin("hangs")
    async let hung = host.call(plugin, #"{"hang":true}"#)
    _ = await host.status { $0.workers.contains { $0.openCalls == 1 } }
    let pool = host.pool
    async let first = host.loop.answer { (answer: @escaping @Sendable (Bool) -> Void) in
      pool.shutdown(grace: .seconds(3_600)) { answer(true) }
    }
    _ = await host.status { $0.workers.contains { $0.state == "closing" } }
    await host.stop(grace: .zero)
    let end = await hung
    #expect(end.word == "cancelled" && !isAlive(end.workerPid))
    #expect(await first)
  }
}

/// Whether any process of a group is left that can do something.
private func groupExists(_ group: Int32) -> Bool {
  TestFile.names(in: "/proc").compactMap { Int32($0) }.contains { pid in
    guard let identity = ProcessIdentity.read(pid) else { return false }
    return identity.group == group && identity.isAlive
  }
}
