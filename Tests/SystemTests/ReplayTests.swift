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
    let run = try talk(["end": .text(end)], more: ["timeout": "2 s"])
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

  /// An edit of the record of a call that asked for two answers and failed.
  struct Edit: Sendable, CustomTestStringConvertible {
    let from: String
    let to: String
    let told: String
    let path: String
    var testDescription: String { told }
  }

  @Test(arguments: [
    Edit(
      from: #""json": {"method":"POST","url":"URL/talk""#,
      to: #""json": {"method":"POST","url":"URL/other""#,
      told: "call 1 of 2, http.send of POST URL/other, differs at $.url: recorded "
        + #""URL/other", now "URL/talk""#, path: "$.url"),
    Edit(
      from: #""body":"{\"n\": 1}"},"answer":{"order":2"#,
      to: #""body":"{\"n\": 2}"},"answer":{"order":2"#,
      told: "call 2 of 2, http.send of POST URL/talk, differs at $body.n: recorded 2, now 1",
      path: "$body.n"),
    Edit(
      from: #""service":"http.send","after":1"#, to: #""service":"records.get","after":1"#,
      told: "call 2 of 2 is http.send (POST URL/talk), the record has records.get",
      path: "$service"),
    Edit(
      from: #""code":"told_to""#, to: #""code":"told_so""#,
      told: #"its outcome differs at $outcome.error.code: recorded "told_so", now "told_to""#,
      path: "$outcome.error.code"),
    Edit(
      from: #""times":2"#, to: #""times":3"#,
      told: "it asks for POST URL/talk (http.send) after the 2 calls that the record has", path: ""),
    Edit(
      from: #""times":2"#, to: #""times":1"#,
      told: "it ended without call 2 of 2, http.send of POST URL/talk", path: ""),
    Edit(
      from: #""end":"fail""#, to: #""end":"crash""#,
      told: "it ended with SIGSEGV in talks_crash, called by run", path: "$outcome.status"),
  ])
  func `what differs from the record is told, the first of it`(_ edit: Edit) throws {
    func here(_ text: String) -> String {
      text.split(separator: "URL", omittingEmptySubsequences: false).joined(separator: target.url)
    }
    let file = try record(try talk(["end": "fail"]))
    let text = try JSONValue(parsing: TestFile.text(of: file) ?? "").json
    // As the record is written on one line.
    let from = here(edit.from).split(separator: ": {").joined(separator: ":{")
    let to = here(edit.to).split(separator: ": {").joined(separator: ":{")
    let parts = text.split(separator: from, maxSplits: 1, omittingEmptySubsequences: false)
    try #require(parts.count == 2, "\(from) is not in \(text)")
    let edited = keeper.folder.write(parts[0] + to + parts[1], to: "edited.json")
    let again = try replay(edited)
    #expect(again.status == .exited(1), "\(again)")
    #expect(again.output.contains("✗ ") && again.output.contains(here(edit.told)), "\(again.output)")
    let value = try JSONValue(parsing: try replay(edited, "--json").output)
    #expect(value["verdict"] == "diverged" && value["path"]?.asText ?? "" == edit.path, "\(value)")
  }

  @Test func `requests that were under way together are answered in the order they were`() throws {
    try keeper.command("plugin", "record", "acme-talks", "on", "--project", Document.project)
    let run = try talk(["times": 8, "together": true])
    #expect(run["say"].output["answers"]?.asList?.count == 8, "\(run)")
    let file = try record(run)
    let again = try replay(file)
    #expect(again.status == .exited(0), "\(again.output)\(again.errors)")
    #expect(again.output.contains("✓ the same: 8 calls, success"), "\(again.output)")

    // Another order of the answers is another result, for the plugin tells them as they come.
    var value = try JSONValue(parsing: TestFile.text(of: file) ?? "").asObject ?? [:]
    let calls = (value["calls"]?.asList ?? []).enumerated().map { index, call in
      var (call, answer) = (call.asObject ?? [:], call["answer"]?.asObject ?? [:])
      answer["order"] = .integer(Int64(8 - index))
      call["answer"] = .object(answer)
      return JSONValue.object(call)
    }
    value["calls"] = .list(calls)
    value["outcome"] = [
      "status": "ok",
      "result": ["answers": .list((0..<8).reversed().map { .integer(Int64($0 * 1_000 + 200)) })],
    ]
    let turned = keeper.folder.write(JSONValue.object(value).json, to: "turned.json")
    let other = try replay(turned)
    #expect(other.status == .exited(0), "\(other.output)\(other.errors)")
  }

  @Test func `a call that succeeds is recorded when a person wants it, and not before or after`()
    throws
  {
    func isRecorded() throws -> Bool {
      let run = try talk([:])
      let result = try keeper.command(["runs", "show", String(run.id), "--record"])
      guard result.status != .exited(0) else { return true }
      #expect(result.status == .exited(1) && result.errors.contains("is not recorded"))
      #expect(result.errors.contains("plugin record acme-talks on --project t"), "\(result.errors)")
      return false
    }
    #expect(try !isRecorded())
    try keeper.command("plugin", "record", "acme-talks", "on", "--project", Document.project)
    #expect(try isRecorded())
    let shown = try keeper.command("plugin", "show", "acme-talks", "--project", Document.project)
    #expect(shown.contains("all its calls are recorded"), "\(shown)")
    try keeper.command("plugin", "record", "acme-talks", "off", "--project", Document.project)
    #expect(try !isRecorded())
    let wrong = try keeper.command(["plugin", "record", "acme-talks", "maybe"])
    #expect(wrong.status == .exited(2) && wrong.errors.contains("takes on or off"))
    let unknown = try keeper.command(
      ["plugin", "record", "acme-talk", "on", "--project", Document.project])
    #expect(unknown.errors.contains("did you mean \"acme-talks\"?"), "\(unknown.errors)")
  }

  @Test func `each attempt is shown and recorded by its number`() throws {
    let run = try talk(
      // Nothing was sent, so that a crash may be tried again.
      ["end": "crash", "times": 0],
      more: ["retry": ["attempts": 2, "first_wait": "10 ms", "max_wait": "10 ms"]])
    let attempts = run.timeline.compactMap { $0.value["attempt"]?.asInteger }
    #expect(attempts == [1, 2], "\(run)")
    for number in attempts {
      let shown = try keeper.command("runs", "show", String(run.id), "--attempt", "\(number)")
      #expect(shown.contains("attempt \(number)") && shown.contains("worker_crashed"), "\(shown)")
      let file = try record(run, "--attempt", "\(number)")
      let value = try JSONValue(parsing: TestFile.text(of: file) ?? "")
      #expect(value["attempt"] == .integer(number) && value["context"]?["attempt"] == value["attempt"])
      #expect(try replay(file).status == .exited(0))
    }
    let none = try keeper.command(["runs", "show", String(run.id), "--attempt", "3"])
    #expect(none.errors.contains("has 2 attempts, not 3"), "\(none.errors)")
    let zero = try keeper.command(["runs", "show", String(run.id), "--attempt", "0"])
    #expect(zero.status == .exited(2))
  }

  @Test func `a record holds no secret, neither one that was used nor one that an author wrote`()
    throws
  {
    let other = "0ther-of-acme=/+\"x"
    let set = try keeper.command(
      ["credential", "set", "other", "--kind", "acme_key", "--host", "a.test", "--project", "t"],
      input: other + "\n")
    try #require(set.isSuccess, "\(set.errors)")
    // The target echoes what it got.
    let run = try talk(["end": "fail", "credential": "acme", "body": .text("my \(other)")])
    let file = try record(run)
    let text = TestFile.text(of: file) ?? ""
    #expect(text.contains("my ***") && text.contains(#""credential": "acme""#), "\(text)")
    let seen = target.requestLines.joined()
    for secret in [Self.secret, other] {
      let spelled = String(JSONValue.text(secret).json.dropFirst().dropLast())
      #expect(seen.contains(spelled), "it was sent")
      #expect(!text.contains(secret) && !text.contains(spelled), "\(text)")
    }
    #expect(try replay(file).status == .exited(0), "it does the same with what is struck out")
  }

  @Test func `what is too long to be kept is said, and ends the replay`() throws {
    let run = try talk(["end": "fail", "body": .text(String(repeating: "x", count: 200_000))])
    let file = try record(run)
    let again = try replay(file)
    #expect(again.status == .exited(1), "\(again.output)")
    #expect(
      again.output.contains("– the record does not have the answer to call 1, http.send of POST"),
      "\(again.output)")
    let size = (TestFile.text(of: file) ?? "").utf8.count
    #expect(size < 1 << 20, "\(size)")
  }

  @Test func `a file that cannot be replayed is refused with what to do`() throws {
    let file = try record(try talk(["end": "fail"]))
    let good = try JSONValue(parsing: TestFile.text(of: file) ?? "")
    func edited(_ edit: (inout JSONObject) -> Void) -> String {
      var object = good.asObject ?? [:]
      edit(&object)
      return JSONValue.object(object).json
    }
    let cut = String(good.json.dropLast(40))
    let huge = String(repeating: "[", count: 100 << 20)
    let cases: [(String, String)] = [
      ("", "is no JSON"), (cut, "is no JSON"), ("{}", "this is no record of a call"),
      ("[1]", "this is no record of a call"), (huge, "over 4 MiB"),
      (edited { $0["format"] = 2 }, "the record has format 2, this jackfield reads 1"),
      (edited { $0["calls"] = nil }, "$.calls: \"calls\" is no list"),
      (edited { $0["budget_ms"] = -1 }, "$.budget_ms: \"budget_ms\" is no whole number"),
      (edited { $0["outcome"] = ["status": "fine"] }, "known are ok, error, timeout, died"),
      (
        edited { object in
          var calls = object["calls"]?.asList ?? []
          var first = calls[0].asObject ?? [:]
          first["answer"] = nil
          calls[0] = .object(first)
          object["calls"] = .list(calls)
        }, "an answer is missing"
      ),
      (
        edited { object in
          object["action"] = "acme-talks.walk"
        }, "does not have: did you mean \"acme-talks.run\"?"
      ),
      (
        edited { object in
          object["plugin"] = [
            "id": "acme-../../x", "version": "1", "hash": "..", "interfaces": [],
          ]
        }, "name its folder or its shared object with --plugin"
      ),
    ]
    for (text, told) in cases {
      let result = try replay(keeper.folder.write(text, to: "bad.json"))
      #expect(result.status == .exited(2), "\(told): \(result.output)\(result.errors)")
      #expect(result.errors.contains(told), "\(told): \(result.errors)")
    }
    let missing = try replay("/nowhere/at/all.json")
    #expect(missing.status == .exited(2) && missing.errors.contains("cannot read"))
  }

  @Test func `another plugin is refused, another build is replayed and named`() throws {
    let file = try record(try talk(["end": "fail"]))
    let courier = try FixturePlugin("courier", as: "acme-courier")
    let other = try replay(file, "--plugin", courier.folder.path)
    #expect(other.status == .exited(2), "\(other.output)")
    #expect(
      other.errors.contains("the record is of a call of plugin acme-talks"), "\(other.errors)")

    let later = try FixturePlugin("talks", as: "acme-talks", version: "1.0.1")
    let newer = try replay(file, "--plugin", later.folder.path)
    #expect(newer.status == .exited(0), "\(newer.output)\(newer.errors)")
    #expect(newer.output.contains("of version 1.0.0, this is 1.0.1"), "\(newer.output)")

    let image = try replay(file, "--plugin", plugin.folder("talks.so"))
    #expect(image.status == .exited(0) && !image.output.contains("note:"), "\(image.output)")
    let wrong = try replay(file, "--plugin", courier.library)
    #expect(wrong.output.contains("the record is of build"), "\(wrong.output)")
    let garbage = try replay(file, "--plugin", keeper.folder.write("#!/bin/sh\n", to: "x.so"))
    #expect(garbage.status == .exited(1), "\(garbage)")
    #expect(garbage.output.contains("cannot be loaded"), "\(garbage.output)")
    let nowhere = try replay(file, "--plugin", "/nowhere")
    #expect(nowhere.status == .exited(2) && nowhere.errors.contains("is not there"))
  }

  @Test func `a debugger gets the whole command line, and by hand the call is the same`() throws {
    let file = try record(try talk(["end": "fail"]))
    let shown = try JSONValue(parsing: try replay(file, "--debugger", "--json").output)
    let words = shown["command"]?.asList?.compactMap(\.asText) ?? []
    let start = try #require(words.firstIndex { $0.hasSuffix("/jackfield-probe") }, "\(shown)")
    #expect(words[start...].dropFirst().prefix(2) == ["replay", file], "\(words)")
    let variables = Dictionary(
      uniqueKeysWithValues: (shown["environment"]?.asList ?? []).map { variable in
        let parts = (variable.asText ?? "").split(separator: "=", maxSplits: 1)
        return (String(parts[0]), String(parts[1]))
      })
    let byHand = try Subprocess.run(
      words[start], Array(words[(start + 1)...]), environment: variables)
    #expect(byHand.status == .exited(0), "\(byHand.output)\(byHand.errors)")
    #expect(byHand.output.contains("✓ the same: 2 calls"), "\(byHand.output)")

    let line = try Subprocess.run(
      BuiltProducts.program("jackfield"),
      ["plugin", "replay", file, "--debugger", "--data", keeper.folder.path],
      environment: ["PATH": "/nowhere"])
    #expect(line.status == .exited(1) && line.output.contains("gdb -ex "), "\(line.output)")
    #expect(line.errors.contains("apt-get install gdb"), "\(line.errors)")
  }

  @Test func `whatever else stands in a record, it ends in words and never in a crash`() throws {
    let good = try JSONValue(parsing: TestFile.text(of: try record(try talk(["end": "fail"]))) ?? "")
    var random = Numbers(state: 5)
    for round in 0..<60 {
      var value = good
      for _ in 0...Int.random(in: 0...2, using: &random) { value = changed(value, &random) }
      // Nobody waits for a minute.
      if var object = value.asObject, object["budget_ms"]?.asInteger ?? 0 > 2_000 {
        object["budget_ms"] = 2_000
        value = .object(object)
      }
      let result = try replay(keeper.folder.write(value.json, to: "changed.json"))
      guard case .exited(let code) = result.status, (0...2).contains(code) else {
        Issue.record("round \(round): \(result)\n\(value.json)")
        continue
      }
      #expect(code == 2 ? !result.errors.isEmpty : !result.output.isEmpty, "round \(round)")
      #expect(!result.output.contains("☠") && !result.output.contains("SIG"), "\(result.output)")
    }
  }

  /// Something else in one place of a value.
  private func changed(_ value: JSONValue, _ random: inout Numbers) -> JSONValue {
    let odd: [JSONValue] = [
      .null, true, -1, 0, 4_611_686_018_427_387_904, "", "\u{0}é", [], [:], ["a": [[], [:]]],
    ]
    let chance = Int.random(in: 0..<10, using: &random)
    switch value {
    case .object(var object) where !object.isEmpty:
      let name = object.names[Int.random(in: 0..<object.count, using: &random)]
      switch chance {
      case 0: object[name] = nil
      case 1: object[name] = odd.randomElement(using: &random)
      default: object[name] = changed(object[name] ?? .null, &random)
      }
      return .object(object)
    case .list(var list) where !list.isEmpty:
      let place = Int.random(in: 0..<list.count, using: &random)
      switch chance {
      case 0...1: list.remove(at: place)
      case 2...3: list.insert(list[place], at: place)
      default: list[place] = changed(list[place], &random)
      }
      return .list(list)
    default: return odd.randomElement(using: &random) ?? .null
    }
  }

  /// The same numbers each time.
  private struct Numbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ state >> 29
    }
  }
}
