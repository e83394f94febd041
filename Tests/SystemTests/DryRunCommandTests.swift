// SPDX-License-Identifier: Apache-2.0
// run --dry-run: everything is evaluated, nothing is touched.
import TestKit
import Testing
import Values

@Suite struct DryRunCommandTests {
  private let keeper = Operator()

  /// Three days, a message, a request that nobody would answer, and a row.
  private let connector: JSONValue

  init() throws {
    var document = try #require(Self.steps.asObject)
    document["trigger"] = ["message": ["channels": ["main"]]]
    connector = .object(document)
  }

  private static let steps = Document.connector(
    "visit",
    ["delay": ["id": "later", "amount": "3 d"]],
    ["wait_for_message": ["id": "answer", "save": "said"], "else": "stop"],
    [
      "filter": [
        "id": "yes",
        "all": [["left": "{{said.text}}", "type": "text", "op": "is", "right": "yes"]],
      ]
    ],
    Document.action("get", "http.request", with: ["url": "http://127.0.0.1:9/"], ["save": "got"]),
    Document.row("{{event.text}} {{got.status}}"))

  private func dryRun(_ words: String...) throws -> (value: JSONValue, status: RunView) {
    let result = try keeper.command(
      ["run", keeper.write(connector, to: "visit.json"), "--dry-run", "--json"] + words)
    try #require(result.isSuccess, "\(result.errors)\(result.output)")
    let value = try JSONValue(parsing: result.output)
    return (value, RunView(value: value))
  }

  @Test(arguments: [false, true])
  func `a delay of three days passes in an instant, and nothing is touched`(beside: Bool) throws {
    try keeper.apply(
      project: Document.project(plugins: ["http": Document.plugin(hosts: ["127.0.0.1:9"])]))
    let host = beside ? try ServedHost(keeper) : nil
    let event = keeper.write(["text": "hello"], to: "event.json")
    let yes = keeper.write(["text": "yes"], to: "yes.json")

    let (value, view) = try dryRun("--event", event, "--message", yes)

    #expect(view.state == "succeeded" && value["waited_ms"] == 259_200_000, "\(view)")
    #expect(view.timeline.allSatisfy { $0.value["dry_run"] == true }, "\(view)")
    #expect(view["get"].status == "succeeded" && view["get"].output["status"] != nil, "\(view)")
    let notes = view["get"].value["notes"]?.asList?.compactMap(\.asText) ?? []
    #expect(notes.contains { $0.contains("not called") }, "\(notes)")
    #expect(view["row"].value["input"]?["fields"]?["Key"]?.asText?.hasPrefix("hello ") == true)
    #expect(host?.workers(.action).isEmpty ?? true, "no worker was started")
    #expect(try keeper.runs().isEmpty)
    #expect(try keeper.keys().isEmpty)
    try host?.stop()
  }

  @Test func `what the contact writes decides, and without a message the wait runs out`() throws {
    try keeper.apply(
      project: Document.project(plugins: ["http": Document.plugin(hosts: ["127.0.0.1:9"])]))
    let no = try dryRun("--message", keeper.write(["text": "no"], to: "no.json")).status
    #expect(no["yes"].status == "filtered" && no["get"].component.isEmpty, "\(no)")
    let (value, none) = try dryRun()
    #expect(none.state == "stopped" && none["yes"].component.isEmpty, "\(none)")
    #expect(value["waited_ms"] == 345_600_000, "three days, and one for the message")
  }

  @Test func `a plugin that is not enabled fails a dry run as it would a run`() throws {
    try keeper.apply(project: Document.project())
    let file = keeper.write(connector, to: "visit.json")
    let result = try keeper.command(["run", file, "--dry-run"])
    #expect(!result.isSuccess)
    #expect((result.output + result.errors).contains("http"), "\(result.errors)")
  }
}
