// SPDX-License-Identifier: Apache-2.0
// What happened at three in the morning, sent to the author of a plugin and run again there.
import TestKit
import Testing
import Values

@Suite struct ReplayTests {
  private let keeper = Operator()
  private let target: PythonServer
  private let plugin: FixturePlugin
  private static let secret = #"Pl4nt/<ed>&"secret'\+=%of-acme"#

  init() throws {
    target = try PythonServer("http_target")
    plugin = try FixturePlugin("talks", as: "acme-talks") { manifest in
      manifest["credentials"] = [
        [
          "kind": "acme_key", "fields": [["name": "key", "secret": true]],
          "send_as": ["header": "X-Key", "value": "{key}"],
        ]
      ]
    }
    try keeper.apply(project: Document.project())
    try keeper.command("plugin", "install", plugin.folder.path)
    let set = try keeper.command(
      [
        "credential", "set", "acme", "--kind", "acme_key", "--host", "127.0.0.1:\(target.port)",
        "--project", Document.project,
      ], input: Self.secret + "\n")
    try #require(set.isSuccess, "\(set.errors)")
    try keeper.command(
      "plugin", "enable", "acme-talks", "--project", Document.project, "--host",
      "127.0.0.1:\(target.port)", "--credential", "acme")
  }

  /// Runs the action once, and gives the run.
  private func talk(_ parameters: JSONObject, more: JSONObject = [:]) throws -> RunView {
    var with: JSONObject = ["url": .text(target.url + "/talk"), "body": #"{"n": 1}"#, "times": 2]
    for (name, value) in parameters { with[name] = value }
    let connector = Document.connector(
      "talk", Document.action("say", "acme-talks.run", with: .object(with), more))
    return try keeper.run(connector).view
  }

  /// The record of a run's last call, in a file.
  private func record(_ run: RunView, _ words: String...) throws -> String {
    let result = try keeper.command(
      ["runs", "show", String(run.id), "--record", "--project", Document.project] + words)
    try #require(result.isSuccess, "\(result.errors)\n\(run)")
    return keeper.folder.write(result.output, to: "call.json")
  }

  private func replay(_ file: String, _ words: String...) throws -> Subprocess.Result {
    try keeper.command(["plugin", "replay", file] + words)
  }

  @Test(arguments: [
    ("fail", "error failed told_to"), ("crash", "SIGSEGV in talks_crash"), ("exit", "exit code 3"),
    ("spin", "no answer in time, in talks_spin"),
  ])
  func `a call that went wrong is recorded, and ends the same when it runs again`(
    end: String, told: String
  ) throws {
    let run = try talk(["end": .text(end)], more: ["policy": ["timeout": "2 s"]])
    #expect(run["say"].status != "succeeded")
    #expect(run["say"].value["attempt"] == 1 && run["say"].value["recorded"] == true, "\(run)")
    let file = try record(run)
    let asked = target.requestLines.count
    let again = try replay(file)
    #expect(again.status == .exited(0), "\(again.output)\(again.errors)")
    let text = again.output.split(separator: "\n").last ?? ""
    #expect(text.contains("✓ the same: 2 calls") && text.contains(told), "\(again.output)")
    #expect(target.requestLines.count == asked, "nothing is sent")
  }
}
