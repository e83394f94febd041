// SPDX-License-Identifier: Apache-2.0
// A plugin that does harm, beside a thousand calls that do none, half of them its own.
import PluginHost
import TestKit
import Testing

@Suite(.serialized, .timeLimit(.minutes(20))) struct MisbehaviourTests {
  static let sins = [
    "loop", "crash", "abort", "exit", "overflow", "allocate", "fork", "threads", "close",
    "garbage", "freeze", "flood", "overwrite", "oversleep",
  ]

  @Test(arguments: sins)
  func `whatever a plugin does, the calls beside it succeed`(_ sin: String) async throws {
    let host = try PoolFixture()
    host.services.script.withLock { $0.answers = false }
    let misbehaving = try host.plugin("misbehaves")
    let echo = try host.plugin("echo")
    // One for each processor of a small machine.
    let harm = (0..<2).map { _ in
      host.request(misbehaving, #"{"sin":"\#(sin)"}"#, timeout: .milliseconds(500))
    }
    let good = (0..<1_000).map { number in
      (plugin: number.isMultiple(of: 2) ? echo : misbehaving, number: number)
    }
    async let ended = host.run(harm)
    var waiting = good
    var tries = 0
    // What was beside a crash runs again, as a host does it: uncounted, three times at most.
    while !waiting.isEmpty {
      let batch = waiting
      let ends = await host.run(
        batch.map { host.request($0.plugin, #"{"n":\#($0.number)}"#, key: "good-\($0.number)") })
      waiting = []
      for (call, end) in zip(batch, ends) {
        switch end.word {
        case "returned": #expect(end.json == #"{"n":\#(call.number)}"#)
        case "collateral": waiting.append(call)
        default: Issue.record("\(sin): call \(call.number) ended as \(end)")
        }
      }
      tries += 1
      try #require(tries <= 4, "\(sin): \(waiting.count) calls run again and again")
    }
    let harmed = await ended
    #expect(harmed.count == 2)
    for end in harmed where end.word != "returned" { #expect(!isAlive(end.workerPid), "\(end)") }
    // The next one finds a worker again; one that is just being killed may still take it first.
    var next = await host.call(misbehaving)
    for _ in 0..<3 where next.word == "collateral" { next = await host.call(misbehaving) }
    #expect(next.word == "returned", "\(sin): \(next)")
    await host.stop(grace: .seconds(1))
  }
}
