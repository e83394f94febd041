// SPDX-License-Identifier: Apache-2.0
// Calls that end well, and what they may ask for.
import Pipeline
import PluginHost
import TestKit
import Testing

@Suite(.serialized, .timeLimit(.minutes(20))) struct CallTests {
  @Test func `a call returns what its plugin returned`() async throws {
    let host = try PoolFixture()
    let end = await host.call(try host.plugin("echo"), #"{"a":[1,2,{"b":"c"}]}"#)
    #expect(end.word == "returned")
    #expect(end.json == #"{"a":[1,2,{"b":"c"}]}"#)
    #expect(end.workerPid > 0 && end.started > 0 && end.ended >= end.started)
    #expect(end.pluginHash.count > 8)
    await host.stop()
    #expect(!isAlive(end.workerPid))
  }

  @Test func `a thousand calls at once share one worker`() async throws {
    let host = try PoolFixture()
    let plugin = try host.plugin("echo")
    let ends = await host.run((0..<1_000).map { host.request(plugin, #"{"n":\#($0)}"#) })
    for (index, end) in ends.enumerated() {
      #expect(end.word == "returned")
      #expect(end.json == #"{"n":\#(index)}"#)
    }
    #expect(Set(ends.map(\.workerPid)).count == 1)
    await host.stop()
  }

  @Test func `a plugin that is not concurrent runs one call at a time, in their order`() async throws {
    let host = try PoolFixture()
    let plugin = try host.plugin("echo_serial")
    let ends = await host.run((0..<50).map { host.request(plugin, #"{"n":\#($0)}"#) })
    #expect(ends.allSatisfy { $0.word == "returned" })
    let spans = ends.sorted { $0.started < $1.started }
    for (before, after) in zip(spans, spans.dropFirst()) { #expect(before.ended <= after.started) }
    await host.stop()
  }

  @Test func `a large value goes both ways`() async throws {
    let host = try PoolFixture()
    let text = String(repeating: "0123456789", count: 60_000)
    let end = await host.call(try host.plugin("echo"), #"{"t":"\#(text)"}"#)
    #expect(end.word == "returned")
    #expect(end.json.utf8.count == text.utf8.count + 8)
    await host.stop()
  }

  @Test func `projects and settings do not share a worker`() async throws {
    let host = try PoolFixture()
    let plugin = try host.plugin("echo")
    let ends = await host.run([
      host.request(plugin), host.request(plugin, project: "other"),
      host.request(plugin, settings: #"{"x":1}"#), host.request(plugin, alone: true),
    ])
    #expect(Set(ends.map(\.workerPid)).count == 4)
    await host.stop()
  }

  @Test func `a request of a call is served, and its answer reaches the plugin`() async throws {
    let host = try PoolFixture()
    let end = await host.call(
      try host.plugin("services"), #"{"use":"credential","name":"shop"}"#)
    #expect(end.word == "returned")
    #expect(host.services.script.withLock { $0.requests.count } == 1)
    #expect(end.json.contains(#""status":0"#), "\(end.json)")
    await host.stop()
  }

  @Test func `an action that the manifest does not have is refused with the nearest name`() async throws {
    let host = try PoolFixture()
    let plugin = try host.plugin("echo")
    let request = CallRequest(
      id: 1, project: "test", plugin: plugin, action: "echo.rum", parameters: Array("{}".utf8),
      context: Array("{}".utf8), key: "k", timeout: .seconds(5))
    let end = await host.run(request)
    #expect(end.failure?.code == "action_unknown")
    #expect(end.failure?.message.contains("echo.run") == true)
    await host.stop()
  }

  @Test func `what a plugin prints is logged line by line with its id and pid`() async throws {
    let host = try PoolFixture()
    let end = await host.call(try host.plugin("prints"), #"{"print":true}"#)
    #expect(end.word.hasPrefix("returned"))
    await host.stop()
    #expect(host.lines.contains { $0.plugin == "prints" && $0.pid == end.workerPid })
  }

  @Test func `what a call logs has no control characters and is bounded`() async throws {
    var limits = PoolLimits()
    limits.logLines = 10
    limits.logLinesPerSecond = 1
    let host = try PoolFixture(limits)
    let end = await host.call(try host.plugin("prints"), #"{"logs":500}"#)
    #expect(end.word == "returned")
    await host.stop()
    let logs = host.services.script.withLock { $0.logs.map(\.text) }
    #expect(logs.contains("one\u{fffd}[31m\u{fffd}more") && logs.count < 20)
    #expect(host.lines.contains { $0.text.contains("lines dropped") })
  }

  @Test(arguments: [EgressFate.left, .answered, nil])
  func `a call that returns with a request open is told when that has ended, with its fate`(
    _ fate: EgressFate?
  ) async throws {
    var limits = PoolLimits()
    limits.egress = .milliseconds(50)
    let host = try PoolFixture(limits)
    host.services.script.withLock {
      $0.answers = false
      $0.fate = fate
    }
    let plugin = try host.plugin("forges")
    let end = await host.call(plugin, #"{"request":1}"#)
    #expect(end.word == "returned" && end.json == #"{"request":1}"#)
    #expect(end.egress == fate ?? .left)
    #expect(host.services.script.withLock { $0.ended.count } == 1)
    let next = await host.call(plugin)
    #expect(next.word == "returned" && next.workerPid == end.workerPid && next.egress == .none)
    #expect(host.services.script.withLock { $0.ended.count } == 1)
    await host.stop()
  }

  @Test func `an idle worker is ended, and the next call starts another`() async throws {
    var limits = PoolLimits()
    limits.idle = .milliseconds(50)
    let host = try PoolFixture(limits)
    let plugin = try host.plugin("echo")
    let first = await host.call(plugin)
    _ = await host.status { $0.workers.isEmpty }
    #expect(!isAlive(first.workerPid))
    let second = await host.call(plugin)
    #expect(second.word == "returned" && second.workerPid != first.workerPid)
    await host.stop()
  }

  @Test func `a full pool makes calls wait, says so, and serves all`() async throws {
    var limits = PoolLimits()
    limits.workers = 2
    limits.turn = .milliseconds(20)
    let host = try PoolFixture(limits)
    let plugin = try host.plugin("echo")
    let requests = (0..<60).map { host.request(plugin, project: ProjectID("p\($0 % 6)")) }
    async let ends = host.run(requests)
    let busy = await host.status { !$0.waiting.isEmpty || $0.workers.isEmpty }
    #expect(busy.workers.count <= 2)
    let all = await ends
    #expect(all.allSatisfy { $0.word == "returned" })
    await host.stop()
  }
}
