// SPDX-License-Identifier: Apache-2.0
// Plugins that run inside of the host: no worker, the same outcomes, and no end but their own.
import Glibc
import Pipeline
import PluginHost
import TestKit
import Testing

@Suite(.serialized, .timeLimit(.minutes(20))) struct InsideTests {
  private func run(
    _ host: PoolFixture, _ plugin: InstalledPlugin, _ parameters: String,
    timeout: Duration = .seconds(30)
  ) async -> CallEnd {
    await host.run(host.request(plugin, parameters, timeout: timeout, isInside: true))
  }

  @Test func `calls return without a worker, each with its own answer`() async throws {
    let host = try PoolFixture()
    let plugin = try host.plugin("echo")
    let ends = await host.run(
      (0..<200).map { host.request(plugin, #"{"n":\#($0)}"#, isInside: true) })
    for (index, end) in ends.enumerated() {
      #expect(end.word == "returned" && end.json == #"{"n":\#(index)}"# && end.workerPid == 0)
      #expect(end.started > 0 && end.ended >= end.started)
    }
    let status = await host.status()
    #expect(status.workers.isEmpty)
    #expect(status.inside.map(\.plugin) == ["echo"] && status.quarantines.isEmpty)
    let other = await host.call(plugin, "{}")
    #expect(other.workerPid != 0, "the same plugin has a worker where it is not inside")
    let health = await host.loop.perform { [pool = host.pool] in pool.health }
    #expect(health[PluginHealthKey(host.project, "echo")]?.calls == 201)
    await host.stop()
  }

  @Test func `one call at a time where the manifest does not say concurrent`() async throws {
    let host = try PoolFixture()
    let plugin = try host.plugin("echo_serial")
    let ends = await host.run(
      (0..<50).map { host.request(plugin, #"{"n":\#($0)}"#, isInside: true) })
    #expect(ends.enumerated().allSatisfy { $0.element.json == #"{"n":\#($0.offset)}"# })
    await host.stop()
  }

  @Test func `its requests are served, and those of a call that is over are refused`() async throws {
    let host = try PoolFixture()
    let plugin = try host.plugin("services")
    let end = await run(host, plugin, #"{"use":"credential","name":"shop"}"#)
    #expect(end.word == "returned" && end.json.contains("shop"), "\(end)")
    host.services.script.withLock {
      $0.answers = false
      $0.fate = .left
    }
    let overdue = await run(
      host, plugin, #"{"use":"credential","name":"shop"}"#, timeout: .milliseconds(200))
    #expect(overdue.word == "deadline" && overdue.egress == .left, "\(overdue)")
    // Its thread was told that its time is over, and came back.
    #expect(await host.status { $0.inside.first?.openCalls == 0 }.quarantines.isEmpty)
    await host.stop()
  }

  @Test func `one that looks at its cancel is told as overdue, and stays inside`() async throws {
    let host = try PoolFixture()
    let plugin = try host.plugin("waits")
    let end = await run(host, plugin, #"{"wait":true}"#, timeout: .milliseconds(100))
    #expect(end.word == "deadline")
    let next = await run(host, plugin, #"{"n":1}"#)
    #expect(next.word == "returned" && next.workerPid == 0, "\(next)")
    await host.stop()
  }

  @Test func `one that does not return is told as overdue, and runs in workers from then on`()
    async throws
  {
    let host = try PoolFixture()
    let plugin = try host.plugin("hangs")
    async let waiting = run(host, plugin, #"{"n":1}"#)
    let end = await run(host, plugin, #"{"hang":true}"#, timeout: .milliseconds(100))
    #expect(end.word == "deadline" && end.egress == .none, "\(end)")
    #expect(await waiting.word == "returned")
    let next = await run(host, plugin, #"{"n":2}"#)
    #expect(next.word == "returned" && next.workerPid != 0, "\(next)")
    let status = await host.status()
    #expect(status.inside.first?.strays == 1)
    #expect(status.quarantines.first?.reason.contains("did not return within") == true)
    #expect(host.lines.contains { $0.text.contains("still runs inside of the host") })
    await host.stop()
  }

  @Test func `a cancelled call is told as cancelled, and the end of the host waits for none`()
    async throws
  {
    let host = try PoolFixture()
    let plugin = try host.plugin("waits")
    let request = host.request(plugin, #"{"wait":true}"#, isInside: true)
    async let end = host.run(request)
    _ = await host.status { $0.inside.first?.openCalls == 1 }
    await host.loop.perform { [pool = host.pool] in pool.cancel(request.id) }
    #expect(await end.word == "cancelled")
    async let last = run(host, plugin, #"{"wait":true}"#)
    _ = await host.status { $0.inside.first?.openCalls == 1 }
    await host.stop(grace: .milliseconds(50))
    #expect(await last.word == "cancelled")
  }

  @Test(arguments: ["open_fails", "no_entry", "wrong_major"])
  func `one that cannot be opened is not started, with the reason`(id: String) async throws {
    let host = try PoolFixture()
    let end = await run(host, try host.plugin(id), "{}")
    guard case .notStarted(let failure) = end.outcome else {
      Issue.record("\(end)")
      return
    }
    #expect(!failure.message.isEmpty && !failure.code.isEmpty)
    await host.stop()
  }

  @Test func `a lane that is idle ends its threads and closes the plugin`() async throws {
    var limits = PoolLimits()
    limits.idle = .milliseconds(20)
    let host = try PoolFixture(limits)
    let plugin = try host.plugin("echo")
    #expect(await run(host, plugin, "{}").word == "returned")
    _ = await host.status { $0.inside.isEmpty }
    #expect(await run(host, plugin, #"{"n":1}"#).json == #"{"n":1}"#, "and it opens again")
    await host.stop()
  }
}
