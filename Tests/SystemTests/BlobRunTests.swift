// SPDX-License-Identifier: Apache-2.0
// Files that go through runs: saved, sent on, handed over, kept over a kill, and removed.
import Glibc
import TestKit
import Testing
import Values

@Suite(.timeLimit(.minutes(20))) struct BlobRunTests {
  /// 100 MiB, and a little.
  private static let script: JSONValue = [
    [
      "path": "/big", "body": "0123456789abcdef", "repeat": 6_553_600,
      "headers": [
        "Content-Type": "application/pdf; charset=x",
        "Content-Disposition": "attachment; filename=\"../big one.pdf\"",
      ],
    ],
    ["path": "/small", "body": "small", "headers": ["Content-Type": "text/csv"]],
    ["path": "/more", "body": "0123456789abcdef", "repeat": 6_553_601],
    ["path": "/cut", "body": "0123456789", "repeat": 1_000, "close": "body"],
    ["path": "/gone", "status": 404, "body": "there is no such file"],
    ["path": "/up", "body": "taken"],
  ]

  private func save(_ path: String, _ world: Scenario, _ more: JSONObject = [:]) throws -> JSONValue
  {
    let target = try #require(world.target)
    var parameters: JSONObject = ["url": .text(target.url + path), "save_body": "blob"]
    for member in more { parameters[member.name] = member.value }
    return Document.action("save", "http.request", with: .object(parameters), ["save": "got"])
  }

  private func send(
    _ id: String, _ world: Scenario, _ kind: String, _ body: JSONValue
  ) throws -> JSONValue {
    let target = try #require(world.target)
    return Document.action(
      id, "http.request",
      with: [
        "method": "POST", "url": .text(target.url + "/up"), "body_kind": .text(kind), "body": body,
      ])
  }

  private func blobFiles(_ world: Scenario) -> [String] {
    TestFile.names(in: world.keeper.folder.path + "/blobs/" + Document.project)
  }

  /// **Unit**: bytes. The most a process has held in memory so far.
  private func peak(_ pid: pid_t) throws -> Int {
    let status = TestFile.text(of: "/proc/\(pid)/status") ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    let digits = (line ?? "").filter(\.isNumber)
    return try #require(Int(digits), "\(status)") << 10
  }

  @Test func `a hundred mebibytes come and go without being in anybody's memory`() throws {
    let world = try Scenario(script: Self.script)
    try world.apply(
      Document.connector(
        "move", save("{{event.path}}", world, ["max_response": 104_857_600]),
        send("forward", world, "blob", "{{got.body}}"),
        send("form", world, "multipart", ["note": "n & m", "file": "{{got.body}}"])))
    // Everything is started and warm.
    let first = try world.finish("move", ["path": "/small"])
    #expect(first.state == "succeeded", "\(first)")
    #expect(first["save"].output["body"]?["type"] == "text/csv")
    #expect(first["save"].output["body"]?["name"] == "small")
    let workers = world.host.workers(.transport) + world.host.workers(.action)
    let all = [world.host.process.pid] + workers.map(\.pid)
    let before = try all.map(peak)

    let run = try world.finish("move", ["path": "/big"])

    #expect(run.state == "succeeded", "\(run)")
    for (pid, least) in zip(all, before) {
      let growth = try peak(pid) - least
      #expect(growth < 50 << 20, "process \(pid) grew by \(growth >> 20) MiB")
    }
    let logged = try world.keeper.command("action", "log", "move", "--exchange", "2")
    #expect(logged.contains("body_blob: {"), "\(logged)")
    let body = run["save"].output["body"] ?? .null
    #expect(body["bytes"] == 104_857_600 && body["type"] == "application/pdf", "\(body)")
    #expect(body["name"] == "big one.pdf", "no way out of a folder: \(body)")
    #expect(run["save"].output["bytes"] == 104_857_600)
    let seen = try (world.target?.requestLines ?? []).map { try JSONValue(parsing: $0) }
    let sent = try #require(seen.dropLast().last)
    #expect(sent["size"] == 104_857_600 && sent["complete"] == true)
    #expect(body["blob"]?.asText == "sha256-\(sent["sha256"]?.asText ?? "")")
    #expect(sent["headers"]?["content-type"] == "application/pdf")
    let form = try #require(seen.last)
    #expect(form["complete"] == true && form["size"]?.asInteger ?? 0 > 104_857_600)
    let type = form["headers"]?["content-type"]?.asText ?? ""
    #expect(type.hasPrefix("multipart/form-data; boundary="), "\(type)")
    #expect(blobFiles(world).count == 2)
    try world.host.stop()
  }

  @Test func `an answer that is too large, cut off or an error is not kept`() throws {
    let world = try Scenario(script: Self.script)
    try world.apply(
      Document.connector("move", save("{{event.path}}", world, ["method": "{{event.method}}"])))
    for (path, method, kind, code) in [
      ("/more", "GET", "failed", "response_too_large"),
      ("/cut", "POST", "unknown_outcome", "no_answer"),
      ("/gone", "GET", "not_found", "http_not_found"),
    ] {
      let run = try world.finish("move", ["path": .text(path), "method": .text(method)])
      let entry = run["save"]
      #expect(entry.errorClass == kind && entry.code == code, "\(path): \(entry.value)")
      if path == "/gone" {
        #expect(entry.value["error"]?["detail"]?["text"] == "there is no such file")
      }
    }
    #expect(blobFiles(world) == [])
    let incoming = world.keeper.folder.path + "/blobs/.incoming"
    try poll(for: "the drafts to go") { TestFile.names(in: incoming).isEmpty ? () : nil }
    try world.host.stop()
  }

  @Test func `an answer that is read has a mebibyte where nobody says otherwise`() throws {
    let world = try Scenario(script: [
      ["path": "/over", "body": "0", "repeat": 1_048_577],
      ["path": "/at", "method": "HEAD", "body": "0", "repeat": 1_048_577],
    ])
    let target = try #require(world.target)
    try world.apply(
      Document.connector(
        "get",
        Document.action(
          "get", "http.request", with: ["url": .text(target.url + "/over")])))
    let over = try world.finish("get")["get"]
    #expect(over.errorClass == "failed" && over.code == "response_too_large", "\(over.value)")
    #expect(over.message.contains("1048576 bytes"))
    try world.apply(
      Document.connector(
        "look", Document.action(
          "get", "http.request", with: ["url": .text(target.url + "/at"), "method": "HEAD"])))
    #expect(try world.finish("look")["get"].status == "succeeded", "a HEAD brings no body")
    try world.host.stop()
  }

  @Test func `a blob goes with the event that hands it over, and with no other`() throws {
    let world = try Scenario(script: Self.script)
    try world.apply(
      Document.connector(
        "read", ["trigger": ["connector": [:]]],
        steps: Document.step("only", send("forward", world, "blob", "{{event.file}}"))))
    try world.apply(
      Document.connector(
        "move", save("/small", world),
        Document.action(
          "route", "control.route_to_connector",
          with: ["connector": "read", "event": ["file": "{{got.body}}"]], ["save": "there"])))
    try world.apply(
      Document.connector("thief", send("forward", world, "blob", "{{event.file}}")))

    let run = try world.finish("move")
    let started = try #require(run["route"].output["run"]?.asText.flatMap { Int64($0) }, "\(run)")
    #expect(try world.keeper.waitForEnd(of: started).state == "succeeded")
    let stolen = try world.finish("thief", ["file": run["save"].output["body"] ?? .null])
    #expect(stolen["forward"].code == "blob_not_found", "\(stolen)")
    #expect(stolen["forward"].errorClass == "not_found")
    try world.host.stop()
  }

  /// Serves until the host kills itself at a point, in a run of `move`.
  private func serveUntilKilled(at point: String, _ world: Scenario) throws {
    try world.host.stop()
    let log = world.keeper.folder.file("fault.log")
    let process = try Subprocess(
      BuiltProducts.program("jackfield"),
      ["serve", "--port", "0", "--data", world.keeper.folder.path],
      environment: ["JACKFIELD_FAULT": "\(point):1:host", "JACKFIELD_FAULT_LOG": log])
    let line = try process.waitForLine { $0.contains("listening on http") }
    let url = line.split(separator: " ").last.map(String.init) ?? ""
    let token = try world.url(of: "move").split(separator: "/").last.map(String.init) ?? ""
    let answer = try WebRequest(url + "/in/" + token, body: "{}").send()
    #expect(answer.status == 202, "\(answer)")
    let end = try process.wait(timeout: .seconds(60))
    #expect(end.status == .signalled(SIGKILL), "\(end)")
    #expect(TestFile.text(of: log) == "\(point) host\n")
  }

  @Test func `a host that is killed between the file and its name loses neither`() throws {
    let world = try Scenario(script: Self.script)
    try world.apply(Document.connector("move", save("/small", world)))
    try serveUntilKilled(at: "blob", world)
    #expect(blobFiles(world).count == 1, "the file has its name, and nobody knows it")
    let strange = world.keeper.folder.path + "/blobs/\(Document.project)/"
      + String(repeating: "ab", count: 32)
    #expect(TestFile.write("left by another crash", to: strange))

    try world.serveAgain()
    let run = try world.keeper.waitForEnd(of: 1)
    #expect(run.state == "succeeded", "\(run)")
    let hash = run["save"].output["body"]?["blob"]?.asText?.dropFirst(7) ?? ""
    try poll(for: "the sweep") { TestFile.exists(strange) ? nil : () }
    #expect(blobFiles(world) == [String(hash)])
    let doctor = try world.keeper.command("doctor")
    #expect(doctor.contains("1 are there, unchanged"), "\(doctor)")
    try world.host.stop()
  }

  /// The file is there, the answer is in the ledger, the outcome is not on disk; or not even that.
  @Test(arguments: [("outcome", "succeeded", ""), ("blob", "failed", "interrupted")])
  func `an answer that was kept before a kill is not asked for again`(
    _ point: String, _ state: String, _ code: String
  ) throws {
    let world = try Scenario(script: Self.script)
    try world.apply(
      Document.connector(
        "move", save("/small", world, ["method": "POST"]),
        send("forward", world, "blob", "{{got.body}}")))
    try serveUntilKilled(at: point, world)
    try world.serveAgain()
    let run = try world.keeper.waitForEnd(of: 1)
    #expect(run.state == state && run["save"].code == code, "\(run)")
    let seen = try (world.target?.requestLines ?? []).map { try JSONValue(parsing: $0) }
    #expect(seen.count { $0["path"] == "/small" } == 1, "it is not sent twice")
    if state == "succeeded" {
      #expect(seen.last?["path"] == "/up" && seen.last?["body"] == "small")
      #expect(blobFiles(world).count == 1)
    } else {
      #expect(run["save"].errorClass == "unknown_outcome")
    }
    try world.host.stop()
  }

  @Test func `a backup holds the blobs, and doctor tells what became of them`() throws {
    let world = try Scenario(script: Self.script)
    try world.apply(Document.connector("move", save("/small", world)))
    let run = try world.finish("move")
    let hash = String(run["save"].output["body"]?["blob"]?.asText?.dropFirst(7) ?? "")
    let copy = world.keeper.folder.file("copy")
    try world.keeper.command("backup", copy)
    try world.host.stop()
    let restored = world.keeper.folder.file("restored")
    let result = try Subprocess.run(
      BuiltProducts.program("jackfield"), ["restore", copy, "--data", restored])
    #expect(result.isSuccess, "\(result.errors)")
    let path = "\(restored)/blobs/\(Document.project)/\(hash)"
    #expect(TestFile.text(of: path) == "small")
    func doctor() throws -> Subprocess.Result {
      try Subprocess.run(BuiltProducts.program("jackfield"), ["doctor", "--data", restored])
    }
    #expect(try doctor().output.contains("1 are there, unchanged"))
    #expect(TestFile.write("SMALL", to: path))
    let changed = try doctor()
    #expect(!changed.isSuccess && changed.output.contains("was changed"), "\(changed.output)")
    unlink(path)
    #expect(try doctor().output.contains("is missing"))
  }

  @Test(.enabled(if: MountNamespace.isPossible, Comment(rawValue: MountNamespace.whatIsMissing)))
  func `a full disk fails the action that saves, says so, and nothing else`() throws {
    let target = try PythonServer("http_target", ["--script", Self.script.json])
    let keeper = Operator()
    try keeper.apply(
      project: Document.project(plugins: [
        "base": [:], "http": Document.plugin(hosts: ["127.0.0.1:\(target.port)"]),
      ]))
    let parameters: JSONValue = [
      "url": .text(target.url + "/big"), "method": "POST", "save_body": "blob",
      "max_response": 104_857_600,
    ]
    let url = try keeper.apply(
      connector: Document.connector(
        "move", Document.action("save", "http.request", with: parameters),
        Document.row("never")))
    // Room for a part of it only, where blobs are.
    let script = """
      mkdir -p "$1/blobs" && mount -t tmpfs -o size=8m tmpfs "$1/blobs" && \
      exec "$0" serve --port 0 --data "$1"
      """
    let host = try MountNamespace.start(
      script, [BuiltProducts.program("jackfield"), keeper.folder.path])
    let line = try host.waitForLine { $0.contains("listening on http") }
    let base = line.split(separator: " ").last.map(String.init) ?? ""
    let token = url.split(separator: "/").last.map(String.init) ?? ""
    _ = try WebRequest(base + "/in/" + token, body: "{}").send()
    let run = try keeper.waitForEnd(of: 1)
    #expect(run["save"].errorClass == "failed" && run["save"].code == "disk_full", "\(run)")
    #expect(run["save"].message.contains("free some space"))
    #expect(target.requestLines.count == 1, "it is not sent again")
    // A file of the gallery meets the same disk, and what fits still does.
    let large = keeper.folder.file("large")
    try #require(try Subprocess.run("truncate", ["-s", "20M", large]).isSuccess)
    let refused = try keeper.command(["media", "add", large])
    #expect(!refused.isSuccess && refused.errors.contains("the disk is full"), "\(refused.errors)")
    let small = keeper.folder.write("small", to: "small.txt")
    #expect(try keeper.json("media", "add", small)["bytes"] == 5)
    #expect(try keeper.json("media", "list").asList?.count == 1)
    Glibc.kill(host.pid, SIGTERM)
    #expect(try host.wait(timeout: .seconds(30)).isSuccess)
  }
}
