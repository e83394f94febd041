// SPDX-License-Identifier: Apache-2.0
// Trying one action out, through the built program.
import TestKit
import Testing
import Values

@Suite(.timeLimit(.minutes(20))) struct ActionTryTests {
  private let keeper = Operator()
  private let target: PythonServer
  private static let secret = "s3cr3t-of-the-peer"

  init() throws {
    target = try PythonServer(
      "http_target", ["--script", #"[{"path": "/score", "body": {"score": 71, "of": "Ada"}}]"#])
    try keeper.apply(
      project: Document.project(plugins: [
        "http": Document.plugin(hosts: ["127.0.0.1:\(target.port)"], credentials: ["key"])
      ]))
    let set = try keeper.command(
      [
        "credential", "set", "key", "--kind", "header", "--field", "header=X-Api-Key", "--host",
        "127.0.0.1:\(target.port)",
      ], input: Self.secret + "\n")
    try #require(set.isSuccess, "\(set.errors)")
  }

  private func parameters(_ more: JSONObject = [:], to file: String = "with.json") -> String {
    var all: JSONObject = [
      "method": "POST", "url": .text(target.url + "/score?of={{event.name}}"),
      "headers": ["X-Trace": "t-1"], "body_kind": "json", "body": ["name": "{{event.name}}"],
    ]
    for member in more { all[member.name] = member.value.isNull ? nil : member.value }
    return keeper.write(.object(all), to: file)
  }

  private var event: String { keeper.write(["name": "Ada L"], to: "event.json") }

  @Test func `a request is shown as it would be sent, without its secret, and is not sent`() throws {
    let with = parameters(["credential": "key"])
    let shown = try keeper.command(
      "action", "try", "http.request", "--with", with, "--event", event)
    for part in [
      "POST \(target.url)/score?of=Ada%20L", "X-Trace: t-1", "Content-Type: application/json",
      #"{"name":"Ada L"}"#, "with the credential key", "nothing was sent: --send sends it",
    ] {
      #expect(shown.contains(part), "\(part) in \(shown)")
    }
    #expect(!shown.contains(Self.secret))
    let value = try keeper.json("action", "try", "http.request", "--with", with, "--event", event)
    #expect(value["sent"] == false && value["requests"]?[0]?["method"] == "POST", "\(value)")
    #expect(!value.json.contains(Self.secret))
    #expect(target.requestLines.isEmpty)
  }

  @Test func `beside a running host it is the same, and with --send it happens`() throws {
    let host = try ServedHost(keeper)
    let with = parameters(["credential": "key"])
    let dry = try keeper.json("action", "try", "http.request", "--with", with, "--event", event)
    #expect(dry["sent"] == false && target.requestLines.isEmpty)
    let sent = try keeper.json(
      "action", "try", "http.request", "--with", with, "--event", event, "--send")
    #expect(sent["sent"] == true && sent["outcome"]?["status"] == "succeeded", "\(sent)")
    #expect(sent["outcome"]?["output"]?["json"]?["score"] == 71)
    #expect(sent["shape"] != nil && sent["learned_by"] == nil)
    let seen = try JSONValue(parsing: try #require(target.requestLines.first))
    #expect(seen["headers"]?["x-api-key"]?.asText == Self.secret)
    #expect(!sent.json.contains(Self.secret))
    #expect(target.requestLines.count == 1)
    try host.stop()
  }

  @Test func `a document's action is tried, and its connector learns the shape`() throws {
    let document = Document.connector(
      "credit",
      Document.action(
        "ask", "http.request", with: ["url": .text(target.url + "/score"), "method": "POST"]))
    let path = keeper.write(document, to: "credit.json")
    let early = try keeper.json("action", "try", "ask", "--in", path, "--send")
    #expect(early["learned_by"] == nil, "no such connector yet")
    try keeper.apply(connector: document)
    _ = try keeper.json("action", "try", "ask", "--in", path)
    #expect(try keeper.json("connector", "remap", "credit", "--list") == [], "nothing was sent")
    let learned = try keeper.command("action", "try", "ask", "--in", path, "--send")
    #expect(learned.contains("credit has learned the shape"), "\(learned)")
    let list = try keeper.command("connector", "remap", "credit", "--list")
    #expect(list.contains("{of: text, score: number}"), "\(list)")
  }

  @Test func `what would write, start or mail does nothing of it`() throws {
    let row = keeper.write(
      ["storage": .text(Document.storage), "fields": ["Key": "a"]], to: "row.json")
    let tried = try keeper.command(["action", "try", "data_storage.create_row", "--with", row])
    #expect(tried.status == .exited(1), "\(tried)")
    #expect(tried.output.contains("it has no request to show"), "\(tried.output)")
    #expect(try keeper.keys() == [])
    try keeper.command("action", "try", "data_storage.create_row", "--with", row, "--send")
    #expect(try keeper.keys() == ["a"])
  }

  @Test func `what is wrong is said before anything is sent`() throws {
    let cases: [([String], Int32, String)] = [
      (["http.reqest"], 2, "did you mean \"http.request\"?"),
      (["http.request", "--with", parameters(["method": "G E T"], to: "a.json")], 1, "method is no HTTP token"),
      (["http.request", "--with", parameters(["url": "http://127.0.0.1:1/"], to: "b.json")], 1, "127.0.0.1:1"),
      (["http.request", "--with", parameters(["bodi": "x"], to: "c.json")], 2, "bodi"),
      (["http.request", "--with", keeper.write([], to: "list.json")], 2, "are an object"),
      (["ask", "--in", keeper.write(["steps": []], to: "none.json")], 2, "no action with the id"),
      (["ask", "--in", parameters(), "--with", parameters()], 2, "leave --with out"),
      ([], 2, "takes USE|ID"),
    ]
    for (words, code, expected) in cases {
      let result = try keeper.command(["action", "try"] + words)
      #expect(result.status == .exited(code), "\(words): \(result.status) \(result.errors)")
      #expect((result.errors + result.output).contains(expected), "\(words): \(result)")
    }
    #expect(target.requestLines.isEmpty)
    let taken = keeper.write(
      Document.connector("jackfield_trial", Document.row("x")), to: "taken.json")
    let refused = try keeper.command(["connector", "apply", taken])
    #expect(refused.status == .exited(2) && refused.errors.contains("take another"))
  }

  @Test func `a connector's exchanges are listed without naming an action`() throws {
    let path = keeper.write(["url": .text(target.url + "/score")], to: "get.json")
    let connector = Document.connector(
      "two",
      Document.action("first", "http.request", with: ["url": .text(target.url + "/score")]),
      Document.action("second", "http.request", with: ["url": .text(target.url + "/other")]))
    _ = try keeper.json("action", "try", "http.request", "--with", path)
    let host = try ServedHost(keeper)
    let url = try keeper.apply(connector: connector)
    _ = try keeper.waitForEnd(of: host.post([:], to: url))
    let all = try keeper.json("action", "log", "two").asList ?? []
    #expect(all.map { $0["action"] } == ["second", "first"])
    let shown = try keeper.command("action", "log", "two")
    #expect(shown.contains("second") && shown.contains("/other"), "\(shown)")
    let everywhere = try keeper.json("action", "log").asList ?? []
    #expect(everywhere.map { $0["connector"] } == ["two", "two"], "a trial is no connector's")
    #expect(try keeper.command("action", "log").contains("two "))
    let full = try keeper.command("action", "log", "two", "--exchange", "2")
    #expect(full.contains("/score") && full.contains("71"), "\(full)")
    try host.stop()
  }
}
