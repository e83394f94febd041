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
        Figure("steps_batch_10", "1/s"),
        Figure("steps_batch_100", "1/s"),
        Figure("steps_batch_1000", "1/s"),
      ],
      ours: { [:] },
      reference: { try bare(runs: runs) })
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
