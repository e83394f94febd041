// SPDX-License-Identifier: Apache-2.0
// One in-process call, beside a bare call into the same shared object.
import BenchReference
import PluginRuntime

enum CallQuestion {
  static func make(scale: Double) -> Question {
    let calls = Int(200_000 * scale)
    return Question(
      name: "call", title: "One in-process call with 200 bytes, beside a bare dlopen'd one",
      figures: [Figure("call", "ns", .below(1_000))],
      ours: { ["call": try ours(calls)] },
      reference: {
        var nanoseconds = 0.0
        let failure = bench_dlcall(
          EchoPlugin.library, "bench_echo_copy", Int32(calls), &nanoseconds)
        guard failure == 0 else { throw BenchError.reference("bare call", failure) }
        return ["call": nanoseconds]
      })
  }

  /// The whole way of a call without a worker: JSON in, the C tables, the plugin, JSON out.
  private static func ours(_ calls: Int) throws -> Double {
    let image = try PluginImage.load(path: EchoPlugin.library)
    let instance = try RuntimeInstance(
      opening: image, settings: Array("{}".utf8), services: [], backend: NoServices())
    defer { instance.close() }
    let actions = try instance.actions([EchoPlugin.action])
    let key = Array("0".utf8)[...]
    let context = Array("{}".utf8)[...]
    let parameters = EchoPlugin.parameters[...]
    var answered = 0
    let took = CPUTime.measure {
      for call in 0..<calls {
        let result = actions.run(
          RuntimeActions.Call(
            number: UInt32(call + 1), action: 0, budgetMS: 60_000, key: key, context: context,
            parameters: parameters))
        if result.status == 0 && result.json.count == parameters.count { answered += 1 }
      }
    }
    guard answered == calls else {
      throw BenchError(code: "host_failed", reason: "\(calls - answered) calls were not echoed")
    }
    return took * 1e9 / Double(calls)
  }
}

/// The echo asks for nothing.
private final class NoServices: ServiceBackend {
  func begin(_ request: ServiceRequest, box: ReplyBox) {
    box.deliver(ServiceReply(exchange: request.exchange, status: 2, json: []))
  }
  func log(call: UInt32, level: UInt8, text: String) {}
  func progress(call: UInt32, json: [UInt8]) {}
}
