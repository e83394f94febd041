// SPDX-License-Identifier: Apache-2.0
// Builds that take the place of others: when a project follows, when it stays, how it goes back.
import TestKit
import Testing
import Values

@Suite struct PluginUpgradeTests {
  private let keeper = Operator()

  /// A build of `acme-echo` that needs `w`, a text, and gives it back.
  private func build(
    _ version: String, parameters: JSONValue = ["type": "string"],
    edit: (inout JSONObject) -> Void = { _ in }
  ) throws -> FixturePlugin {
    try FixturePlugin("echo", as: "acme-echo", version: version) { manifest in
      var action = manifest["actions"]?[0]?.asObject ?? [:]
      action["parameters"] = [
        "type": "object", "required": ["w"], "properties": ["w": parameters],
      ]
      action["errors"] = [["code": "no_credit", "class": "denied"]]
      manifest["actions"] = [.object(action)]
      edit(&manifest)
    }
  }

  private func start(_ plugin: FixturePlugin) throws {
    try keeper.apply(project: Document.project())
    try keeper.command("plugin", "install", plugin.folder.path)
    try keeper.command("plugin", "enable", "acme-echo", "--project", Document.project)
  }

  private func inUse() throws -> JSONValue {
    try keeper.json("plugin", "show", "acme-echo", "--project", Document.project)
  }

  private func expect(version: String, _ place: SourceLocation = #_sourceLocation) throws {
    let shown = try inUse()
    #expect(shown["version"]?.asText == version, "\(shown)", sourceLocation: place)
    let run = try keeper.run(
      Document.connector("say", Document.action("call", "acme-echo.run", with: ["w": "a"])))
    let build = run.view["call"].value["build"]?.asText ?? "none"
    #expect(
      shown["hash"]?.asText?.hasPrefix(build) == true, "\(run.view)", sourceLocation: place)
  }

  @Test func `a running host follows a compatible build, and can go back and forth`() throws {
    try start(build("1.0.0"))
    let host = try ServedHost(keeper)
    try expect(version: "1.0.0")
    let wider = try build("1.1.0", parameters: ["type": ["string", "integer"]])
    let installed = try keeper.command("plugin", "install", wider.folder.path)
    #expect(installed.contains("project \(Document.project): acme-echo 1.0.0 → 1.1.0"))
    try expect(version: "1.1.0")

    try keeper.command("plugin", "upgrade", "acme-echo", "--rollback", "--project", Document.project)
    try expect(version: "1.0.0")
    #expect(try inUse()["waiting"]?["code"] == "held")
    // Held where it is, whatever is installed next.
    let next = try build("1.2.0")
    let kept = try keeper.command("plugin", "install", next.folder.path)
    #expect(kept.contains("stays on acme-echo 1.0.0: it is held there"), "\(kept)")
    try expect(version: "1.0.0")
    try keeper.command("plugin", "upgrade", "acme-echo", "--project", Document.project)
    // From texts and integers to texts alone; but it was at 1.0.0, which took texts only.
    try expect(version: "1.2.0")
    try keeper.command(
      "plugin", "enable", "acme-echo", "--version", "1.1.0", "--project", Document.project)
    try expect(version: "1.1.0")
    try host.stop()
  }

  @Test func `a project that was away when a build came is told of it, and takes it when asked`()
    throws
  {
    let (old, new) = (try build("1.0.0"), try build("1.1.0"))
    try start(old)
    try keeper.command("plugin", "disable", "acme-echo", "--project", Document.project)
    let installed = try keeper.command("plugin", "install", new.folder.path)
    #expect(!installed.contains("project"), "\(installed)")
    try keeper.command("plugin", "enable", "acme-echo", "--project", Document.project)
    try expect(version: "1.0.0")
    #expect(try inUse()["waiting"]?["code"] == "available")
    #expect(try keeper.command(["status"]).isSuccess)
    try keeper.command("plugin", "upgrade", "acme-echo", "--project", Document.project)
    try expect(version: "1.1.0")
    #expect(try inUse()["waiting"] == nil)
    // The build that went is nobody's loss where the plugin is not enabled.
    try keeper.command("plugin", "disable", "acme-echo", "--project", Document.project)
    try keeper.command("plugin", "remove", "acme-echo", "1.1.0")
    #expect(try inUse()["state"] == "disabled" && inUse()["version"] == "1.0.0")
    try keeper.command("plugin", "enable", "acme-echo", "--project", Document.project)
    try expect(version: "1.0.0")
  }

  @Test(arguments: [
    ("narrower", "parameter w"), ("actions", "action acme-echo.run is not there any more"),
    ("codes", "error code no_credit is not there any more"),
  ])
  func `a build that connectors may break on is taken by the operator's word only`(
    change: String, named: String
  ) throws {
    try start(build("1.0.0"))
    try keeper.apply(
      connector: Document.connector(
        "calls", Document.action("call", "acme-echo.run", with: ["w": "long enough"])))
    let major = try build(
      "2.0.0", parameters: ["type": "string", "maxLength": change == "narrower" ? 3 : 1_000_000]
    ) { manifest in
      var action = manifest["actions"]?[0]?.asObject ?? [:]
      if change == "codes" { action["errors"] = [] }
      if change == "actions" { action["id"] = "acme-echo.other_run" }
      if change != "narrower" {
        action["parameters"] = [
          "type": "object", "required": ["w"], "properties": ["w": ["type": "string"]],
        ]
      }
      manifest["actions"] = [.object(action)]
    }
    let kept = try keeper.command("plugin", "install", major.folder.path)
    #expect(kept.contains("stays on acme-echo 1.0.0") && kept.contains(named), "\(kept)")
    #expect(kept.contains("--major"), "\(kept)")
    #expect(try inUse()["version"] == "1.0.0" && inUse()["waiting"]?["code"] == "incompatible")
    let again = try keeper.command(
      ["plugin", "upgrade", "acme-echo", "--project", Document.project])
    #expect(again.status == .exited(1) && again.output.contains(named), "\(again.output)")

    let taken = try keeper.command(
      ["plugin", "upgrade", "acme-echo", "--major", "--project", Document.project])
    #expect(taken.isSuccess, "\(taken.errors)")
    #expect(try inUse()["version"] == "2.0.0")
    let breaks = taken.errors.contains("connector calls does not check any more")
    #expect(breaks == (change != "codes"), "\(taken.errors)")
    // Another project still has the one before.
    try keeper.command("project", "create", "other")
    try keeper.command(
      "plugin", "enable", "acme-echo", "--version", "1.0.0", "--project", "other")
    let other = try keeper.json("plugin", "show", "acme-echo", "--project", "other")
    #expect(other["version"] == "1.0.0")
    let removed = try keeper.command(["plugin", "remove", "acme-echo", "1.0.0"])
    #expect(removed.errors.contains("project other uses this build"), "\(removed.errors)")
  }

  @Test func `an upgrade that asks for more waits until it is approved`() throws {
    try start(
      build("1.0.0") { $0["grants"] = ["hosts": ["api.acme.example"], "memory": "64 MiB"] })
    try keeper.command(
      "plugin", "enable", "acme-echo", "--without", "host=api.acme.example", "--project",
      Document.project)
    let host = try ServedHost(keeper)
    let more = try build("1.1.0") {
      $0["grants"] = [
        "hosts": ["api.acme.example", "up.acme.example"], "memory": "512 MiB", "runs": true,
      ]
    }
    let kept = try keeper.command(
      ["plugin", "upgrade", "acme-echo", more.folder.path, "--project", Document.project])
    #expect(kept.status == .exited(1), "\(kept.output)")
    for words in ["host up.acme.example", "512 MiB of memory", "runs", "plugin approve acme-echo"] {
      #expect(kept.output.contains(words), "\(words): \(kept.output)")
    }
    #expect(!kept.output.contains("(host api.acme.example"), "was withheld: \(kept.output)")
    try expect(version: "1.0.0")
    let list = try keeper.command("plugin", "list", "--project", Document.project)
    #expect(list.contains("plugin approve acme-echo"), "\(list)")
    let status = try keeper.command(["status"])
    #expect(status.status == .exited(1) && status.output.contains("approve"), "\(status.output)")

    let approved = try keeper.json("plugin", "approve", "acme-echo", "--project", Document.project)
    #expect(approved["move"]?["moved"] == true && approved["granted"]?.asList?.count == 3)
    try expect(version: "1.1.0")
    let grants = try inUse()["grants"]
    #expect(grants?["hosts"] == ["up.acme.example"] && grants?["memory"] == "512 MiB")
    #expect(try keeper.command(["status"]).isSuccess)
    try host.stop()
  }

  @Test func `a call that is under way ends on the build it began with`() throws {
    let target = try PythonServer(
      "http_target", ["--script", #"[{"delay_ms": 1200, "times": 1}]"#])
    let version = { (version: String) in
      try FixturePlugin("services", as: "acme-services", version: version) { manifest in
        manifest["grants"] = [:]
        manifest["requires"] = ["interfaces": ["jackfield.http/1"]]
      }
    }
    let (old, new) = (try version("1.0.0"), try version("1.1.0"))
    try keeper.apply(project: Document.project())
    let first = try keeper.json("plugin", "install", old.folder.path)["hash"]?.asText ?? ""
    try keeper.command(
      "plugin", "enable", "acme-services", "--host", "127.0.0.1:\(target.port)", "--project",
      Document.project)
    let host = try ServedHost(keeper)
    let url = try keeper.apply(
      connector: Document.connector(
        "slow",
        Document.action(
          "call", "acme-services.run", with: ["use": "http", "url": .text(target.url)])))
    let run = try host.post([:], to: url)
    try poll(for: "the request to be under way") { target.requestLines.isEmpty ? nil : () }
    let second = try keeper.json("plugin", "install", new.folder.path)["hash"]?.asText ?? ""
    let ended = try keeper.waitForEnd(of: run)
    #expect(ended["call"].output["value"]?["status"] == 200, "\(ended)")
    #expect(first.hasPrefix(ended["call"].value["build"]?.asText ?? "none"), "\(ended)")
    let next = try keeper.waitForEnd(of: try host.post([:], to: url))
    #expect(second.hasPrefix(next["call"].value["build"]?.asText ?? "none"), "\(next)")
    #expect(target.requestLines.count == 2)
    try host.stop()
  }

  @Test func `a bundled plugin changes with the host and is never held to a hash unasked`() throws {
    let folder = try FixturePlugin("echo", as: "acme-echo")
    let serve = {
      try ServedHost(
        keeper,
        plugins: [
          ["id": "data_storage"], ["id": "listener"], ["path": .text(folder.folder.path)],
        ])
    }
    let host = try serve()
    try keeper.apply(project: Document.project(plugins: ["acme-echo": [:]]))
    let same = try keeper.command("plugin", "upgrade", "acme-echo", "--project", Document.project)
    #expect(same.contains("is on acme-echo 1.0.0"), "\(same)")
    try keeper.command("plugin", "enable", "acme-echo", "--runs", "--project", Document.project)
    try host.stop()
    let text = try #require(TestFile.text(of: folder.folder("plugin.json")))
    folder.folder.write(text + "\n", to: "plugin.json")
    let again = try serve()
    try expect(version: "1.0.0")
    try again.stop()
  }

  @Test func `a document that pins a version or a build is honoured`() throws {
    try start(build("1.0.0"))
    let first = try #require(try inUse()["hash"]?.asText)
    let pin = { (pins: JSONObject) in
      try keeper.apply(project: Document.project(plugins: ["acme-echo": .object(pins)]))
    }
    try pin(["version": "1"])
    let (second, third) = (try build("1.1.0"), try build("1.2.0"))
    try keeper.command("plugin", "install", second.folder.path)
    try expect(version: "1.1.0")
    try pin(["version": "1.0.0"])
    try expect(version: "1.0.0")
    let held = try keeper.command(
      ["plugin", "upgrade", "acme-echo", "--project", Document.project])
    #expect(held.output.contains("its document says version 1.0.0"), "\(held.output)")
    try pin(["sha256": .text(first)])
    let kept = try keeper.command("plugin", "install", third.folder.path)
    #expect(kept.contains("its document pins the build \(first)"), "\(kept)")
    try expect(version: "1.0.0")
    let enabled = try keeper.command([
      "plugin", "enable", "acme-echo", "--version", "1.2.0", "--project", Document.project,
    ])
    #expect(enabled.errors.contains("its document pins"), "\(enabled)")
    let unknown = try keeper.command(["plugin", "upgrade", "acme-echo", "--version", "9.0.0"])
    #expect(unknown.errors.contains("no build \"9.0.0\""), "\(unknown.errors)")
  }
}
