// SPDX-License-Identifier: Apache-2.0
// `kill -9` of each kind of process in the middle of a call, and what becomes of the run.
import Glibc
import TestKit
import Testing
import Values

@Suite struct KillTests {
  /// A kill in the middle of a request; what may be repeated is, the rest is marked.
  struct Case: CustomTestStringConvertible, Sendable {
    let role: ServedHost.Role
    let method: String
    let status: String
    let code: String
    let mark: String?
    var isUnknown: Bool { status == "unknown" }
    var testDescription: String { "the \(role) worker during \(method)" }
  }

  @Test(arguments: [
    Case(role: .action, method: "POST", status: "unknown", code: "worker_crashed", mark: "unknown"),
    Case(role: .action, method: "GET", status: "succeeded", code: "", mark: nil),
    Case(role: .transport, method: "POST", status: "unknown", code: "transport_lost", mark: "unknown"),
    Case(role: .transport, method: "GET", status: "succeeded", code: "", mark: "repeated"),
  ])
  func `a killed worker's request is repeated only where that does no harm`(
    kill: Case
  ) throws {
    let world = try World()
    let run = try world.postAndWaitForRequest(kill.method)

    try world.host.kill(kill.role)

    let view = try world.keeper.waitForEnd(of: run)
    #expect(view["call"].status == kill.status && view["call"].code == kill.code, "\(view)")
    #expect(view.mark == kill.mark, "\(view)")
    #expect(view["call"].taken == (kill.isUnknown ? "continue" : nil), "\(view)")
    #expect(view["row"].status == "succeeded", "\(view)")
    let sent = kill.isUnknown ? 1 : 2
    #expect(world.target.requestLines.count == sent)

    let next = try world.keeper.waitForEnd(of: world.post(kill.method))
    #expect(next["call"].status == "succeeded", "a new worker took the next one: \(next)")
    #expect(world.target.requestLines.count == sent + 1)
    try world.host.stop()
  }

  @Test func `a killed listener loses what it had not handed over, and comes back`() throws {
    let world = try World(targetHangs: false)
    let request = WebRequest(world.url, body: #"{"method": "GET", "more": true}"#)
    var expecting = request
    expecting.headers["Expect"] = "100-continue"
    let half = try WebConnection(port: request.port)
    half.send(expecting.head)
    // In the backlog it would be the next listener's, and answered.
    try half.waitForContinue()
    half.send(Array(request.body.prefix(10)))

    try world.host.kill(.listener)

    #expect(throws: WebFailure.self, "no answer, so the sender knows") { try half.answer() }
    let answer = try poll(for: "a new listener") { () -> WebAnswer? in
      let answer = try? request.send()
      return answer?.status == 202 ? answer : nil
    }
    let run = try #require(try JSONValue(parsing: answer.body)["run"])
    let id = try #require(run.asInteger ?? run.asText.flatMap { Int64($0) })
    #expect(try world.keeper.runs().map(\.id) == [id], "one run for one answer")
    #expect(world.host.process.isRunning)
    try world.host.stop()
  }

  @Test(arguments: [("MAIL", "succeeded"), ("BODY", "unknown")])
  func `a mail whose transport is killed goes out once, or its fate is unknown`(
    stage: String, status: String
  ) throws {
    let keeper = Operator()
    let folder = keeper.folder.file("mails")
    let server = try PythonServer(
      "smtp_server", ["--mails", folder, "--script", "{\"\(stage)\": [\"HANG\"]}"])
    try keeper.apply(
      project: Document.project(
        plugins: ["email": Document.plugin(credentials: ["mail_account"], fallback: "continue")],
        channels: [["name": "mail", "kind": "email", "credential": "mail_account"]]))
    try keeper.setMailAccount(port: server.port)
    let host = try ServedHost(keeper)
    let url = try keeper.apply(
      connector: Document.connector(
        "mail",
        Document.action(
          "mail", "email.send",
          with: ["to": ["team@test.test"], "subject": "once", "text": "once"]),
        Document.row("after")))
    let run = try host.post([:], to: url)
    try poll(for: "the server to hang at \(stage)") {
      let isThere =
        stage == "MAIL"
        ? server.requestLines.contains { $0.contains("HANG") }
        : TestFile.exists(folder + "/0001.eml")
      return isThere ? () : nil
    }

    try host.kill(.transport)

    let view = try keeper.waitForEnd(of: run)
    #expect(view["mail"].status == status, "\(view)")
    #expect(view.mark == (status == "unknown" ? "unknown" : nil))
    #expect(TestFile.names(in: folder).filter { $0.hasSuffix(".eml") }.count == 1)
    #expect(try keeper.keys() == ["after"])
    try host.stop()
  }

  @Test(
    arguments: [("POST", 1, "unknown"), ("PUT", 2, "repeated"), ("GET", 2, nil)]
      as [(String, Int, String?)])
  func `after a kill of the host its runs end as if nothing had happened, or are marked`(
    method: String, requests: Int, mark: String?
  ) throws {
    let world = try World()
    let run = try world.postAndWaitForRequest(method)
    let family = ProcessEntry.below(world.host.process.pid)
    #expect(family.count >= 3, "a listener, a transport and an action's worker: \(family)")

    Glibc.kill(world.host.process.pid, SIGKILL)
    _ = try world.host.process.wait()
    for worker in family {
      try poll(for: "the end of \(worker), whose host is gone") { worker.isAlive ? nil : () }
    }

    let second = try ServedHost(world.keeper)
    let view = try world.keeper.waitForEnd(of: run)
    #expect(view.mark == mark, "\(view)")
    #expect(view["call"].status == (requests == 1 ? "unknown" : "succeeded"), "\(view)")
    #expect(view["row"].status == "succeeded", "\(view)")
    #expect(world.target.requestLines.count == requests, "repeated only where that does no harm")
    #expect(try world.keeper.keys() == ["after"], "the row once")
    try second.stop()
  }

  @Test func `told to stop while a call hangs, a host ends in order, and the run goes on later`()
    throws
  {
    let world = try World(graceSeconds: 1)
    let run = try world.postAndWaitForRequest("GET")

    try world.host.stop()
    #expect(world.host.process.errors.contains("their runs go on at the next start"))

    let second = try ServedHost(world.keeper)
    let view = try world.keeper.waitForEnd(of: run)
    #expect(view["call"].status == "succeeded" && view.mark == nil, "\(view)")
    #expect(world.target.requestLines.count == 2)
    #expect(try world.keeper.keys() == ["after"])
    try second.stop()
  }

  /// A host whose connector calls a target that hangs the first time.
  struct World {
    let keeper = Operator()
    let target: PythonServer
    let host: ServedHost
    let url: String

    init(targetHangs: Bool = true, graceSeconds: Int = 10) throws {
      let script = targetHangs ? #"[{"hang": true, "times": 1}]"# : "[]"
      target = try PythonServer("http_target", ["--script", script])
      try keeper.apply(
        project: Document.project(plugins: [
          "http": Document.plugin(
            hosts: ["127.0.0.1:\(target.port)"], timeout: "1 min", fallback: "continue")
        ]))
      host = try ServedHost(keeper, graceSeconds: graceSeconds)
      url = try keeper.apply(
        connector: Document.connector(
          "call",
          Document.action(
            "call", "http.request",
            with: ["method": "{{event.method}}", "url": .text(target.url + "/call")]),
          Document.row("after")))
    }

    func post(_ method: String) throws -> Int64 {
      try host.post(["method": .text(method)], to: url)
    }

    /// Starts a run and returns once its request is at the target.
    func postAndWaitForRequest(_ method: String) throws -> Int64 {
      let run = try post(method)
      try target.waitForRequests(1)
      return run
    }
  }
}
