// SPDX-License-Identifier: Apache-2.0
// SIGTERM, and what becomes of calls, events and answers that are under way.
import Glibc
import TestKit
import Testing
import Values

@Suite struct StopTests {
  @Test func `a call that the end of a host cut off counts as no attempt`() throws {
    let world = try KillTests.World(graceSeconds: 1)
    let run = try world.postAndWaitForRequest("GET")
    try world.host.stop()
    #expect(
      try world.keeper.sql("SELECT count(*) FROM journal WHERE run = \(run)") == "0",
      "nothing has happened yet")

    let second = try ServedHost(world.keeper)
    let view = try world.keeper.waitForEnd(of: run)
    #expect(view["call"].status == "succeeded" && view.mark == nil, "\(view)")
    #expect(view.timeline.contains { $0.kind == "attempt" } == false, "\(view)")
    #expect(view["call"].value["attempts"] == nil || view["call"].value["attempts"] == 1, "\(view)")
    try second.stop()
  }

  @Test func `a second SIGTERM ends a host at once, whatever the grace`() throws {
    let world = try KillTests.World(graceSeconds: 3_600)
    let run = try world.postAndWaitForRequest("GET")
    let family = ProcessEntry.below(world.host.process.pid)
    Glibc.kill(world.host.process.pid, SIGTERM)
    try poll(for: "the host to stop") {
      world.host.process.errors.contains("jackfield: stopping") ? () : nil
    }
    #expect(world.host.process.isRunning, "the call has an hour")

    Glibc.kill(world.host.process.pid, SIGTERM)
    let result = try world.host.process.wait(timeout: .seconds(30))
    #expect(result.status == .signalled(SIGTERM))
    for worker in family {
      try poll(for: "the end of \(worker)") { worker.isAlive ? nil : () }
    }

    let second = try ServedHost(world.keeper)
    let view = try world.keeper.waitForEnd(of: run)
    #expect(view["call"].status == "succeeded" && view.mark == nil, "\(view)")
    try second.stop()
  }

  @Test func `what is posted while a host stops has its run, or its sender knows that it has none`()
    throws
  {
    // The first call hangs, so that the stop takes its three seconds.
    let world = try KillTests.World(graceSeconds: 3)
    _ = try world.postAndWaitForRequest("GET")
    let url = try world.keeper.apply(
      connector: Document.connector("rows", Document.row("{{event.key}}")))
    func request(_ number: Int) -> WebRequest {
      WebRequest(url, body: #"{"key": "k\#(number)"}"#)
    }
    // Half of each request is there when the host is told to stop, the rest comes after.
    let halves = try (0..<20).map { number in
      let half = try WebConnection(port: request(number).port)
      half.send(request(number).head)
      return half
    }
    Glibc.kill(world.host.process.pid, SIGTERM)
    var accepted: Set<String> = []
    var refused = 0
    for (number, half) in halves.enumerated() {
      half.send(request(number).body)
      switch try? half.answer() {
      case let answer? where answer.status == 202: accepted.insert("k\(number)")
      case let answer?:
        #expect(answer.status == 503, "\(answer)")
        refused += 1
      case nil: refused += 1
      }
    }
    var number = halves.count
    while world.host.process.isRunning, number < 2_000 {
      defer { number += 1 }
      guard let answer = try? request(number).send() else { continue }
      if answer.status == 202 { accepted.insert("k\(number)") }
      #expect(answer.status == 202 || answer.status == 503, "\(answer)")
    }
    let result = try world.host.process.wait(timeout: .seconds(30))
    #expect(result.isSuccess, "\(result.errors)")
    print("stop: \(accepted.count) accepted, \(refused) of 20 halves refused, \(number) in all")

    let second = try ServedHost(world.keeper)
    try poll(within: .seconds(60), for: "all runs to end") {
      try world.keeper.runs().allSatisfy(\.isFinished) ? () : nil
    }
    let rows = try world.keeper.keys().filter { $0.hasPrefix("k") }
    #expect(Set(rows).count == rows.count, "each once")
    #expect(accepted.isSubset(of: rows), "lost: \(accepted.subtracting(rows))")
    try second.stop()
  }

  @Test func `who waits for a mapped answer gets the receipt when the host stops`() throws {
    let world = try KillTests.World(graceSeconds: 2)
    guard
      var connector = Document.connector(
        "asks",
        Document.action(
          "call", "http.request",
          with: ["method": "GET", "url": .text(world.target.url + "/ask")],
          ["save": "answer"])
      ).asObject
    else { return }
    connector["respond"] = [
      "after": "only", "wait": "30 s", "status": 200, "body": ["is": "{{answer.status}}"],
    ]
    let url = try world.keeper.apply(connector: .object(connector))
    let request = WebRequest(url, body: "{}")
    let sender = try WebConnection(port: request.port)
    sender.send(request.head + request.body)
    try world.target.waitForRequests(1)

    Glibc.kill(world.host.process.pid, SIGTERM)
    let answer = try sender.answer()
    #expect(answer.status == 202, "\(answer)")
    let receipt = try JSONValue(parsing: answer.body)
    let id = try #require(
      receipt["run"]?.asInteger ?? receipt["run"]?.asText.flatMap { Int64($0) })
    #expect(try world.host.process.wait(timeout: .seconds(30)).isSuccess)

    let second = try ServedHost(world.keeper)
    #expect(try world.keeper.waitForEnd(of: id).state == "succeeded")
    try second.stop()
  }
}
