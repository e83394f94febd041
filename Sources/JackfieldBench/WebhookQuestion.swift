// SPDX-License-Identifier: Apache-2.0
// Webhooks accepted durably, beside libmicrohttpd with the same rows.
import BenchReference
import Foundation
import PluginHost

enum WebhookQuestion {
  static let connections: Int32 = 64

  static func make(scale: Double) -> Question {
    let requests = Int32(20_000 * scale)
    return Question(
      name: "webhook",
      title: "Webhooks accepted durably: \(requests) over \(connections) connections, fsync on",
      figures: [
        Figure("accepted", "1/s", .ratioAtLeast(0.5)),
        Figure("p50", "ms"),
        Figure("p99", "ms", .below(25)),
        Figure("p99_at_half_rate", "ms", .below(10)),
      ],
      ours: { try ours(requests: requests) },
      reference: { try bare(requests: requests) })
  }

  /// Through the listener's worker, with a run that ends at its first filter; empty where the
  /// listener was not built.
  private static func ours(requests: Int32) throws -> Question.Reading {
    let plugins = PluginSet.installedFolder ?? ""
    guard FileManager.default.fileExists(atPath: plugins + "/listener/listener.so") else {
      return [:]
    }
    let bench = try BenchHost(plugins: ["listener"])
    defer { bench.close() }
    try bench.host.listen(address: "127.0.0.1", port: 0)
    let url = try bench.apply(
      """
      {"format": 1, "project": "bench", "name": "hook", "trigger": {"webhook": {}},
       "steps": [{"id": "s", "components": [{"filter": {"all": [{"left": "{{event.action}}",
         "type": "text", "op": "is", "right": "closed"}]}, "else": "stop"}]}]}
      """
    ).url
    guard let parts = URLComponents(string: url), let port = parts.port else {
      throw BenchError(code: "host_failed", reason: "\(url) has no port")
    }
    defer { bench.host.stopListening() }
    return try load(port: Int32(port), path: parts.path, requests: requests)
  }

  /// Empty where libmicrohttpd was absent at build time.
  private static func bare(requests: Int32) throws -> Question.Reading {
    let folder = try BenchFolder()
    var listener: OpaquePointer?
    var port: Int32 = 0
    let failure = bench_listener_start(folder("listener.db"), &listener, &port)
    if failure == 38 { return [:] }  // ENOSYS
    guard failure == 0, let listener else { throw BenchError.reference("bare listener", failure) }
    defer { bench_listener_stop(listener) }
    return try load(port: port, path: "/hook", requests: requests)
  }

  /// As fast as the answers come, then evenly at half that rate.
  static func load(port: Int32, path: String, requests: Int32) throws -> Question.Reading {
    let full = try load(port: port, path: path, requests: requests, perSecond: 0)
    let half = try load(
      port: port, path: path, requests: requests / 2, perSecond: full.requests_per_second / 2)
    return [
      "accepted": full.requests_per_second, "p50": full.p50_ms, "p99": full.p99_ms,
      "p99_at_half_rate": half.p99_ms,
    ]
  }

  private static func load(
    port: Int32, path: String, requests: Int32, perSecond: Double
  ) throws -> bench_load {
    let head = "POST \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json"
    let padding = String(repeating: "x", count: 150)
    let body = "{\"id\":\"0000000000000000\",\"action\":\"opened\",\"text\":\"\(padding)\"}"
    var out = bench_load()
    let failure = bench_load(port, head, body, connections, requests, perSecond, &out)
    guard failure == 0 else { throw BenchError.reference("the load", failure) }
    guard out.refused == 0 else {
      throw BenchError(code: "host_failed", reason: "\(out.refused) requests were refused")
    }
    return out
  }
}
