// SPDX-License-Identifier: Apache-2.0
// A plugin that writes frames of its own making to a live host.
import Pipeline
import PluginHost
import TestKit
import Testing

@Suite(.serialized, .timeLimit(.minutes(20))) struct BabbleTests {
  /// Each seed has a project, and so a worker, of its own: what one did, the next does not inherit.
  @Test func `whatever frames a plugin writes, its call ends and the calls of others succeed`()
    async throws
  {
    let host = try PoolFixture()
    let babbles = try host.plugin("babbles")
    let echo = try host.plugin("echo")
    let first = Int.random(in: 0..<1 << 40)
    var words: [String: Int] = [:]
    for start in stride(from: first, to: first + 120, by: 6) {
      let babble = (start..<start + 6).map { seed in
        host.request(
          babbles, #"{"seed":\#(seed)}"#, timeout: .seconds(10), project: ProjectID("p\(seed)"))
      }
      let beside = (start..<start + 6).map { host.request(echo, #"{"n":\#($0)}"#) }
      let ends = await host.run(babble + beside)
      #expect(ends.count == 12, "a call has no end, seeds from \(start)")
      for (seed, end) in zip(start..., ends.suffix(6)) {
        #expect(end.word == "returned" && end.json == #"{"n":\#(seed)}"#, "beside \(seed): \(end)")
      }
      for end in ends.prefix(6) { words[end.word, default: 0] += 1 }
    }
    // Both happen: frames that pass for its own, and frames that cost the worker its life.
    #expect(words["returned", default: 0] > 0 && words["crashed", default: 0] > 0, "\(words)")
    let status = await host.status { status in status.workers.allSatisfy { $0.openCalls == 0 } }
    #expect(status.waiting.isEmpty && status.failures.isEmpty, "\(status)")
    await host.stop()
  }
}
