// SPDX-License-Identifier: Apache-2.0
// Durable steps beside a plugin that computes on every core without an end.
import BenchReference
import Glibc
import Pipeline
import PluginHost

/// The same runs with and without the harm: the reference is this host, left in peace. Beside it
/// stands what no host can help: the same runs beside programs of somebody else that the kernel puts
/// behind everybody. A core that computes is woken dearer than one that idles.
enum HostileQuestion {
  private static let cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))

  static func make(scale: Double) -> Question {
    let runs = Int(4_000 * scale)
    return Question(
      name: "hostile",
      title: "Durable steps beside a plugin that computes on every core, beside none",
      figures: [
        Figure("steps", "1/s", .ratioAtLeast(0.9)), Figure("run_p99", "ms"),
        Figure("steps_beside_idle_class", "1/s"),
      ],
      ours: { try measure(runs, isHostile: true) },
      reference: {
        var reading = try measure(runs, isHostile: false)
        reading["steps_beside_idle_class"] = try measureBesidePrograms(runs)
        return reading
      })
  }

  private static func measureBesidePrograms(_ runs: Int) throws -> Double? {
    var pids = [Int32](repeating: 0, count: cores)
    let failure = bench_burn_start(Int32(cores), &pids)
    guard failure == 0 else { throw BenchError.reference("the computing programs", failure) }
    defer { bench_burn_stop(Int32(cores), pids) }
    return try measure(runs, isHostile: false)["steps"]
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
    runtime.loop.post {
      for number in 0..<cores {
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
