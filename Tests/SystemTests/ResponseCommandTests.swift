// SPDX-License-Identifier: Apache-2.0
// What was exchanged, learned and counted, through the built program.
import TestKit
import Testing
import Values

@Suite struct ResponseCommandTests {
  @Test func `a changed answer is noted with its difference, and mapped once it is accepted`()
    throws
  {
    let keeper = Operator()
    let script = """
      [{"times": 1, "body": {"id": 7, "name": "Ada"}}, {"body": {"id": "seven", "name": "Ada"}}]
      """
    let target = try PythonServer("http_target", ["--script", script])
    try keeper.apply(
      project: Document.project(plugins: [
        "http": Document.plugin(hosts: ["127.0.0.1:\(target.port)"])
      ]))
    let host = try ServedHost(keeper)
    let url = try keeper.apply(
      connector: Document.connector(
        "intake",
        Document.action(
          "ask", "http.request",
          with: [
            "url": .text(target.url), "method": "POST", "body_kind": "json", "body": "{{event}}",
          ],
          ["save": "got"]),
        Document.row("{{got.json.name}} {{got.json.id | default: \"none\"}}")))
    func ask() throws -> RunView.Entry {
      try keeper.waitForEnd(of: host.post(["a": 1], to: url))["ask"]
    }

    let learned = try ask()
    #expect(learned.output["mapping"] == "learned", "\(learned.value)")
    let changed = try ask()
    let notes = changed.value["notes"]?.asList?.compactMap(\.asText) ?? []
    #expect(notes.contains { $0.hasPrefix("JSON Structure Change Detected: id was number") })
    let listed = try keeper.command("connector", "remap", "intake", "--list")
    #expect(listed.contains("{id: number, name: text}"), "\(listed)")
    #expect(listed.contains("id was number, is text"), "\(listed)")

    let accepted = try keeper.json("connector", "remap", "intake", "ask")
    #expect(accepted["difference"] == "id was number, is text", "\(accepted)")
    #expect(try ask().output["mapping"] == "matched")
    let again = try keeper.command(["connector", "remap", "intake", "ask"])
    #expect(again.status == .exited(1) && again.errors.contains("no other to accept"))
    #expect(try keeper.keys() == ["Ada 7", "Ada none", "Ada seven"], "what still fits is mapped")

    let exchanges = try keeper.json("action", "log", "intake", "ask").asList ?? []
    #expect(exchanges.map { $0["status"] } == [200, 200, 200])
    #expect(exchanges.last?["response_body"]?.asText?.contains("7") == true, "\(exchanges)")
    let full = try keeper.command("action", "log", "intake", "ask", "--exchange", "1")
    #expect(full.contains("POST") && full.contains("\"seven\""), "\(full)")
    #expect(try keeper.json("action", "log", "intake", "row") == [], "a row is no exchange")
    try host.stop()
  }

  @Test func `statistics count what happened at each step`() throws {
    let keeper = Operator()
    try keeper.apply(project: Document.project())
    var document = try #require(Document.connector("intake", Document.row("-")).asObject)
    document["steps"] = [
      [
        "id": "sort", "title": "Sorting",
        "components": [
          [
            "filter": [
              "id": "wanted",
              "all": [["left": "{{event.key}}", "type": "text", "op": "is", "right": "a"]],
            ]
          ],
          ["delay": ["id": "later", "amount": "1 h"]],
        ],
      ],
      ["id": "store", "components": [Document.row("{{event.key}}")]],
    ]
    let host = try ServedHost(keeper)
    let url = try keeper.apply(connector: .object(document))
    let run = try host.post(["key": "a"], to: url)
    _ = try poll(for: "the run to wait") { try keeper.show(run).state == "waiting" ? () : nil }
    _ = try keeper.waitForEnd(of: host.post(["key": "b"], to: url))
    func counts() throws -> [JSONValue] {
      try keeper.json("connector", "stats", "intake").asList ?? []
    }

    let during = try counts()
    #expect(during.map { $0["step"] } == ["sort", "store"])
    #expect(during[0]["title"] == "Sorting" && during[0]["entered"] == 2, "\(during)")
    #expect(during[0]["waiting"] == 1 && during[0]["filtered"] == 1, "\(during)")
    try keeper.command("runs", "resume", String(run))
    _ = try keeper.waitForEnd(of: run)
    let after = try counts()
    #expect(after[0]["waiting"] == 0 && after[0]["succeeded"] == 1, "\(after)")
    #expect(after[1]["succeeded"] == 2 && after[1]["failed"] == 0, "\(after)")
    try host.stop()
  }
}
