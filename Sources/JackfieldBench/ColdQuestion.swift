// SPDX-License-Identifier: Apache-2.0
// From a call without a worker to its answer: process, sandbox, image, call.
import BenchReference
import Pipeline

/// A plugin in C, and one in Swift, whose first call in a project starts a worker; beside a process
/// that does nothing.
enum ColdQuestion {
  static func make(scale: Double) -> Question {
    let starts = max(Int(40 * scale), 4)
    return Question(
      name: "cold",
      title: "The first call of a project: worker, sandbox, image; beside a spawned /bin/true",
      figures: [
        Figure("c_plugin", "ms", .below(5)), Figure("swift_plugin", "ms", .below(15)),
        Figure("spawn", "ms"),
      ],
      ours: { try ours(starts) },
      reference: {
        var milliseconds = 0.0
        let failure = bench_spawn("/bin/true", Int32(starts), &milliseconds)
        guard failure == 0 else { throw BenchError.reference("bare spawn", failure) }
        return ["spawn": milliseconds]
      })
  }

  private static func ours(_ starts: Int) throws -> Question.Reading {
    var reading: Question.Reading = [:]
    reading["c_plugin"] = try median(EchoPool(), ActionID(EchoPlugin.action), starts)
    if let bundled = PluginFolders.bundled {
      let pool = try EchoPool(plugin: bundled + "/control")
      reading["swift_plugin"] = try median(pool, "control.stop", starts)
    }
    return reading
  }

  /// **Unit** ms. Each call is a project's first.
  private static func median(
    _ pool: EchoPool, _ action: ActionID, _ starts: Int
  ) throws -> Double {
    defer { pool.close() }
    let times = try (0..<starts).map {
      try pool.coldCall(action, project: ProjectID("p\($0)"))
    }.sorted()
    return times[times.count / 2]
  }
}
