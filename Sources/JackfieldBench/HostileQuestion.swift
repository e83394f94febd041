// SPDX-License-Identifier: Apache-2.0
// Durable steps beside a plugin that computes on every core without an end.
import Glibc
import Pipeline
import PluginHost

/// The same runs with and without the harm: the reference is this host, left in peace.
enum HostileQuestion {
  static func make(scale: Double) -> Question {
    let runs = Int(4_000 * scale)
    return Question(
      name: "hostile",
      title: "Durable steps beside a plugin that computes on every core, beside none",
      figures: [Figure("steps", "1/s", .ratioAtLeast(0.9)), Figure("run_p99", "ms")],
      ours: { try measure(runs, isHostile: true) },
      reference: { try measure(runs, isHostile: false) })
  }

  private static func measure(_ runs: Int, isHostile: Bool) throws -> Question.Reading {
    let bench = try BenchHost()
    defer { bench.close() }
    if isHostile { try burn(in: bench) }
    return try StepsQuestion.measure(bench, runs: runs)
  }

  /// A call that never returns for each processor, in a project of their own, long enough under way
  /// that the host has noticed.
  private static func burn(in bench: BenchHost) throws {
    guard let runtime = bench.host.runtime,
      let plugin = bench.host.catalogue[PluginID(EchoPlugin.id)]
    else { throw BenchError(code: "host_failed", reason: "there is no plugin to burn with") }
    let count = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    runtime.loop.post {
      for number in 0..<count {
        let request = CallRequest(
          id: 1 << 62 | UInt64(number), project: "burner", plugin: plugin,
          action: ActionID(EchoPlugin.burning), parameters: Array("{}".utf8),
          context: Array("{}".utf8), key: "burn-\(number)", timeout: .seconds(120))
        runtime.pool.submit(request) { _ in }
      }
    }
    sleep(3)
  }
}
