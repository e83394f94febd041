// SPDX-License-Identifier: Apache-2.0
// One warm isolated call, beside a frame that goes to another process and back.
import BenchReference

enum PingQuestion {
  static func make(scale: Double) -> Question {
    let calls = Int(20_000 * scale)
    return Question(
      name: "ping", title: "One warm call into a worker, beside a bare frame there and back",
      figures: [
        Figure("pinned_p50", "µs", .ratioAtMost(1.5)),
        Figure("unpinned_p50", "µs", .ratioAtMost(1.5)),
        Figure("unpinned_p99", "µs"),
        Figure("cpu_32_in_flight", "µs/call", .ratioAtMost(2)),
        Figure("rate_32_in_flight", "1/s"),
      ],
      ours: { try ours(calls: calls) },
      reference: { try bare(calls: calls) })
  }

  private static func ours(calls: Int) throws -> Question.Reading {
    let pinned = try pinnedToOne { try $0.calls(calls, inFlight: 1) }
    let pool = try EchoPool()
    defer { pool.close() }
    let unpinned = try pool.calls(calls, inFlight: 1)
    let many = try pool.calls(calls, inFlight: 32)
    return [
      "pinned_p50": pinned.p50, "unpinned_p50": unpinned.p50, "unpinned_p99": unpinned.p99,
      "cpu_32_in_flight": many.cpu, "rate_32_in_flight": many.perSecond,
    ]
  }

  /// Host and worker on one processor, as the reference's two processes are.
  private static func pinnedToOne<Value>(_ body: (EchoPool) throws -> Value) throws -> Value {
    _ = bench_pin(0)
    defer { _ = bench_pin(-1) }
    let pool = try EchoPool()
    defer { pool.close() }
    return try body(pool)
  }

  private static func bare(calls: Int) throws -> Question.Reading {
    let pinned = try ping(calls, inFlight: 1, core: 0)
    let unpinned = try ping(calls, inFlight: 1, core: -1)
    let many = try ping(calls, inFlight: 32, core: -1)
    return [
      "pinned_p50": pinned.p50_us, "unpinned_p50": unpinned.p50_us,
      "unpinned_p99": unpinned.p99_us, "cpu_32_in_flight": many.cpu_us_per_exchange,
      "rate_32_in_flight": many.exchanges_per_second,
    ]
  }

  private static func ping(_ calls: Int, inFlight: Int32, core: Int32) throws -> bench_ping {
    var out = bench_ping()
    let failure = bench_ping(Int32(calls), inFlight, core, &out)
    guard failure == 0 else { throw BenchError.reference("bare ping-pong", failure) }
    return out
  }
}
