// SPDX-License-Identifier: Apache-2.0
// Durable steps: runs of five echo calls each, fsync on.
import BenchReference

/// Steps a second with 256 runs in flight, beside a C program that does nothing else.
enum StepsQuestion {
  static let inFlight = 256
  static let stepsPerRun = 5

  static func make(scale: Double) -> Question {
    let runs = Int(4_000 * scale)
    return Question(
      name: "steps",
      title: "Durable steps: \(runs) runs of 5 echo steps, \(inFlight) in flight, fsync on",
      figures: [
        Figure("steps", "1/s", .ratioAtLeast(0.3)),
        Figure("run_p50", "ms"),
        Figure("run_p99", "ms", .below(50)),
        Figure("cpu", "µs/step"),
        Figure("cpu_host", "µs/step"),
        Figure("steps_batch_10", "1/s"),
        Figure("steps_batch_100", "1/s"),
        Figure("steps_batch_1000", "1/s"),
      ],
      ours: { try ours(runs: runs) },
      reference: { try bare(runs: runs) })
  }

  /// Nothing is left out: documents, policy, ledger, journal, a worker that is a process.
  private static func ours(runs: Int) throws -> Question.Reading {
    let bench = try BenchHost()
    defer { bench.close() }
    return try measure(bench, runs: runs)
  }

  /// The same runs on whatever stands in a host's store already.
  static func measure(_ bench: BenchHost, runs: Int) throws -> Question.Reading {
    _ = try StepsRuns(bench, document: document("warm"), count: 10).run(inFlight: 1)
    let measured = try StepsRuns(bench, document: document("measured"), count: runs)
    let before = ProcessorUse.ofThisProcess
    let (seconds, milliseconds) = try measured.run(inFlight: inFlight)
    let steps = Double(runs * stepsPerRun)
    return [
      "steps": steps / seconds,
      "run_p50": milliseconds[milliseconds.count / 2],
      "run_p99": milliseconds[(milliseconds.count - 1) * 99 / 100],
      "cpu_host": (ProcessorUse.ofThisProcess - before) * 1e6 / steps,
    ]
  }

  /// Five steps with one echo call each, of the event's 200 bytes.
  private static func document(_ name: String) -> String {
    let steps = (1...stepsPerRun).map { number in
      """
      {"id": "s\(number)", "components": [{"action": {"id": "a\(number)",
        "use": "\(EchoPlugin.action)", "with": {"text": "{{event.text}}"}, "save": "v\(number)"}}]}
      """
    }
    return """
      {"format": 1, "project": "bench", "name": "\(name)", "trigger": {"webhook": {}},
       "steps": [\(steps.joined(separator: ","))]}
      """
  }

  /// The best of the three batch sizes is what we are held to; each is shown.
  private static func bare(runs: Int) throws -> Question.Reading {
    var reading: Question.Reading = [:]
    for batch in [10, 100, 1_000] {
      let folder = try BenchFolder()
      var out = bench_steps()
      let failure = bench_steps(
        folder("steps.db"), Int32(runs), Int32(inFlight), Int32(batch), &out)
      guard failure == 0 else { throw BenchError.reference("bare steps", failure) }
      reading["steps_batch_\(batch)"] = out.steps_per_second
      if out.steps_per_second > reading["steps"] ?? 0 {
        reading["steps"] = out.steps_per_second
        reading["run_p50"] = out.run_p50_ms
        reading["run_p99"] = out.run_p99_ms
        reading["cpu"] = out.cpu_us_per_step
      }
    }
    return reading
  }
}
