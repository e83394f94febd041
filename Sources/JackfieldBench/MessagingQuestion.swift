// SPDX-License-Identifier: Apache-2.0
// Many people at once: a broadcast at its rate, and a chat server that takes its time.
import BenchReference
import Glibc
import Jackfield
import Pipeline
import Store
import Values

/// Through the bundled plugins, at one local server that is the provider of messages and the chat
/// server: a broadcast to ten thousand contacts, paced at 500 a second, and a thousand questions at
/// once whose answers take two seconds. The reference is the rate that was set, and the two seconds.
enum MessagingQuestion {
  private static let ratePerMinute = 30_000
  private static let answerMS: Int32 = 2_000

  static func make(scale: Double) -> Question {
    let (contacts, questions) = (Int(10_000 * scale), Int(1_000 * scale))
    return Question(
      name: "messaging",
      title: "\(contacts) contacts at \(ratePerMinute) a minute; \(questions) questions of 2 s",
      figures: [
        Figure("broadcast_rate", "messages/s", .ratioAtLeast(0.9)),
        Figure("broadcast_host", "MB", .below(60)),
        Figure("questions", "s", .below(4)),
      ],
      ours: { try ours(contacts: contacts, questions: questions) }, reference: { ["broadcast_rate": Double(ratePerMinute) / 60] })
  }

  /// Empty where the transport was not built.
  private static func ours(contacts: Int, questions: Int) throws -> Question.Reading {
    guard try PluginFolders.names().contains("transport_http") else { return [:] }
    var server: OpaquePointer?
    var port: Int32 = 0
    let failure = bench_slow_start(16_384, &server, &port)
    guard failure == 0, let server else { throw BenchError.reference("the slow server", failure) }
    defer { bench_slow_stop(server) }
    let bench = try BenchHost(plugins: ["base", "transport_http", "whatsapp", "chatgpt"])
    defer { bench.close() }
    var reading = try BroadcastBench(bench, port: Int(port)).run(
      to: contacts, ratePerMinute: ratePerMinute)
    let wave = try InFlightWave(bench, [chat(port: Int(port))])
    try setCredential(bench, "p_chat", "ai", "openai", ["base_url": "http://127.0.0.1:\(port)/v1"])
    // The worker is there, as after a host's first minute.
    _ = try wave.run(4) {}
    bench_slow_delay(server, answerMS)
    reading["questions"] = try wave.run(questions) {}
    return reading
  }

  private static func chat(port: Int) -> (project: String, connector: String) {
    (
      """
      {"format": 1, "name": "p_chat", "plugins": {"chatgpt": {
        "grants": {"hosts": ["127.0.0.1:\(port)"], "credentials": ["ai"]}}}}
      """,
      """
      {"format": 1, "project": "p_chat", "name": "ask", "trigger": {"webhook": {}},
       "steps": [{"id": "s", "components": [{"action": {"id": "a", "use": "chatgpt.ask",
         "with": {"prompt": "Hello {{event.id}}", "model": "m"}}}]}]}
      """
    )
  }

  static func setCredential(
    _ bench: BenchHost, _ project: String, _ name: String, _ kind: String, _ fields: [String: String]
  ) throws {
    var all = fields
    all[kind == "openai" ? "api_key" : "token"] = "secret of the bench"
    _ = try bench.host.setCredential(
      project: project, name: name, kind: kind, fields: all, hosts: [])
  }
}
