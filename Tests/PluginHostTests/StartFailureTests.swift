// SPDX-License-Identifier: Apache-2.0
// Plugins that cannot be started, and how long they are left alone.
import Glibc
import Pipeline
import PluginHost
import TestKit
import Testing

@Suite(.serialized, .timeLimit(.minutes(20))) struct StartFailureTests {
  @Test(arguments: ["open_fails", "crashes_while_loading"])
  func `a plugin that does not load ends its calls with the reason`(_ id: String) async throws {
    let host = try PoolFixture()
    let plugin = try host.plugin(id)
    let ends = await host.run([host.request(plugin), host.request(plugin)])
    #expect(ends.allSatisfy { $0.word == "not started" && $0.workerPid == 0 })
    let failure = try #require(ends[0].failure)
    let isDeath = id == "crashes_while_loading"
    #expect(isDeath == (failure.code == "worker_died_loading"), "\(failure)")
    #expect(!failure.message.isEmpty)
    let status = await host.status()
    #expect(status.failures.map(\.failure) == [failure])
    #expect(status.workers.isEmpty)
    await host.stop()
  }

  @Test func `a worker killed from outside while it loads is started again`() async throws {
    var limits = PoolLimits()
    limits.backOffFirst = .milliseconds(1)
    let host = try PoolFixture(limits)
    let plugin = try host.plugin("stops_while_loading")
    async let end = host.call(plugin)
    var last: Int32 = 0
    for _ in 0..<3 {
      last = try await stopped(host, after: last)
      kill(last, SIGKILL)
    }
    let pid = try await stopped(host, after: last)
    kill(pid, SIGCONT)
    let ended = await end
    #expect(ended.word == "returned" && ended.workerPid == pid)
    #expect(await host.status().failures.isEmpty)
    await host.stop()
  }

  @Test func `a worker killed at each of four starts ends its calls`() async throws {
    var limits = PoolLimits()
    limits.backOffFirst = .milliseconds(1)
    let host = try PoolFixture(limits)
    let plugin = try host.plugin("stops_while_loading")
    async let end = host.call(plugin)
    var last: Int32 = 0
    for _ in 0..<4 {
      last = try await stopped(host, after: last)
      kill(last, SIGKILL)
    }
    #expect(await end.failure?.code == "worker_died_loading")
    await host.stop()
  }

  /// The next worker that has stopped itself while it loads.
  private func stopped(_ host: PoolFixture, after last: Int32) async throws -> Int32 {
    let status = await host.status {
      $0.workers.contains {
        $0.pid > 0 && $0.pid != last && ProcessIdentity.read($0.pid)?.state == "T"
      }
    }
    return try #require(status.workers.first { $0.pid > 0 }?.pid)
  }

  @Test(arguments: ["no_entry", "wrong_major"])
  func `a plugin with the wrong entry is known to be unusable before it is started`(
    _ id: String
  ) async throws {
    let host = try PoolFixture()
    let plugin = try host.plugin(id)
    #expect(!plugin.usable)
    let end = await host.call(plugin)
    #expect(end.failure?.code == "plugin_unusable")
    #expect(end.failure?.message.contains("jf_plugin_entry") == true || id == "wrong_major")
    await host.stop()
  }

  @Test func `a failed start is not tried again at once; reset, it is`() async throws {
    var limits = PoolLimits()
    limits.backOffFirst = .seconds(3_600)
    limits.backOffMost = .seconds(3_600)
    let host = try PoolFixture(limits)
    let plugin = try host.plugin("open_fails")
    let first = await host.call(plugin)
    let second = await host.call(plugin)
    #expect(second.failure == first.failure)
    #expect(await host.status().failures.map(\.failures) == [1])
    let pool = host.pool
    let hash = plugin.hash
    await host.loop.perform { pool.resetFailure(ofBuild: hash) }
    _ = await host.call(plugin)
    #expect(await host.status().failures.map(\.failures) == [1])
    await host.stop()
  }

  @Test func `pauses between failed starts double up to a bound`() async throws {
    var limits = PoolLimits()
    limits.backOffFirst = .milliseconds(1)
    limits.backOffMost = .milliseconds(4)
    let host = try PoolFixture(limits)
    let plugin = try host.plugin("open_fails")
    while await host.status().failures.first?.failures ?? 0 < 5 {
      _ = await host.call(plugin)
      try Task.checkCancellation()
    }
    await host.stop()
  }

  @Test func `a start that failed in one project does not stop another project's`() async throws {
    let host = try PoolFixture()
    let plugin = try host.plugin("open_fails")
    _ = await host.run([host.request(plugin), host.request(plugin, project: "other")])
    let status = await host.status()
    #expect(Set(status.failures.map(\.project)) == ["test", "other"])
    #expect(status.failures.allSatisfy { $0.failures == 1 && $0.plugin == "open_fails" })
    await host.stop()
  }

  @Test func `a worker program that is not there is named`() async throws {
    let host = try PoolFixture(program: "/nonexistent/jackfield-worker")
    let end = await host.call(try host.plugin("echo"))
    #expect(end.failure?.code == "worker_not_spawned")
    #expect(end.failure?.message.contains("/nonexistent/jackfield-worker") == true)
    await host.stop()
  }

  @Test func `a program that floods its output and says nothing else is ended, its lines bounded`()
    async throws
  {
    var limits = PoolLimits()
    limits.start = .milliseconds(300)
    limits.logLines = 10
    limits.logLinesPerSecond = 1
    let host = try PoolFixture(limits, program: "/usr/bin/yes")
    let end = await host.call(try host.plugin("echo"))
    #expect(end.failure?.code == "worker_start_timeout")
    await host.stop()
    #expect(host.lines.count < 20)
    #expect(host.lines.contains { $0.text.contains("lines dropped") })
  }
}
