// SPDX-License-Identifier: Apache-2.0
// What a durable step costs beside many stored runs, and beside few.

enum GrowthQuestion {
  static func make(scale: Double, _ stored: StoredRuns) -> Question {
    let runs = Int(4_000 * scale)
    return Question(
      name: "growth",
      title: "A durable step beside \(stored.many) stored runs, and beside \(stored.few); "
        + "\(runs) runs of \(StepsQuestion.stepsPerRun) steps, fsync on",
      figures: [
        Figure("cpu_host", "µs/step", .ratioAtMost(1.2)),
        Figure("wall", "µs/step", .ratioAtMost(1.2)),
        Figure("run_p99", "ms"),
      ],
      ours: { try measure(stored, stored.many, runs) },
      reference: { try measure(stored, stored.few, runs) })
  }

  /// The runs of the round before are archived first, so that nothing else is written meanwhile.
  private static func measure(
    _ stored: StoredRuns, _ count: Int, _ runs: Int
  ) throws -> Question.Reading {
    let bench = try BenchHost(in: try stored.ended(count))
    defer { bench.close() }
    try bench.archive()
    var reading = try StepsQuestion.measure(bench, runs: runs)
    reading["wall"] = reading["steps"].map { 1e6 / $0 }
    return reading
  }
}
