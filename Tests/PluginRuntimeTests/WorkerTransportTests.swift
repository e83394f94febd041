// SPDX-License-Identifier: Apache-2.0
// Transports and listeners in a worker, with the test as the host.
import TestKit
import Testing
import Values
import WorkerProtocol

@Suite struct WorkerTransportTests {
  private func transport() throws -> WorkerProcess {
    let worker = try WorkerProcess(FixturePlugin("transport_fixture"))
    try worker.hello(interface: "jackfield.transport.http/draft", actions: [])
    try worker.ready()
    return worker
  }

  private func submit(
    _ worker: WorkerProcess, _ exchange: UInt32, _ url: String, body: [UInt8] = []
  ) throws {
    let request: JSONValue = ["url": .text(url)]
    try worker.send(
      SubmitMessage(exchange: exchange, request: request.jsonBytes[...], body: body[...]))
  }

  @Test func `left is said before answered, for each of many exchanges`() throws {
    let worker = try transport()
    for number in UInt32(1)...200 {
      try submit(worker, number, "u\(number)", body: [1])
    }
    var left: Set<UInt32> = []
    for _ in 0..<400 {
      switch try worker.next() {
      case .left(let exchange): left.insert(exchange)
      case .answered(let answer): #expect(left.contains(answer.exchange))
      default: Issue.record("another message")
      }
    }
    #expect(left.count == 200)
  }

  @Test func `a large body travels both ways`() throws {
    let worker = try transport()
    let body = [UInt8](repeating: 9, count: 5 << 20)
    try submit(worker, 1, "large", body: body)
    let answer = try worker.next { if case .answered(let it) = $0 { it } else { nil } }
    #expect(Array(answer.body) == body)
    #expect(try JSONValue(parsing: Array(answer.head))["url"] == "large")
  }

  @Test func `an abort ends an exchange that hangs`() throws {
    let worker = try transport()
    try submit(worker, 3, "hang")
    try worker.send(bare: .abort, exchange: 3)
    let answer = try worker.next { if case .answered(let it) = $0 { it } else { nil } }
    #expect(answer.exchange == 3)
    #expect(try JSONValue(parsing: Array(answer.head))["error"]?["code"] == "aborted")
  }

  @Test func `a report on an exchange that is not open is logged and goes no further`() throws {
    let worker = try transport()
    try submit(worker, 4, "twice")
    _ = try worker.next { if case .answered(let it) = $0 { it } else { nil } }
    #expect(String(decoding: try worker.log().text, as: UTF8.self).contains("answered for 4"))
  }

  @Test func `stop waits for the exchanges that are open`() throws {
    let worker = try transport()
    try submit(worker, 5, "hang")
    try worker.send(bare: .stop)
    try worker.send(bare: .abort, exchange: 5)
    _ = try worker.next { if case .answered(let it) = $0 { it } else { nil } }
    #expect(try worker.end() == .exited(0))
  }

  @Test func `a listener hands requests over and is told the answers`() throws {
    let worker = try WorkerProcess(FixturePlugin("listener_fixture"))
    try worker.hello(interface: "jackfield.listener.http/draft", actions: [])
    try worker.ready()
    let first = try worker.next { if case .incoming(let it) = $0 { it } else { nil } }
    #expect(String(decoding: first.body, as: UTF8.self) == "first")
    #expect(first.exchange == 1, "handed over while the worker started: it waited, once")
    #expect(try JSONValue(parsing: Array(first.head))["path"] == "/hook")
    try worker.send(
      RespondMessage(
        exchange: first.exchange, head: Array(#"{"status":200}"#.utf8)[...],
        body: Array("second".utf8)[...]))
    let second = try worker.next { if case .incoming(let it) = $0 { it } else { nil } }
    #expect(String(decoding: second.body, as: UTF8.self) == "second")
    #expect(second.exchange > first.exchange)

    // Closed: the next one is turned away.
    try worker.send(IntakeMessage(isOpen: false))
    try worker.send(
      RespondMessage(
        exchange: second.exchange, head: Array(#"{"status":200}"#.utf8)[...], body: []))
    let turnedAway = try worker.next { message -> Bool? in
      guard case .log(let log) = message else { return nil }
      return String(decoding: log.text, as: UTF8.self).hasSuffix("answered 5") ? true : nil
    }
    #expect(turnedAway)
    try worker.send(bare: .stop)
    #expect(try worker.end() == .exited(0))
  }
}
