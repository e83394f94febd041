// SPDX-License-Identifier: Apache-2.0
// What keeps a host running: status, doctor, backup, restore, alerts, breakers, ended runs.
import Glibc
import TestKit
import Testing
import Values

@Suite struct OperationsTests {
  // MARK: ended runs

  @Test func `an ended run leaves the hot tables, and is shown, found and retried all the same`()
    throws
  {
    let keeper = Operator()
    try keeper.apply(project: Document.project(plugins: ["http": Document.plugin()]))
    try keeper.apply(
      connector: Document.connector(
        "call",
        Document.action(
          "call", "http.request", with: ["method": "GET", "url": "{{event.url}}"])))
    var host = try ServedHost(keeper)
    let url = try keeper.url(of: "call")
    let run = try host.post(["lead_id": 7, "url": "https://not-granted.test/"], to: url)
    let before = try keeper.waitForEnd(of: run)
    #expect(before.state == "failed", "\(before)")
    try host.stop()
    try keeper.age(minutes: 10)

    host = try ServedHost(keeper)
    try poll(for: "run \(run) to be put away") {
      try keeper.sql("SELECT count(*) FROM run WHERE segment IS NOT NULL") == "1" ? () : nil
    }
    #expect(try keeper.sql("SELECT count(*) FROM journal") == "0")
    let shown = try keeper.show(run)
    #expect(shown.value["event"]?["lead_id"] == 7, "\(shown)")
    #expect(shown.timeline.map(\.component) == before.timeline.map(\.component), "\(shown)")
    #expect(shown["call"].code == before["call"].code)
    for (value, found) in [("7", 1), ("8", 0)] {
      let list = try keeper.json("runs", "list", "--where", "event.lead_id=\(value)")
      #expect(list.asList?.count == found)
    }

    try keeper.command("runs", "retry", String(run))
    let again = try poll(for: "the retry to end") { () -> RunView? in
      let view = try keeper.show(run)
      return view.isFinished && view.timeline.count > before.timeline.count + 1 ? view : nil
    }
    #expect(again.state == "failed", "\(again)")
    #expect(again.value["event"]?["lead_id"] == 7, "the event came back with it")
    try host.stop()
  }

  @Test func `a connector keeps its runs as long as it says, and longer than its project`() throws {
    let keeper = Operator()
    guard var project = Document.project().asObject else { return }
    project["retention"] = ["for": "1 h"]
    try keeper.apply(project: .object(project))
    for (name, keep) in [("short", "1 min"), ("long", "10 d"), ("own", nil)] {
      var connector = Document.connector(name, Document.row("x")).asObject ?? [:]
      if let keep { connector["options"] = ["keep_runs": ["for": .text(keep)]] }
      try keeper.apply(connector: .object(connector))
    }
    var host = try ServedHost(keeper)
    var runs: [String: Int64] = [:]
    for name in ["short", "long", "own"] {
      let run = try host.post([:], to: keeper.url(of: name))
      runs[name] = try keeper.waitForEnd(of: run).id
    }
    try host.stop()
    try keeper.age(minutes: 120)

    host = try ServedHost(keeper)
    let long = try #require(runs["long"])
    try poll(for: "the others to go") {
      try keeper.runs().map(\.id) == [long] ? () : nil
    }
    #expect(try keeper.show(long).timeline.isEmpty == false)
    try host.stop()
  }

  // MARK: status

  @Test func `status counts, and needs nobody while all is well`() throws {
    let keeper = Operator()
    try keeper.apply(project: Document.project())
    try keeper.apply(connector: Document.connector("rows", Document.row("x")))
    for isServed in [false, true] {
      let host = isServed ? try ServedHost(keeper) : nil
      if let host { _ = try keeper.waitForEnd(of: host.post([:], to: keeper.url(of: "rows"))) }
      let status = try keeper.json("status", "--free", "0")
      #expect(status["ok"] == true && status["running"] == .boolean(isServed), "\(status)")
      let counts = status["projects"]?[Document.project]?["runs"]
      #expect(counts?["succeeded"] == .integer(isServed ? 1 : 0), "\(status)")
      #expect(counts?["failed"] == 0)
      // Whoever counts on webhooks asks for a host too.
      let served = try keeper.command(["status", "--free", "0", "--serving"])
      #expect(served.isSuccess == isServed, "\(served.output)")
      #expect(served.output.contains("no host is running") != isServed, "\(served.output)")
      try host?.stop()
    }
  }

  @Test(arguments: [
    ("runs_unknown", "UPDATE run SET mark = 'unknown'"),
    ("queue_old", "UPDATE run SET state = 'ready', finished_at = NULL, updated_at = 1000"),
    ("no_host", "UPDATE run SET state = 'running', finished_at = NULL"),
    (
      "no_host",
      "UPDATE run SET state = 'waiting', finished_at = NULL, wait_kind = 'delay', wait = '{}', due_at = 1000"
    ),
    ("credentials_shut", "UPDATE credential SET key_id = 'another'"),
    (
      "alerts_not_sent",
      "INSERT INTO alert_mail (connector, component, mail, attempts, error, raised_at, due_at) "
        + "SELECT id, 'call', '{}', 1, 'no server', 1, 9e15 FROM connector"
    ),
    (
      "breaker_open",
      "INSERT OR REPLACE INTO engine_state VALUES ('gates', '{\"buckets\": [], \"breakers\": [{"
        + "\"project\": \"t\", \"plugin\": \"http\", \"until_ms\": 9000000000000, \"back_off_ms\": 1000}]}', 1)"
    ),
    ("plugin_unusable", "UPDATE plugin_state SET plugin = 'gone'"),
  ])
  func `status names what needs a person, with exit code 1`(code: String, change: String) throws {
    let keeper = Operator()
    try keeper.apply(project: Document.project())
    let (view, _) = try keeper.run(Document.connector("rows", Document.row("x")))
    #expect(view.state == "succeeded")
    try keeper.set(credential: "hook", kind: "secret", secret: "s3cret")
    _ = try keeper.sql(change)

    let result = try keeper.command(["status", "--json", "--free", "0"])
    #expect(result.status == .exited(1), "\(result.output)\(result.errors)")
    let problems = try JSONValue(parsing: result.output)["problems"]?.asList ?? []
    #expect(problems.map { $0["code"] } == [.text(code)], "\(result.output)")
    #expect(try keeper.command(["status"]).output.contains("problem  "))
  }

  @Test(arguments: [["status"], ["runs", "list"], ["delay", "list"], ["alert", "list"]])
  func `in the wrong place nothing is well, and no folder is made`(words: [String]) throws {
    let nowhere = Operator().folder.path + "/nowhere"
    let result = try Subprocess.run(
      BuiltProducts.program("jackfield"), words + ["--data", nowhere])
    #expect(result.status == .exited(2), "\(result.output)")
    #expect(result.errors.contains("no data folder \(nowhere)"), "\(result.errors)")
    #expect(access(nowhere, F_OK) != 0)
  }

  @Test func `status says that the disk is nearly full`() throws {
    let keeper = Operator()
    try keeper.apply(project: Document.project())
    let result = try keeper.command(["status", "--json", "--free", "1000000000000"])
    #expect(result.status == .exited(1))
    #expect(result.output.contains("\"disk_full\""), "\(result.output)")
  }

  // MARK: doctor

  @Test func `doctor finds a sound folder well, beside a host and without one`() throws {
    let keeper = Operator()
    try keeper.set(credential: "hook", kind: "secret", secret: "s3cret")
    for isServed in [false, true] {
      let host = isServed ? try ServedHost(keeper) : nil
      let checks = try keeper.json("doctor")["checks"]?.asList ?? []
      let names = Set(checks.compactMap { $0["check"]?.asText })
      #expect(
        names == [
          "folder", "sodium", "key", "database", "credentials", "worker", "sandbox", "plugin", "tzdata",
          "disk",
        ])
      #expect(checks.allSatisfy { $0["ok"] == true }, "\(checks)")
      try host?.stop()
    }
  }

  /// A fault of a folder, and the check that finds it.
  struct Fault: CustomTestStringConvertible, Sendable {
    let check: String
    let advice: String
    let make: @Sendable (Operator) throws -> Void
    var testDescription: String { check + ": " + advice }
  }

  @Test(arguments: [
    Fault(check: "key", advice: "chmod 600") { chmod($0.folder.path + "/secret.key", 0o644) },
    Fault(check: "credentials", advice: "secret.key") { unlink($0.folder.path + "/secret.key") },
    Fault(check: "folder", advice: "chmod 700") { chmod($0.folder.path, 0o777) },
    Fault(check: "folder", advice: "chmod 600") { chmod($0.folder.path + "/main.db", 0o644) },
    Fault(check: "database", advice: "newer") { _ = try $0.sql("PRAGMA user_version = 99") },
    Fault(check: "database", advice: "restore") { keeper in
      try keeper.command("project", "list")
      let file = open(keeper.folder.path + "/main.db", O_WRONLY)
      let garbage = [UInt8](repeating: 0xA5, count: 4_000)
      for page in 3..<12 { pwrite(file, garbage, garbage.count, page * 4_096 + 50) }
      close(file)
    },
  ])
  func `doctor finds a fault, says what to do, and changes nothing`(fault: Fault) throws {
    let keeper = Operator()
    try keeper.set(credential: "hook", kind: "secret", secret: "s3cret")
    try fault.make(keeper)
    let before = TestFile.bytes(of: keeper.folder.path + "/main.db")

    let result = try keeper.command(["doctor", "--json"])
    #expect(result.status == .exited(1), "\(result.output)\(result.errors)")
    let checks = try JSONValue(parsing: result.output)["checks"]?.asList ?? []
    let bad = checks.filter { $0["ok"] == false }
    #expect(bad.contains { $0["check"] == .text(fault.check) }, "\(result.output)")
    #expect(
      bad.contains { $0["message"]?.asText?.contains(fault.advice) == true }, "\(result.output)")
    #expect(TestFile.bytes(of: keeper.folder.path + "/main.db") == before)
  }

  // MARK: backup

  @Test func `a backup of a running host is restored with its runs, rows and credentials`() throws {
    let keeper = Operator()
    try keeper.apply(project: Document.project())
    try keeper.set(credential: "hook", kind: "secret", secret: "s3cret")
    let host = try ServedHost(keeper)
    let url = try keeper.apply(connector: Document.connector("rows", Document.row("x")))
    let run = try keeper.waitForEnd(of: host.post([:], to: url)).id
    let copy = keeper.folder.file("copy")
    try keeper.command("backup", copy)
    let late = try keeper.waitForEnd(of: host.post([:], to: url)).id

    for (words, code) in [
      (["backup", copy], "folder_unwritable"), (["restore", copy], "folder_locked"),
    ] {
      let refused = try keeper.command(words + ["--json"])
      #expect(refused.status == .exited(1) && refused.errors.contains(code), "\(refused.errors)")
    }
    try host.stop()
    let full = try keeper.command(["restore", copy, "--json"])
    #expect(full.errors.contains("folder_not_empty"), "\(full.errors)")

    let other = Operator()
    try other.command("restore", copy)
    #expect(try other.command(["doctor"]).output.contains("secret.key"))
    let key = try #require(TestFile.bytes(of: keeper.folder.path + "/secret.key"))
    let file = open(other.folder.path + "/secret.key", O_WRONLY | O_CREAT | O_EXCL, 0o600)
    #expect(write(file, key, key.count) == key.count)
    close(file)
    #expect(try other.json("doctor")["ok"] == true)
    #expect(try other.show(run).state == "succeeded")
    #expect(try other.runs().contains { $0.id == late } == false, "it came after the copy")
    #expect(try other.keys() == ["x"])
  }

  @Test func `a backup that is damaged is not restored`() throws {
    let keeper = Operator()
    try keeper.apply(project: Document.project())
    let copy = keeper.folder.file("copy")
    try keeper.command("backup", copy)
    let file = open(copy + "/main.db", O_WRONLY)
    let garbage = [UInt8](repeating: 0xA5, count: 4_000)
    for page in 3..<12 { pwrite(file, garbage, garbage.count, page * 4_096 + 50) }
    close(file)

    let other = Operator()
    for source in [copy, keeper.folder.file("nothing")] {
      let result = try other.command(["restore", source])
      #expect(result.status == .exited(1), "\(result.output)")
      #expect(TestFile.exists(other.folder.path + "/main.db") == false)
    }
  }

  // MARK: alerts and breakers

  @Test func `an open breaker is listed, and reset, beside a host and without one`() throws {
    let keeper = Operator()
    try keeper.apply(project: Document.project(plugins: ["http": Document.plugin()]))
    for isServed in [true, false] {
      _ = try keeper.sql(
        "INSERT OR REPLACE INTO engine_state VALUES ('gates', '{\"buckets\": [], \"breakers\": "
          + "[{\"project\": \"t\", \"plugin\": \"http\", \"until_ms\": 9000000000000, "
          + "\"back_off_ms\": 600000}]}', 1)")
      let host = isServed ? try ServedHost(keeper) : nil
      let open = try keeper.json("breaker", "list").asList ?? []
      #expect(open.map { $0["plugin"] } == ["http"] && open[0]["state"] == "open", "\(open)")
      #expect(try keeper.json("breaker", "reset", "http", "--credential", "x")["reset"] == 0)
      #expect(try keeper.json("breaker", "reset", "http")["reset"] == 1)
      #expect(try keeper.json("breaker", "list").asList == [])
      try host?.stop()
    }
    #expect(try keeper.command(["breaker", "reset", "htpp"]).status == .exited(2))
  }

  @Test func `alerts are listed and reset, those of one connector or all`() throws {
    let keeper = Operator()
    try keeper.apply(project: Document.project())
    try keeper.apply(connector: Document.connector("one", Document.row("x")))
    try keeper.apply(connector: Document.connector("two", Document.row("x")))
    _ = try keeper.sql(
      "INSERT INTO alert (connector, component, sent_at, held, last_held_at) "
        + "SELECT id, 'row', 1000, 3, 2000 FROM connector WHERE draft = 0")

    let alerts = try keeper.json("alert", "list", "one")["alerts"]?.asList ?? []
    #expect(alerts.map { $0["connector"] } == ["one"] && alerts[0]["held"] == 3, "\(alerts)")
    #expect(try keeper.json("alert", "reset", "one")["reset"] == 1)
    #expect(try keeper.json("alert", "list")["alerts"]?.asList?.count == 1)
    #expect(try keeper.json("alert", "reset")["reset"] == 1)
    #expect(try keeper.command("alert", "list").contains("no alerts"))
    #expect(try keeper.command(["alert", "list", "nobody"]).status == .exited(2))
  }
}

extension Operator {
  /// The URL of a connector, while a host runs.
  func url(of connector: String) throws -> String {
    try #require(try json("connector", "show", connector)["url"]?.asText)
  }

  /// Runs one statement on the database from another process; the first value it answers.
  func sql(_ statement: String) throws -> String {
    let script = """
      import sqlite3, sys
      c = sqlite3.connect(sys.argv[1], timeout=20)
      row = c.execute(sys.argv[2]).fetchone()
      c.commit()
      c.close()
      print(row[0] if row else "", end="")
      """
    let result = try Subprocess.run(
      PythonServer.python, ["-c", script, folder.path + "/main.db", statement])
    try #require(result.isSuccess, "\(statement): \(result.errors)")
    return result.output
  }

  /// Makes all runs that have ended older, while nobody has the folder open.
  func age(minutes: Int) throws {
    _ = try sql("UPDATE run SET finished_at = finished_at - \(minutes * 60_000)")
  }
}
