// SPDX-License-Identifier: Apache-2.0
// One broadcast from the call to its last message.
import Dispatch
import Glibc
import HostServices
import Jackfield
import Pipeline
import Scheduler
import Store
import Synchronization
import Values

/// A project with a channel of its rate and contacts.
struct BroadcastBench {
  private let bench: BenchHost
  private let port: Int
  private static let project: ProjectID = "p_news"

  init(_ bench: BenchHost, port: Int) {
    self.bench = bench
    self.port = port
  }

  /// **Shape** `broadcast_rate` in messages a second; `broadcast_host`, the most the host held
  /// meanwhile in MB.
  func run(to contacts: Int, ratePerMinute: Int) throws -> Question.Reading {
    try prepare(ratePerMinute: ratePerMinute)
    try addContacts(contacts)
    _ = try bench.apply(
      """
      {"format": 1, "project": "p_news", "name": "news", "trigger": {"connector": {}},
       "steps": [{"id": "s", "components": [{"action": {"id": "a", "use": "whatsapp.broadcast",
         "with": {"channel": "wa", "all": true, "text": "Hello {{recipient.name}}"}}}]}]}
      """, project: "p_news")
    let expected = 1 + (contacts + 999) / 1_000
    let ended = Mutex(0)
    let failed = Mutex<String?>(nil)
    let done = DispatchSemaphore(value: 0)
    let observer = bench.host.observe { event in
      guard case .finished(let id, let end) = event else { return }
      if end.state != .succeeded { failed.withLock { $0 = "run \(id): \(end.reason)" } }
      if ended.withLock({ $0 += 1; return $0 == expected }) { done.signal() }
    }
    defer { bench.host.unobserve(observer) }
    let began = ContinuousClock.now
    _ = try bench.host.raise("connector", [:], project: "p_news", connector: "news")
    var most = 0.0
    var turns = 0
    while done.wait(timeout: .now() + .milliseconds(50)) == .timedOut {
      most = max(most, try MemoryUse(of: getpid()).proportional)
      turns += 1
      guard turns < 4_000 else {
        throw BenchError(code: "host_failed", reason: "the broadcast did not end within 200 s")
      }
    }
    if let reason = failed.withLock({ $0 }) { throw BenchError(code: "host_failed", reason: reason) }
    let seconds = began.duration(to: .now) / .seconds(1)
    return ["broadcast_rate": Double(contacts) / seconds, "broadcast_host": most / 1e6]
  }

  private func prepare(ratePerMinute: Int) throws {
    try bench.apply(
      project: """
        {"format": 1, "name": "p_news", "plugins": {"base": {}, "whatsapp": {
          "grants": {"hosts": ["127.0.0.1:\(port)"], "credentials": ["wa"]}}},
         "channels": [{"name": "wa", "kind": "whatsapp_cloud", "credential": "wa",
           "settings": {"rate": \(ratePerMinute)}}]}
        """)
    try MessagingQuestion.setCredential(
      bench, "p_news", "wa", "whatsapp_cloud",
      ["base_url": "http://127.0.0.1:\(port)", "phone_number_id": "1"])
  }

  private func addContacts(_ count: Int) throws {
    guard let runtime = bench.host.runtime,
      let setup = try? bench.host.setup(of: Self.project).0,
      let schema = setup.collections["contact"], let channels = setup.collections["channel"]
    else { throw BenchError(code: "host_failed", reason: "the project has no contacts") }
    let store = runtime.store
    let channel = try store.readAndWait { transaction throws(StoreError) in
      try transaction.recordQuery(Self.project, channels, RecordQuery([:], of: channels)).records.first
    }
    guard let channel else {
      throw BenchError(code: "host_failed", reason: "the project has no channel")
    }
    var writes: [RecordWrite] = []
    for index in 0..<count {
      writes.append(
        RecordWrite(
          .put, schema, id: store.recordIDs.reserve(), expectation: .new,
          fields: [
            "channel": .text(channel.id.text), "number": .text("1555\(1_000_000 + index)"),
            "name": .text("Contact \(index)"),
          ]))
    }
    try store.writeAndWait { [writes] transaction throws(StoreError) in
      _ = try transaction.recordsApply(Self.project, writes, nowMS: Host.now())
    }
  }
}
