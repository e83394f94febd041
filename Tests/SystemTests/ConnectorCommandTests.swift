// SPDX-License-Identifier: Apache-2.0
// The versions of a connector and the help in writing one, through the built program.
import TestKit
import Testing
import Values

@Suite struct ConnectorCommandTests {
  private let keeper = Operator()

  init() throws { try keeper.apply(project: Document.project()) }

  /// A connector that waits and then stores a row.
  private func waiting(_ row: String) -> JSONValue {
    Document.connector(
      "intake", ["delay": ["id": "later", "amount": "1 h"]], Document.row("\(row) {{event.key}}"))
  }

  // MARK: versions

  @Test func `versions are listed and compared part by part, with each other and with a file`()
    throws
  {
    try keeper.apply(connector: waiting("one"))
    try keeper.apply(connector: waiting("two"))
    let listed = try keeper.json("connector", "show", "intake", "--versions").asList ?? []
    #expect(listed.map { $0["version"] } == [2, 1])
    #expect(listed.map { $0["current"] } == [true, false])

    let between = try keeper.json("connector", "diff", "intake")
    #expect(between["from"] == "v1" && between["to"] == "v2")
    let change = try #require(between["changes"]?.asList?.first)
    #expect(change["path"] == "steps.only.row.action.with.fields.Key", "\(between)")
    #expect(change["old"] == "one {{event.key}}" && change["new"] == "two {{event.key}}")
    let back = try keeper.json("connector", "diff", "intake", "--from", "2", "--to", "v1")
    #expect(back["changes"]?.asList?.first?["new"] == "one {{event.key}}")

    let file = keeper.write(waiting("three"), to: "three.json")
    let ahead = try keeper.command("connector", "diff", file)
    #expect(ahead.contains("v2 → \(file)"), "\(ahead)")
    #expect(ahead.contains("\"three {{event.key}}\""), "\(ahead)")
    let same = try keeper.json("connector", "diff", keeper.write(waiting("two"), to: "two.json"))
    #expect(same["changes"] == [])
  }

  @Test func `a rollback moves one pointer, and a run stays on the version it began with`()
    throws
  {
    let host = try ServedHost(keeper)
    var runs: [Int64] = []
    let url = try keeper.apply(connector: waiting("one"))
    runs.append(try host.post(["key": "a"], to: url))
    try keeper.apply(connector: waiting("two"))
    runs.append(try host.post(["key": "b"], to: url))
    #expect(try keeper.command("connector", "rollback", "intake", "1") == "intake v1 is current\n")
    runs.append(try host.post(["key": "c"], to: url))

    for run in runs {
      _ = try poll(for: "run \(run) to wait") {
        try keeper.show(run).state == "waiting" ? () : nil
      }
      try keeper.command("runs", "resume", String(run))
      #expect(try keeper.waitForEnd(of: run).state == "succeeded")
    }
    #expect(try keeper.keys() == ["one a", "two b", "one c"])
    #expect(try runs.map { try keeper.show($0).value["version"] } == ["1", "2", "1"])
    try keeper.apply(connector: waiting("three"))
    let listed = try keeper.json("connector", "show", "intake", "--versions").asList ?? []
    #expect(listed.first?["version"] == 3, "a version after a rollback is a new one: \(listed)")
    try host.stop()
  }

  @Test func `a deleted connector's URL answers 410, and its run goes on`() throws {
    let host = try ServedHost(keeper)
    let url = try keeper.apply(connector: waiting("one"))
    let run = try host.post(["key": "a"], to: url)
    _ = try poll(for: "the run to wait") { try keeper.show(run).state == "waiting" ? () : nil }

    let refused = try keeper.command(["connector", "delete", "intake"])
    #expect(refused.status == .exited(2) && refused.errors.contains("--yes"), "\(refused.errors)")
    #expect(try onTerminal(["connector", "delete", "intake"], typing: "n").contains("intake stays"))
    #expect(try WebRequest(url, body: "{\"key\": \"b\"}").send().status == 202)
    let shown = try onTerminal(["connector", "delete", "intake"], typing: "y")
    #expect(shown.contains("intake deleted"), "\(shown)")

    #expect(try WebRequest(url, body: "{}").send().status == 410)
    #expect(try keeper.json("connector", "list") == [])
    try keeper.command("runs", "resume", String(run))
    #expect(try keeper.waitForEnd(of: run).state == "succeeded")
    let fresh = try keeper.apply(connector: waiting("two"))
    #expect(fresh != url, "its name is free, its URL is not")
    try keeper.command("connector", "delete", "intake", "--yes")
    try host.stop()
  }

  @Test func `a document that switches a connector off does so when it is applied`() throws {
    func written(_ isEnabled: Bool) throws -> JSONValue {
      var document = try #require(waiting("one").asObject)
      document["enabled"] = .boolean(isEnabled)
      document["title"] = .text("\(isEnabled)")
      return .object(document)
    }
    func isOn() throws -> JSONValue? { try keeper.json("connector", "show", "intake")["enabled"] }
    try keeper.apply(connector: written(false))
    #expect(try isOn() == false)
    try keeper.apply(connector: written(true))
    #expect(try isOn() == true)
    try keeper.command("connector", "disable", "intake")
    var document = try #require(try written(true).asObject)
    document["title"] = "another"
    try keeper.apply(connector: .object(document))
    #expect(try isOn() == false, "who switched it off is not overruled by a title")
  }

  // MARK: writing

  @Test func `format writes the ids that are missing, once, and leaves the rest as it was`()
    throws
  {
    let text = """
      {"format": 1, "project": "t", "name": "intake", "trigger": {"webhook": {}},
        "steps": [ {"title": "Take in",
          "components": [ {"delay":   {"amount": "1 h"}} ] } ]}

      """
    let file = keeper.folder.write(text, to: "written.json")
    let printed = try keeper.command("connector", "format", file)
    #expect(TestFile.text(of: file) == text, "without --write the file stays")
    #expect(printed.contains("\"take_in\"") && printed.contains("{\"delay\":   {"), "\(printed)")
    try keeper.command("connector", "format", file, "--write")
    #expect(TestFile.text(of: file) == printed)
    let again = try keeper.json("connector", "format", file, "--write")
    #expect(again["changed"] == false && TestFile.text(of: file) == printed)
    try keeper.command("connector", "check", file)
  }

  @Test func `the schemas of the SDK are printed by the program`() throws {
    for name in ["connector", "project", "plugin"] {
      let stored = try #require(
        TestFile.text(of: PackageFolder.path + "/sdk/schema/\(name).schema.json"))
      #expect(try keeper.command("connector", "schema", name) == stored)
    }
    let wrong = try keeper.command(["connector", "schema", "projekt"])
    #expect(wrong.status == .exited(2) && wrong.errors.contains("did you mean \"project\""))
  }

  @Test func `attributes lists what can be read at a place, from the sample or the last event`()
    throws
  {
    func paths(_ words: String...) throws -> [String] {
      let result = try keeper.command(["connector", "attributes"] + words + ["--json"])
      try #require(result.isSuccess, "\(result.errors)")
      return try JSONValue(parsing: result.output).asList?.compactMap { $0["path"]?.asText } ?? []
    }
    var document = try #require(
      Document.connector(
        "intake",
        Document.action(
          "row", "data_storage.create_row",
          with: ["storage": .text(Document.storage), "fields": ["Key": "{{event.key}}"]],
          ["save": "made"])
      ).asObject)
    document["options"] = ["sample": "lead.json"]
    _ = keeper.write(["key": "a", "from": ["file": true]], to: "lead.json")
    let other = keeper.write(["option": 1], to: "other.json")
    let file = keeper.write(.object(document), to: "intake.json")

    let all = try paths(file)
    #expect(all.contains("event.from.file") && all.contains("made.row"), "\(all)")
    let before = try paths(file, "--step", "row")
    #expect(before.contains("event.key") && !before.contains { $0.hasPrefix("made") })
    #expect(try paths(file, "--event", other).contains("event.option"))

    let host = try ServedHost(keeper)
    let url = try keeper.apply(connector: .object(document))
    _ = try keeper.waitForEnd(of: host.post(["key": "a", "posted": 1], to: url))
    #expect(try paths("intake").contains("event.posted"))
    let wrong = try keeper.command(["connector", "attributes", "intake", "--step", "rwo"])
    #expect(wrong.status == .exited(2) && wrong.errors.contains("did you mean \"row\""))
    try host.stop()
  }

  @Test func `a project is exported letter by letter`() throws {
    #expect(try keeper.command("project", "export") == Document.project().prettyJSON + "\n")
  }

  @Test(arguments: [
    (["connector", "diff", "intak"], "\"intake\""),
    (["connector", "diff", "intake", "--to", "9"], "it has v1"),
    (["connector", "rollback", "intake", "9"], "it has v1"),
    (["connector", "rollback", "intake", "last"], "connector show --versions"),
    (["connector", "stats", "intke"], "\"intake\""),
    (["connector", "remap", "intake", "rows"], "\"row\""),
    (["connector", "remap", "intake"], "--list"),
    (["connector", "delete", "inteke", "--yes"], "\"intake\""),
    (["action", "log", "intake", "rov"], "\"row\""),
    (["connector", "format", "/nowhere.json"], "/nowhere.json"),
  ])
  func `a wrong name is answered with the nearest`(words: [String], hint: String) throws {
    try keeper.apply(connector: waiting("one"))
    let result = try keeper.command(words)
    #expect(result.status == .exited(2), "\(result.errors)")
    #expect(result.errors.contains(hint), "\(result.errors)")
  }

  private func onTerminal(_ words: [String], typing text: String) throws -> String {
    try Subprocess.run(
      PythonServer.python,
      [
        PackageFolder.path + "/Tests/System/terminal.py", text, BuiltProducts.program("jackfield"),
      ] + words + ["--data", keeper.folder.path]
    ).output
  }
}
