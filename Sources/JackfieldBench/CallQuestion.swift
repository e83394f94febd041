// SPDX-License-Identifier: Apache-2.0
// One in-process call, beside a bare call into the same shared object.
import BenchReference
import Foundation

enum CallQuestion {
  static func make(scale: Double) -> Question {
    let calls = Int(200_000 * scale)
    return Question(
      name: "call", title: "One in-process call with 200 bytes, beside a bare dlopen'd one",
      figures: [Figure("call", "ns", .below(1_000))],
      ours: { [:] },
      reference: {
        var nanoseconds = 0.0
        let failure = bench_dlcall(library, "bench_echo_copy", Int32(calls), &nanoseconds)
        guard failure == 0 else { throw BenchError.reference("bare call", failure) }
        return ["call": nanoseconds]
      })
  }

  /// `libbench_echo.so` lies beside the program in every build.
  static var library: String {
    let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
    let folder = (program ?? "./x").split(separator: "/").dropLast().joined(separator: "/")
    return "/" + folder + "/libbench_echo.so"
  }
}
