// SPDX-License-Identifier: Apache-2.0
// What keeps a run waiting: rates, limits of a connector, the contact's order, breakers, its time.
import TestKit
import Testing
import Values

@Suite struct GateRunTests {
  @Test func `over its rate a call waits, or fails with Rate Limit Exceeded where that is asked for`()
    throws
  {
    let world = try Scenario(script: [], policy: ["rate": ["calls": 1, "per": "5 s"]])
    try world.apply(Document.connector("waits", try world.request("call", "/x")))
    try world.apply(
      Document.connector(
        "fails",
        try world.request("call", "/x", ["on_limit": "fail", "fallback": "continue"]),
        Document.row("{{action.call.error.class}}: {{action.call.error.message}}")))
    _ = try world.finish("waits")
    let second = try world.post("waits")
    let why = try world.wait(for: second, standsAt: "rate")
    #expect(why["until"] != nil, "\(why)")

    let failed = try world.finish("fails")

    #expect(failed["call"].code == "rate_limit", "\(failed)")
    #expect(try world.keeper.keys() == ["rate_limited: Rate Limit Exceeded"])
    #expect(try world.keeper.waitForEnd(of: second).state == "succeeded")
    #expect(world.target?.requestLines.count == 2)
    try world.host.stop()
  }

  @Test func `http requests are ten a minute where nobody says otherwise`() throws {
    let keeper = Operator()
    try keeper.apply(project: Document.project(plugins: ["http": Document.plugin()]))
    let shown = try keeper.json("plugin", "show", "http").json
    #expect(shown.contains(#""rate":"10 in 1 min","rate_from":"manifest""#), "\(shown)")
    let target = try PythonServer("http_target")
    try keeper.apply(
      project: Document.project(plugins: [
        "http": Document.plugin(hosts: ["127.0.0.1:\(target.port)"])
      ]))
    let list: [JSONValue] = (0..<11).map { .integer($0) }
    let (view, _) = try keeper.run(
      Document.connector(
        "many",
        steps: Document.step(
          "each", forEach: ["in": .list(list)],
          Document.action(
            "call", "http.request", with: ["url": .text(target.url)],
            ["on_limit": "fail", "fallback": "continue"]))))
    let statuses = view.timeline.filter { $0.kind == "action" }.map(\.status)
    #expect(statuses == Array(repeating: "succeeded", count: 10) + ["failed"], "\(view)")
    #expect(view["call"].message == "Rate Limit Exceeded")
  }

  @Test func `a connector's limit and a contact's order keep later runs back, and explain says so`()
    throws
  {
    let world = try Scenario(script: [["path": "/slow", "delay_ms": 1500]])
    try world.apply(
      Document.connector(
        "narrow", ["options": ["concurrency": 1]],
        steps: Document.step("a", try world.request("call", "/slow"))))
    let first = try world.post("narrow")
    let second = try world.post("narrow")
    let why = try world.wait(for: second, standsAt: "connector_concurrency")
    #expect(why["message"]?.asText?.contains("limit") == true, "\(why)")
    for run in [first, second] {
      #expect(try world.keeper.waitForEnd(of: run).state == "succeeded")
    }

    try world.apply(
      Document.connector(
        "ordered", ["options": ["fifo": "contact"], "contact": Document.contact],
        steps: Document.step("a", try world.request("call", "/slow"), Document.row("{{event.n}}"))))
    let events: [JSONValue] = [
      ["phone": "+15550001111", "n": 1], ["phone": "+15550001111", "n": 2],
      ["phone": "+15550002222", "n": 3],
    ]
    let runs = try events.map { try world.post("ordered", $0) }
    _ = try world.wait(for: runs[1], standsAt: "fifo")
    for run in runs { #expect(try world.keeper.waitForEnd(of: run).state == "succeeded") }
    let keys = try world.keeper.keys()
    #expect(keys.last == "2" && keys.sorted() == ["1", "2", "3"], "another contact passes: \(keys)")
    try world.host.stop()
  }

  @Test func `a breaker opens after failures in a row, runs wait, and a probe closes it`() throws {
    let world = try Scenario(
      script: [["path": "/down", "status": 503]],
      policy: ["breaker": ["opens_after": 2, "probe_after": "2 s", "max_back_off": "10 s"]])
    try world.apply(
      Document.connector(
        "call",
        try world.request("call", "/{{event.path}}", ["fallback": "continue"]),
        Document.row("{{event.path}} {{action.call.status}}")))
    for _ in 0..<2 { _ = try world.finish("call", ["path": "down"]) }
    let run = try world.post("call", ["path": "up"])

    let why = try world.wait(for: run, standsAt: "breaker")

    #expect(why["until"] != nil && why["message"]?.asText?.contains("http") == true, "\(why)")
    #expect(try world.keeper.waitForEnd(of: run).state == "succeeded")
    #expect(try world.keeper.keys() == ["down failed", "down failed", "up succeeded"])
    try world.host.stop()
    #expect(world.host.process.errors.contains("the breaker is open until"))
  }

  @Test func `a run that takes longer than max_run_time fails at its next step`() throws {
    let world = try Scenario()
    try world.apply(
      Document.connector(
        "long", ["options": ["max_run_time": "1 s"]],
        steps: Document.step(
          "a", Document.delay("wait", ["amount": "2 s"]), Document.row("too late"))))
    let view = try world.finish("long")
    #expect(view.state == "failed", "\(view)")
    #expect("\(view)".contains("max_run_time"), "\(view)")
    #expect(try world.keeper.keys().isEmpty)
    try world.host.stop()
  }
}
