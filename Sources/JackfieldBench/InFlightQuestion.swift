// SPDX-License-Identifier: Apache-2.0
// Thousands of actions that wait for a peer at once: what they cost in memory, and in time.
import BenchReference
import Foundation

/// One wave of runs, each with one HTTP call that its peer answers after a second, in as many projects
/// as one worker runs a thousand of them. There is no reference but the second. Then another wave
/// whose calls wait so long that all of them do at once: it is weighed.
enum InFlightQuestion {
  private static let answerMS: Int32 = 1_000
  private static let weighedMS: Int32 = 10_000

  static func make(scale: Double) -> Question {
    let calls = Int(5_000 * scale)
    return Question(
      name: "inflight",
      title: "\(calls) actions in flight, each an HTTP call of 1 s, fsync on",
      figures: [
        Figure("wave", "s", .below(4)),
        Figure("memory", "MB", .below(300)),
        Figure("memory_host", "MB"),
        Figure("kernel_stacks", "MB"),
        Figure("cpu_host", "µs/call"),
      ],
      ours: { try ours(calls) }, reference: { [:] })
  }

  /// Empty where the transport was not built.
  private static func ours(_ calls: Int) throws -> Question.Reading {
    guard try PluginFolders.names().contains("transport_http") else { return [:] }
    var server: OpaquePointer?
    var port: Int32 = 0
    let failure = bench_slow_start(16_384, &server, &port)
    guard failure == 0, let server else { throw BenchError.reference("the slow server", failure) }
    defer { bench_slow_stop(server) }
    let folder = try BenchFolder()
    try FetchPlugin.install(in: folder)
    let bench = try BenchHost(plugins: ["transport_http"], own: [FetchPlugin.id], in: folder)
    defer { bench.close() }
    let projects = (calls + FetchPlugin.callsAtOnce - 1) / FetchPlugin.callsAtOnce
    let wave = try InFlightWave(bench, projects: projects, port: Int(port))
    // Workers and transports are there, as after a host's first minute.
    _ = try wave.run(projects) {}
    bench_slow_delay(server, answerMS)
    let before = ProcessorUse.ofThisProcess
    let seconds = try wave.run(calls) {}
    let use = ProcessorUse.ofThisProcess - before
    bench_slow_delay(server, weighedMS)
    var most = 0
    var memory = InFlightMemory()
    _ = try wave.run(calls) {
      let waiting = Int(bench_slow_waiting(server))
      if waiting > most, waiting == calls { memory = try InFlightMemory.now() }
      most = max(most, waiting)
    }
    guard most == calls else {
      throw BenchError(
        code: "host_failed", reason: "only \(most) of \(calls) calls were ever in flight at once")
    }
    return [
      "wave": seconds, "cpu_host": use * 1e6 / Double(calls), "memory": memory.total / 1e6,
      "memory_host": memory.host / 1e6, "kernel_stacks": memory.stacks / 1e6,
    ]
  }
}

/// The pages of this process and all workers it has started.
///
/// **Unit**: bytes.
private struct InFlightMemory {
  /// With the kernel's stacks.
  var total = 0.0
  var host = 0.0
  var stacks = 0.0

  static func now() throws -> Self {
    var memory = Self()
    for process in try [getpid()] + children() {
      let use = try MemoryUse(of: process)
      if process == getpid() { memory.host = use.proportional }
      memory.stacks += Double(use.threads) * kernelStack
      memory.total += use.proportional
    }
    memory.total += memory.stacks
    return memory
  }

  /// Of a thread on the architectures there are plugins for.
  private static let kernelStack = 16_384.0

  private static func children() throws -> [Int32] {
    let threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")
    return try threads.flatMap { thread in
      try String(contentsOfFile: "/proc/self/task/\(thread)/children", encoding: .utf8)
        .split(separator: " ").compactMap { Int32($0) }
    }
  }
}
