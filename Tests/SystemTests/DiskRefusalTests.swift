// SPDX-License-Identifier: Apache-2.0
// Runs that were under way when the disk began to refuse.
import Glibc
import TestKit
import Testing
import Values

@Suite struct DiskRefusalTests {
  private let keeper = Operator()
  private let target: PythonServer
  private let process: Subprocess

  init() throws {
    target = try PythonServer("http_target", ["--script", #"[{"delay_ms": 3000}]"#])
    try keeper.apply(
      project: Document.project(plugins: [
        "http": Document.plugin(hosts: ["127.0.0.1:\(target.port)"])
      ]))
    process = try FileLimit.serve(keeper)
  }

  /// What a run does before its row, and when it is doing that.
  enum Moment: String, Sendable, CaseIterable {
    case sleeps, calls
  }

  @Test(arguments: Moment.allCases)
  func `what the disk refuses of a run stands in memory, and is recorded once there is room`(
    moment: Moment
  ) throws {
    let url = try keeper.apply(
      connector: Document.connector("rows", component(moment), Document.row("{{event.n}}")))
    var posted = 0
    // On a busy machine a run may be through before the limit is there: then the next one.
    var refused: Int64?
    while refused == nil, posted < 10 {
      posted += 1
      let run = try post(posted, to: url)
      try waitUntil(moment, run, posted)
      try FileLimit.set(4_096, of: process)
      let isRefused = try poll(for: "run \(run) to end or to be refused") { () -> Bool? in
        if try keeper.show(run).isFinished { return false }
        return try keeper.json("runs", "explain", String(run))["reason"] == "disk" ? true : nil
      }
      if isRefused { refused = run } else { try FileLimit.set(nil, of: process) }
    }
    let run = try #require(refused, "no run met the full disk")
    #expect([500, 503].contains(try WebRequest(url, body: "{}").send().status))

    try FileLimit.set(nil, of: process)

    #expect(try keeper.waitForEnd(of: run).state == "succeeded")
    let keys = try keeper.keys()
    #expect(keys == (1...posted).map { String($0) }, "each once: \(keys)")
    if moment == .calls { #expect(target.requestLines.count == posted, "nothing is sent twice") }
    #expect(try keeper.command(["doctor"]).output.contains("every page is sound"))
    Glibc.kill(process.pid, SIGTERM)
    #expect(try process.wait(timeout: .seconds(30)).isSuccess)
  }

  /// The image's copy in memory is a file too, and longer than the log by far.
  @Test func `a plugin whose image found no room is loaded once there is`() throws {
    let url = try keeper.apply(connector: Document.connector("rows", Document.row("{{event.n}}")))
    let library = BuiltProducts.directory + "/plugins/data_storage/data_storage.so"
    var status = stat()
    try #require(stat(library, &status) == 0)
    try FileLimit.set(Int(status.st_size) - 1, of: process)
    let failed = try keeper.waitForEnd(of: post(1, to: url))
    #expect(failed["row"].code == "no_memory", "\(failed)")

    try FileLimit.set(nil, of: process)

    #expect(try keeper.waitForEnd(of: post(2, to: url)).state == "succeeded")
    #expect(try keeper.keys() == ["2"])
    Glibc.kill(process.pid, SIGTERM)
    #expect(try process.wait(timeout: .seconds(30)).isSuccess)
  }

  private func component(_ moment: Moment) -> JSONValue {
    switch moment {
    case .sleeps: Document.delay("wait", ["amount": "2 s"])
    case .calls:
      Document.action(
        "call", "http.request",
        with: ["method": "POST", "url": .text(target.url), "effect": "at_most_once"])
    }
  }

  private func post(_ number: Int, to url: String) throws -> Int64 {
    let event: JSONValue = ["n": .integer(Int64(number))]
    let answer = try WebRequest(url, body: event.json).send()
    let receipt = try JSONValue(parsing: answer.body)
    return try #require(
      receipt["run"]?.asInteger ?? receipt["run"]?.asText.flatMap { Int64($0) }, "\(answer)")
  }

  private func waitUntil(_ moment: Moment, _ run: Int64, _ posted: Int) throws {
    switch moment {
    case .sleeps:
      try poll(for: "run \(run) to wait") {
        let view = try keeper.show(run)
        return view.state == "waiting" || view.isFinished ? () : nil
      }
    case .calls: try target.waitForRequests(posted)
    }
  }
}
