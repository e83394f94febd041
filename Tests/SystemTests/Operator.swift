// SPDX-License-Identifier: Apache-2.0
// What the operator of a data folder does, through the built program.
import Glibc
import TestKit
import Testing
import Values

/// A data folder and its operator's commands. Everything goes with the last reference.
final class Operator: Sendable {
  let folder = DataFolder()

  /// Runs a command to its end, however it ends.
  func command(_ words: [String], input: String = "") throws -> Subprocess.Result {
    try Subprocess.run(
      BuiltProducts.program("jackfield"), words + ["--data", folder.path], input: input)
  }

  /// Runs a command that must succeed, and returns what it printed.
  @discardableResult
  func command(_ words: String..., input: String = "") throws -> String {
    let result = try command(words, input: input)
    try #require(
      result.isSuccess,
      "jackfield \(words.joined(separator: " ")): \(result.errors)\(result.output)")
    return result.output
  }

  /// The same with `--json`, read.
  func json(_ words: String...) throws -> JSONValue {
    let result = try command(words + ["--json"])
    try #require(
      result.isSuccess,
      "jackfield \(words.joined(separator: " ")): \(result.errors)\(result.output)")
    return try JSONValue(parsing: result.output)
  }

  /// A command as a person types it, and what the terminal showed; each line of `text` answers one
  /// question.
  func onTerminal(_ words: [String], typing text: String = "") throws -> Subprocess.Result {
    try Subprocess.run(
      PythonServer.python,
      [
        PackageFolder.path + "/Tests/System/terminal.py", text, BuiltProducts.program("jackfield"),
      ] + words + ["--data", folder.path])
  }

  // MARK: documents

  func write(_ document: JSONValue, to name: String) -> String {
    folder.write(document.prettyJSON, to: name)
  }

  func apply(project document: JSONValue) throws {
    try command("project", "apply", write(document, to: "project.json"))
  }

  /// Applies a connector and returns its URL, which has a host only while one runs; empty for one
  /// that is started otherwise.
  @discardableResult
  func apply(connector document: JSONValue) throws -> String {
    let shown = try json("connector", "apply", write(document, to: "connector.json"))
    return shown["connector"]?["url"]?.asText ?? ""
  }

  /// Sets a credential whose only secret is `secret`.
  func set(credential: String, kind: String, fields: [String: String] = [:], secret: String) throws
  {
    var words = ["credential", "set", credential, "--kind", kind]
    for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
      words += ["--field", "\(name)=\(value)"]
    }
    let result = try command(words, input: secret + "\n")
    try #require(result.isSuccess, "\(result.errors)")
  }

  /// The account of a mail server of the tests.
  func setMailAccount(port: Int) throws {
    try set(
      credential: "mail_account", kind: "mail",
      fields: [
        "host": "127.0.0.1", "port": String(port), "security": "none",
        "from": "jackfield@test.test",
      ], secret: "")
  }

  // MARK: runs

  /// `jackfield run` on an event, and its exit code.
  func run(_ connector: JSONValue, event: JSONValue = [:]) throws -> (view: RunView, code: Int32) {
    let event = write(event, to: "event.json")
    return try run(connector, eventFile: event)
  }

  func run(_ connector: JSONValue, eventFile: String) throws -> (view: RunView, code: Int32) {
    let result = try command([
      "run", write(connector, to: "draft.json"), "--event", eventFile, "--json",
    ])
    guard case .exited(let code) = result.status, let value = try? JSONValue(parsing: result.output)
    else { throw WebFailure(description: "run: \(result.status) \(result.errors)\(result.output)") }
    return (RunView(value: value), code)
  }

  /// The run of this number as it is now.
  func show(_ run: Int64) throws -> RunView {
    RunView(value: try json("runs", "show", String(run)))
  }

  /// All runs, newest first, without their timelines.
  func runs() throws -> [RunView] {
    let list = try json("runs", "list", "--limit", "1000")
    return (list.asList ?? []).map { RunView(value: $0) }
  }

  /// Asks again until the run has ended.
  ///
  /// **Throws**: `WebFailure` with the run when it has not within the time.
  func waitForEnd(of run: Int64, within limit: Duration = .seconds(60)) throws -> RunView {
    let view = try poll(within: limit, for: "run \(run) to end") { () -> RunView? in
      let view = try show(run)
      return view.isFinished ? view : nil
    }
    return view
  }
}

/// Asks again until there is an answer.
///
/// **Throws**: `WebFailure` naming what was waited for when the time has passed.
func poll<Answer>(
  within limit: Duration = .seconds(30), for what: String, _ ask: () throws -> Answer?
) throws -> Answer {
  let clock = ContinuousClock()
  let end = clock.now + limit
  while true {
    if let answer = try ask() { return answer }
    guard clock.now < end else { throw WebFailure(description: "waited \(limit) for \(what)") }
    usleep(10_000)  // between two looks; the deadline is the clock's
  }
}
