// SPDX-License-Identifier: Apache-2.0
// What a host knows of a plugin's cost and of how its workers ended.
import PluginHost
import TestKit
import Testing

@Suite(.timeLimit(.minutes(20))) struct HealthTests {
  @Test func `calls, ends and the last crash are counted over all workers of a plugin`()
    async throws
  {
    let host = try PoolFixture()
    let plugin = try host.plugin("misbehaves")
    for _ in 0..<5 { _ = await host.call(plugin) }
    let first = try #require(await health(host)["misbehaves"])
    #expect(first.calls == 5 && first.workers == 1 && first.ends.isEmpty)
    #expect(first.lastCrash == nil)

    _ = await host.run(host.request(plugin, #"{"sin":"abort"}"#, key: "the-call"))
    _ = await host.call(plugin, #"{"sin":"loop"}"#, timeout: .milliseconds(300))
    _ = await host.call(plugin)
    let health = try #require(await health(host)["misbehaves"])
    #expect(health.calls == 8 && health.workers == 3)
    #expect(health.ends == [.signalled: 1, .deadline: 1])
    #expect(health.cpuMS > 0, "it computed: \(health)")
    let crash = try #require(health.lastCrash)
    #expect(crash.death.status == .signal(6) && crash.death.place.first == "give_up")
    #expect(crash.calls.map(\.key) == ["the-call"] && crash.hash == plugin.hash)
    // cc gives every image one, as Debian's does.
    #expect(crash.buildID?.isEmpty != true)
    await host.stop()
  }

  private func health(_ host: PoolFixture) async -> [String: PluginHealth] {
    let all = await host.loop.perform { [pool = host.pool] in pool.health }
    return Dictionary(uniqueKeysWithValues: all.map { ($0.key.plugin.rawValue, $0.value) })
  }
}
