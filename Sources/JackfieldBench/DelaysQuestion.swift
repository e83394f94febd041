// SPDX-License-Identifier: Apache-2.0
// Sleeping delays: what they cost in memory, and how punctual those are that are due together.
import BenchReference
import Glibc

/// The targets of lateness are what beanstalkd reached on this kind of machine; where it is
/// installed it is measured beside us.
enum DelaysQuestion {
  static func make(scale: Double, _ stored: StoredRuns) -> Question {
    let (some, lots) = (Int(1_000 * scale), Int(10_000 * scale))
    return Question(
      name: "delays",
      title: "\(stored.many) sleeping delays, beside \(stored.fewDelays) and beanstalkd; then "
        + "\(some) (late) and \(lots) (all) due at one instant, fsync on",
      figures: [
        Figure("memory_per_delay", "bytes", .below(1)),
        Figure("host_pss", "MB"),
        Figure("late_p50", "ms", .below(67)),
        Figure("late_p99", "ms", .below(260)),
        Figure("all_awake", "ms", .below(1_000)),
        Figure("cpu_all_awake", "µs/delay"),
        Figure("all_acted", "ms"),
        Figure("cpu_all_acted", "µs/delay"),
      ],
      ours: { try ours(stored, some, lots) },
      reference: { try reference(stored, some) })
  }

  private static func ours(
    _ stored: StoredRuns, _ some: Int, _ lots: Int
  ) throws -> Question.Reading {
    var reading = try waves(try stored.sleeping(stored.many), some, lots)
    guard let many = try memory(try stored.sleeping(stored.many)),
      let few = try memory(try stored.sleeping(stored.fewDelays))
    else { return reading }
    reading["host_pss"] = many.proportional / 1e6
    reading["memory_per_delay"] = (many.own - few.own) / Double(stored.many - stored.fewDelays)
    return reading
  }

  /// A host with few delays for the memory, beanstalkd for the lateness.
  private static func reference(_ stored: StoredRuns, _ some: Int) throws -> Question.Reading {
    var reading: Question.Reading = [:]
    reading["host_pss"] = try memory(try stored.sleeping(stored.fewDelays))
      .map { $0.proportional / 1e6 }
    let folder = try BenchFolder()
    // It reads its log back before they are due.
    let ahead = 3 + stored.many / 50_000
    var out = bench_delays()
    let failure = bench_delays(
      "/usr/bin/beanstalkd", folder.path, Int32(stored.many), Int32(some), Int32(ahead), &out)
    if failure == 38 { return reading }  // ENOSYS
    guard failure == 0 else { throw BenchError.reference("beanstalkd", failure) }
    (reading["late_p50"], reading["late_p99"]) = (out.late_p50_ms, out.late_p99_ms)
    return reading
  }

  private static func waves(
    _ folder: BenchFolder, _ some: Int, _ lots: Int
  ) throws -> Question.Reading {
    let bench = try BenchHost(in: folder)
    defer { bench.close() }
    try bench.archive()
    _ = try StepsRuns(bench, document: StoredRuns.echo("warm"), count: 10).run(inFlight: 1)
    let small = try DelayWave(bench, count: some, endsThere: true).run()
    let large = try DelayWave(bench, count: lots, endsThere: true).run()
    // What the runs do then competes with the waking of the others.
    let acting = try DelayWave(bench, count: lots, endsThere: false).run()
    return [
      "late_p50": small.awake[small.awake.count / 2],
      "late_p99": small.awake[(small.awake.count - 1) * 99 / 100],
      "all_awake": large.awake.last ?? 0,
      "cpu_all_awake": large.processorUse * 1e6 / Double(lots),
      "all_acted": acting.ended,
      "cpu_all_acted": acting.processorUse * 1e6 / Double(lots),
    ]
  }

  /// Of a host that serves and has nothing to do; nil where the listener was not built.
  private static func memory(_ folder: BenchFolder) throws -> MemoryUse? {
    guard ServedFolder.isPossible else { return nil }
    let served = try ServedFolder(folder)
    defer { served.stop() }
    // What the start left to do is done by then.
    usleep(1_500_000)
    return try MemoryUse(of: served.process)
  }
}
