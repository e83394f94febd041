// SPDX-License-Identifier: Apache-2.0
// Wrong documents, files and command lines: what is said, and the exit code.
import TestKit
import Testing
import Values

@Suite struct BadDocumentTests {
  /// A connector in lines, with one line in place of the fourth.
  private static func document(_ line: String) -> String {
    """
    { "format": 1, "project": "t", "name": "wrong",
      "trigger": { "webhook": {} },
      "steps": [ { "id": "only", "components": [
        \(line)
      ] } ] }

    """
  }

  @Test(arguments: [
    (
      "unknown action", #"{ "action": { "id": "a", "use": "http.requst", "with": {} } }"#,
      "4:", "http.request"
    ),
    (
      "unknown key", #"{ "action": { "id": "a", "uze": "http.request", "with": {} } }"#, "4:", "use"
    ),
    (
      "unknown parameter",
      #"{ "action": { "id": "a", "use": "http.request", "with": { "url": "http://a.test/", "methd": "GET" } } }"#,
      "4:", "method"
    ),
    (
      "unknown reference",
      #"{ "action": { "id": "a", "use": "http.request", "with": { "url": "{{evnt.url}}" } } }"#,
      "4:", "event"
    ),
    (
      "unknown filter condition",
      #"{ "filter": { "all": [ { "left": "{{event.a}}", "type": "text", "op": "contain", "right": "b" } ] } }"#,
      "4:", "contains"
    ),
  ])
  func `a wrong connector is told with its place and the nearest right name`(
    what: String, line: String, position: String, nearest: String
  ) throws {
    let keeper = Operator()
    try keeper.apply(project: Document.project(plugins: ["http": [:]]))
    let file = keeper.folder.write(Self.document(line), to: "wrong.json")

    for command in [["connector", "check", file], ["connector", "apply", file], ["run", file]] {
      let result = try keeper.command(command)
      #expect(result.status == .exited(2), "\(what): \(command[0])")
      let place = result.errors.split(separator: "wrong.json:" + position).dropFirst().first
      #expect(place?.first?.isNumber == true, "\(what), line and column: \(result.errors)")
      #expect(result.errors.contains("\"\(nearest)\""), "\(what): \(result.errors)")
    }
    #expect(try keeper.json("connector", "list").asList?.isEmpty == true, "nothing was applied")
    #expect(try keeper.runs().isEmpty, "nothing ran")
  }

  @Test func `a file that is no JSON is refused with its line and column`() throws {
    let keeper = Operator()
    let broken = keeper.folder.write(
      "{\n  \"format\": 1,\n  \"name\": oops\n}\n", to: "broken.json")
    let good = keeper.folder.write(
      Document.connector("c", Document.row("a")).json, to: "good.json")
    try keeper.apply(project: Document.project())

    for command in [
      ["connector", "check", broken], ["connector", "apply", broken], ["project", "apply", broken],
      ["run", broken], ["run", good, "--event", broken],
    ] {
      let result = try keeper.command(command)
      #expect(result.status == .exited(2), "\(command)")
      let told = ["3:11", "line 3, column 11"].contains { result.errors.contains($0) }
      #expect(told && result.errors.contains("broken.json"), "\(command): \(result.errors)")
    }
    #expect(try keeper.runs().isEmpty)
  }

  @Test func `a file over the limit is refused, and one that is not there is named`() throws {
    let keeper = Operator()
    let big = keeper.folder.write(String(repeating: " ", count: 10 << 20), to: "big.json")

    let tooBig = try keeper.command(["connector", "check", big])
    #expect(tooBig.status == .exited(2))
    #expect(tooBig.errors.contains("over 4 MiB"), "\(tooBig.errors)")

    let missing = try keeper.command(["connector", "check", "/nowhere/c.json"])
    #expect(missing.status == .exited(2))
    #expect(missing.errors.contains("/nowhere/c.json"), "\(missing.errors)")
  }

  @Test(arguments: [
    (["serv"], "serve"), (["connector", "chek", "x"], "check"),
    (["runs", "list", "--sate", "x"], "--state"),
    (["plugin", "show", "htpp"], "http"), (["project", "aply", "x"], "apply"),
  ])
  func `an unknown word gets the nearest right one`(words: [String], nearest: String) throws {
    let result = try Operator().command(words)
    #expect(result.status == .exited(2), "\(words)")
    #expect(result.errors.contains(nearest), "\(result.errors)")
    #expect(result.output.isEmpty)
  }

  @Test(arguments: [
    ["runs", "show", "x"], ["runs", "show"], ["serve", "--port", "70000"],
    ["credential", "set", "a"],
    ["runs", "list", "--since", "soon"], ["runs", "list", "--mark", "foo"],
    ["project", "create", "No Name"],
    ["connector", "show", "nothing"], ["project", "show", "--project", "nothing"],
  ])
  func `a command line that cannot be meant ends with 2 and a sentence`(words: [String]) throws {
    let result = try Operator().command(words)
    #expect(result.status == .exited(2), "\(words): \(result.errors)")
    #expect(result.errors.hasPrefix("jackfield: "), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1)
  }

  @Test func `an error in JSON has a code and a message`() throws {
    let keeper = Operator()
    try keeper.apply(project: Document.project())
    let result = try keeper.command(["runs", "show", "7", "--json"])
    #expect(result.output.isEmpty)
    let error = try JSONValue(parsing: result.errors)["error"]
    #expect(error?["code"] == "unknown_run")
    #expect(error?["message"]?.asText?.contains("jackfield runs list") == true)
  }
}
