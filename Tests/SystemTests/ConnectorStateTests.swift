// SPDX-License-Identifier: Apache-2.0
// A connector after it was applied: switched off and on, moved to another URL, its events replayed.
import TestKit
import Testing
import Values

@Suite struct ConnectorStateTests {
  private let keeper = Operator()
  private let host: ServedHost

  init() throws {
    try keeper.apply(project: Document.project())
    host = try ServedHost(keeper)
  }

  private func connector(webhook: JSONValue = [:]) -> JSONValue {
    Document.connector("intake", webhook: webhook, Document.row("{{event.key}}"))
  }

  private func status(_ url: String, _ body: String = "{}") throws -> Int {
    try WebRequest(url, body: body).send().status
  }

  @Test func `a connector that is disabled answers 503 until it is enabled again`() throws {
    let url = try keeper.apply(connector: connector())
    #expect(try status(url) == 202)
    try keeper.command("connector", "disable", "intake")
    #expect(try status(url) == 503)
    #expect(try keeper.command("connector", "list").contains("disabled"))
    try keeper.command("connector", "enable", "intake")
    #expect(try status(url) == 202)
    try host.stop()
  }

  @Test func `a new URL takes events, and the old one says that it was replaced`() throws {
    let old = try keeper.apply(connector: connector())
    let changed = try keeper.json("connector", "rotate-url", "intake")
    let new = try #require(changed["url"]?.asText)
    #expect(new != old)
    #expect(try status(new) == 202)
    #expect(try status(old) == 410)
    try host.stop()
  }

  @Test func `a connector is exported as it was written`() throws {
    let document = connector()
    try keeper.apply(connector: document)
    #expect(try keeper.command("connector", "export", "intake") == document.prettyJSON + "\n")
    try host.stop()
  }

  @Test func `what arrived is listed with its verdict, and an accepted event runs again`() throws {
    let url = try keeper.apply(
      connector: connector(webhook: [
        "dedupe": ["by": "{{event.key}}", "within": "1 d"], "max_body": "1 KiB",
      ]))
    #expect(try status(url, "{\"key\": \"one\"}") == 202)
    #expect(try status(url, "{\"key\": \"one\"}") == 202)
    #expect(try status(url, "{\"key\"") == 400)
    #expect(try status(url, "\"" + String(repeating: "a", count: 2_000) + "\"") == 413)
    let listed = try poll(for: "all four verdicts") { () -> [JSONValue]? in
      let events = try keeper.json("connector", "events", "intake").asList ?? []
      return events.count == 4 ? events : nil
    }
    let verdicts = listed.compactMap { $0["verdict"]?.asText }.sorted()
    #expect(verdicts == ["accepted", "bad_json", "duplicate", "too_large"])

    func id(_ verdict: String) throws -> String {
      try #require(listed.first { $0["verdict"]?.asText == verdict }?["id"]?.asText)
    }
    let accepted = try id("accepted")
    // What arrives after the list was read must not change what its lines mean.
    #expect(try status(url, "{\"key\": \"two\"}") == 202)
    try poll(for: "the second row") { try keeper.keys().count == 2 ? () : nil }
    let replayed = try keeper.json("connector", "replay", "intake", accepted)
    let run = try #require(replayed["run"]?.asText.flatMap { Int64($0) })
    #expect(try keeper.waitForEnd(of: run).state == "succeeded")
    #expect(try keeper.keys() == ["one", "two", "one"], "a person's replay is not a duplicate")
    let body = try keeper.command("connector", "events", "intake", "--event", accepted)
    #expect(body.contains("one"), "\(body)")

    let wrong = try keeper.command(["connector", "replay", "intake", try id("bad_json")])
    #expect(wrong.errors.contains("is no JSON object (bad_json)"), "\(wrong.errors)")
    let missing = try keeper.command(["connector", "replay", "intake", "99"])
    #expect(missing.errors.contains("connector events intake"), "\(missing.errors)")
    try host.stop()
  }
}
