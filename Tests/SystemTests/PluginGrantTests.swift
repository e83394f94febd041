// SPDX-License-Identifier: Apache-2.0
// What a plugin is granted: asked for, shown, given, taken back, and denied where it is missing.
import TestKit
import Testing
import Values

@Suite struct PluginGrantTests {
  private let keeper = Operator()

  /// The plugin that uses every service, asking for what is given.
  private func services(_ grants: JSONValue = [:]) throws -> FixturePlugin {
    try FixturePlugin("services", as: "acme-services") { manifest in
      manifest["grants"] = grants
      manifest["collections"] = [["name": "thing", "fields": ["a": ["type": "integer"]]]]
      manifest["credentials"] = [
        [
          "kind": "acme_key", "fields": [["name": "key", "secret": true]],
          "send_as": ["bearer": "{key}"],
        ]
      ]
      manifest["requires"] = [
        "interfaces": [
          "jackfield.http/1", "jackfield.records/1", "jackfield.mail/1", "jackfield.runs/1",
        ]
      ]
    }
  }

  private func install(_ plugin: FixturePlugin) throws {
    try keeper.apply(project: Document.project())
    try keeper.command("plugin", "install", plugin.folder.path)
  }

  @discardableResult
  private func enable(_ words: String...) throws -> String {
    let line = ["plugin", "enable", "acme-services", "--project", Document.project] + words
    let result = try keeper.command(line)
    try #require(result.isSuccess, "\(line): \(result.errors)")
    return result.output
  }

  private func grants() throws -> JSONValue {
    let shown = try keeper.json("plugin", "show", "acme-services", "--project", Document.project)
    return try #require(shown["grants"])
  }

  private func use(_ parameters: JSONObject, _ options: [String] = []) throws -> RunView {
    let connector = Document.connector(
      "use", Document.action("call", "acme-services.run", with: .object(parameters)))
    let result = try keeper.command(
      ["run", keeper.write(connector, to: "draft.json"), "--json"] + options)
    return RunView(value: try JSONValue(parsing: result.output))
  }

  @Test func `each service denies what is not granted, and names the command for it`() throws {
    let target = try PythonServer("http_target")
    let here = "127.0.0.1:\(target.port)"
    try install(services())
    try enable()
    let set = try keeper.command(
      [
        "credential", "set", "acme", "--kind", "acme_key", "--host", here, "--project",
        Document.project,
      ], input: "s3cret-of-acme\n")
    try #require(set.isSuccess, "\(set.errors)")
    let cases: [(JSONObject, String, String)] = [
      (["use": "http", "url": .text(target.url)], "host_not_granted", "--host \(here)"),
      (["use": "credential", "name": "acme"], "credential_not_granted", "--credential acme"),
      (["use": "credential", "name": ""], "credential_not_granted", "--credential acme"),
      (
        ["use": "mail", "to": ["a@b.example"], "subject": "x"], "credential_not_granted",
        "--credential acme"
      ),
      (["use": "query"], "collection_not_granted", "--read thing"),
      (["use": "get", "id": "1"], "collection_not_granted", "--read thing"),
      (["use": "put", "fields": ["a": 1]], "collection_not_granted", "--write thing"),
      (["use": "remove", "id": "1"], "collection_not_granted", "--write thing"),
      (["use": "stop", "word": "enough"], "runs_not_granted", "--runs"),
      (["use": "start", "connector": "use"], "runs_not_granted", "--runs"),
      (["use": "cancel_delays", "delays": [["identifier": "x"]]], "runs_not_granted", "--runs"),
      (["use": "leave", "connector": "use", "word": "x"], "runs_not_granted", "--runs"),
    ]
    for (parameters, code, option) in cases {
      let said = try use(parameters)["call"].output
      #expect(said["code"]?.asText == code, "\(parameters): \(said)")
      #expect(said["class"] == 2, "JF_DENIED: \(said)")
      let command = "jackfield plugin enable acme-services --project \(Document.project) \(option)"
      #expect(said["message"]?.asText?.hasSuffix(command) == true, "\(said)")
    }
    #expect(target.requestLines.isEmpty)

    try enable("--host", here, "--credential", "acme", "--write", "thing", "--runs")
    for (parameters, code, _) in cases {
      let said = try use(parameters)["call"].output
      #expect(said["code"]?.asText != code, "\(parameters): \(said)")
    }
    #expect(target.requestLines.count == 1)
    try enable("--without", "write=thing", "--without", "runs", "--without", "host=\(here)")
    #expect(try use(["use": "query"])["call"].output["code"] == "collection_not_granted")
    #expect(try grants()["runs"] == false && grants()["hosts"] == [])
    #expect(try grants()["credentials"] == ["acme"])
  }

  @Test func `enabling shows what is asked, grants it, and says what is still missing`() throws {
    try install(
      services([
        "hosts": ["api.acme.example", "*"], "memory": "64 MiB", "time": "5 s", "concurrency": 3,
        "runs": true, "paths": ["read": ["/srv/in"], "write": ["/srv/out"]],
        "collections": ["read": ["contact"]],
      ]))
    let shown = try enable()
    for words in [
      "asks for\n  host api.acme.example", "to read contact", "to start, cancel and stop runs",
      "64 MiB of memory", "5 s for a call", "3 calls at a time", "hosts that you name",
      "a credential of kind acme_key", "it is not granted to read /srv/in",
      "--path /srv/out:rw",
      "credential set acme_key --kind acme_key --project \(Document.project), then",
    ] { #expect(shown.contains(words), "\(words): \(shown)") }
    let granted = try grants()
    #expect(granted["hosts"] == ["api.acme.example"] && granted["memory"] == "64 MiB")
    #expect(granted["time"] == "5 s" && granted["concurrency"] == 3 && granted["paths"] == nil)

    try enable("--path", "/srv/in", "--path", "/srv/out:rw", "--memory", "128 MiB")
    #expect(try grants()["paths"] == ["read": ["/srv/in"], "write": ["/srv/out"]])
    #expect(try grants()["memory"] == "128 MiB")
    try enable("--without", "host=api.acme.example", "--without", "path=/srv/out")
    // Enabling again changes only what is named.
    try enable("--concurrency", "2")
    #expect(try grants()["hosts"] == [] && grants()["paths"]?["write"] == [])

    let policy = try keeper.json("plugin", "show", "acme-services", "--project", Document.project)
    let action = policy["actions"]?[0]
    #expect(action?["timeout_max"] == "5 s" && action?["concurrency"] == 2, "\(policy)")
  }

  @Test func `wrong grants are refused with what to write`() throws {
    try install(services())
    let data = keeper.folder.path
    for (option, value, wanted) in [
      ("host", "https://api.example", "without scheme"), ("path", "relative/x", "absolute path"),
      ("path", "/srv/../etc", "absolute path"), ("path", data, "data folder"),
      ("path", "/", "absolute path"), ("path", data + "/plugins:rw", "data folder"),
      ("memory", "lots", "256 MiB"), ("time", "soon", "90 s"), ("concurrency", "0", "1 to 10000"),
      ("without", "everything", "runs, memory"), ("without", "host=api.example", "is not granted"),
      ("credential", "nobody", "no credential"), ("version", "9.9.9", "no build"),
    ] {
      let result = try keeper.command([
        "plugin", "enable", "acme-services", "--project", Document.project, "--\(option)", value,
      ])
      #expect(!result.isSuccess && result.errors.contains(wanted), "\(value): \(result.errors)")
    }
    let file = keeper.write(
      Document.project(plugins: ["acme-services": ["grants": ["paths": ["read": [.text(data)]]]]]),
      to: "greedy.json")
    let applied = try keeper.command(["project", "apply", file])
    #expect(applied.errors.contains("data folder"), "\(applied.errors)")
  }

  @Test func `a document's grants of paths, time and calls at once hold`() throws {
    try install(services(["memory": "64 MiB"]))
    try keeper.apply(
      project: Document.project(plugins: [
        "acme-services": [
          "grants": ["paths": ["read": ["/srv/a"]], "time": "2 min", "concurrency": 4],
          "policy": ["timeout": "90 s", "timeout_max": "5 min", "concurrency": 9],
        ]
      ]))
    let shown = try keeper.json("plugin", "show", "acme-services", "--project", Document.project)
    #expect(shown["grants"]?["paths"] == ["read": ["/srv/a"], "write": []], "\(shown)")
    #expect(shown["grants"]?["memory"] == "64 MiB")
    let action = shown["actions"]?[0]
    #expect(action?["timeout"] == "90 s" && action?["timeout_max"] == "2 min", "\(shown)")
    #expect(action?["concurrency"] == 4, "\(shown)")
  }

  @Test func `the time that is granted ends a call, whatever connector and policy say`() throws {
    let plugin = try FixturePlugin("hangs", as: "acme-hangs") { manifest in
      manifest["grants"] = ["time": "1 s"]
    }
    try install(plugin)
    try keeper.command("plugin", "enable", "acme-hangs", "--project", Document.project)
    let (view, _) = try keeper.run(
      Document.connector(
        "overdue",
        Document.action(
          "hang", "acme-hangs.run", with: ["hang": true],
          ["timeout": "50 s", "retry": ["attempts": 1]])))
    #expect(view["hang"].status == "timeout", "\(view)")
    #expect((view.duration ?? .max) < 30_000, "\(view)")
  }

  @Test func `serving permissively is said at the start, and what was used at the end`() throws {
    try install(services())
    let server = try keeper.folder.serve("--permissive")
    let (view, code) = try keeper.run(
      Document.connector(
        "use", Document.action("stop", "acme-services.run", with: ["use": "stop", "word": "x"])))
    #expect(code == 0 && view.state == "stopped", "\(view)")
    let ended = try server.stop()
    #expect(ended.errors.contains("PERMISSIVE"), "\(ended.errors)")
    #expect(ended.output.contains("plugin acme-services used"), "\(ended.output)")
    #expect(ended.output.contains("\"runs\": true"), "\(ended.output)")
  }

  @Test func `what redirects lead to is among what was used, also in between`() throws {
    let target = try PythonServer("http_target")
    let middle = try PythonServer("http_target", Self.redirecting(to: target))
    let start = try PythonServer("http_target", Self.redirecting(to: middle))
    try keeper.apply(project: Document.project(plugins: ["http": Document.plugin()]))
    let file = keeper.write(
      Document.connector(
        "far", Document.action("get", "http.request", with: ["url": .text(start.url)])),
      to: "far.json")
    let value = try JSONValue(
      parsing: keeper.command(["run", file, "--permissive", "--json"]).output)
    let hosts = value["permissive"]?["http"]?["grants"]?["hosts"]?.asList ?? []
    let ports = [start, middle, target].map { JSONValue.text("127.0.0.1:\($0.port)") }
    #expect(hosts.count == 3 && ports.allSatisfy(hosts.contains), "\(value)")
  }

  private static func redirecting(to server: PythonServer) -> [String] {
    let rule: JSONValue = ["status": 307, "headers": ["Location": .text(server.url)]]
    return ["--script", JSONValue.list([rule]).json]
  }

  @Test func `a permissive run denies nothing, and prints the grants for the manifest`() throws {
    let target = try PythonServer("http_target")
    try install(services())
    let both = Document.connector(
      "use",
      Document.action("get", "acme-services.run", with: ["use": "http", "url": .text(target.url)]),
      Document.action("ask", "acme-services.run", with: ["use": "query"]),
      Document.action("stop", "acme-services.run", with: ["use": "stop", "word": "enough"]))
    let file = keeper.write(both, to: "both.json")
    let words = ["run", file, "--permissive"]
    let shown = try keeper.command(words + ["--json"])
    #expect(shown.errors.contains("PERMISSIVE"), "\(shown.errors)")
    let value = try JSONValue(parsing: shown.output)
    let use = value["permissive"]?["acme-services"]
    let here = "127.0.0.1:\(target.port)"
    #expect(
      use?["grants"]
        == ["hosts": [.text(here)], "collections": ["read": ["thing"]], "runs": true], "\(value)")
    #expect(use?["beyond"]?.asList?.count == 3, "\(value)")
    #expect(target.requestLines.count == 1)
    let text = try keeper.command(words).output
    #expect(text.contains("as \"grants\" of its plugin.json"), "\(text)")
    #expect(text.contains("not granted here: host \(here)"), "\(text)")

    // Without it everything is as it was, and a host that serves is not talked into it.
    #expect(try keeper.command(["run", file]).status == .exited(2))
    let host = try ServedHost(keeper)
    let refused = try keeper.command(words)
    #expect(refused.status == .exited(2) && refused.errors.contains("serve --permissive"))
    try host.stop()
  }

  @Test func `a disabled plugin's runs do what the operator says`() throws {
    try install(services())
    try enable()
    let words = ["plugin", "disable", "acme-services", "--project", Document.project, "--runs"]
    #expect(try keeper.command(words + ["wait"]).output.contains("wait until it is enabled"))
    let waiting = try keeper.json("plugin", "show", "acme-services", "--project", Document.project)
    #expect(waiting["when_disabled"] == "wait" && waiting["enabled"] == false)
    #expect(try keeper.command(words + ["fall_back"]).output.contains("take their fallbacks"))
    #expect(try keeper.command(words + ["sleep"]).status == .exited(2))
  }

  @Test(arguments: [false, true])
  func `on a terminal what is missing is asked for in order, and the credential tested`(
    beside: Bool
  ) throws {
    let cloud = try PythonServer(
      "http_target", ["--script", #"[{"status": 200, "times": 1}, {"status": 401}]"#])
    let plugin = try FixturePlugin("services", as: "acme-services") { manifest in
      manifest["grants"] = ["hosts": ["*"], "paths": ["read": ["/srv/in"]]]
      manifest["credentials"] = [
        [
          "kind": "acme_key",
          "fields": [
            ["name": "base_url", "title": "Address", "type": "url"],
            ["name": "key", "title": "Key", "secret": true],
          ],
          "send_as": ["bearer": "{key}"], "hosts": ["{base_url}"],
          "test": ["method": "GET", "url": "{base_url}/me", "expect": 200],
        ]
      ]
    }
    try install(plugin)
    let host = beside ? try ServedHost(keeper) : nil
    let words = ["plugin", "enable", "acme-services", "--project", Document.project]
    let shown = try keeper.onTerminal(
      words,
      typing: ["y", "api.acme.example", "", "acme_main", cloud.url, "t0p-s3cret"]
        .joined(separator: "\n"))
    #expect(shown.isSuccess, "\(shown.output)")
    #expect(shown.output.contains("grant to read /srv/in? [y/N]: "), "\(shown.output)")
    #expect(!shown.output.contains("t0p-s3cret"), "\(shown.output)")
    #expect(shown.output.contains("GET \(cloud.url)/me: 200, it works"), "\(shown.output)")
    let request = try JSONValue(parsing: try #require(cloud.requestLines.first))
    #expect(request["headers"]?["authorization"] == "Bearer t0p-s3cret", "\(request)")
    let granted = try grants()
    #expect(granted["credentials"] == ["acme_main"])
    #expect(granted["paths"]?["read"] == ["/srv/in"])
    #expect(granted["hosts"]?.asList?.contains("api.acme.example") == true)

    let tested = try keeper.command(
      ["credential", "test", "acme_main", "--project", Document.project])
    #expect(tested.status == .exited(1), "\(tested)")
    #expect(tested.output.contains("401, expected 200"), "\(tested)")
    try host?.stop()
  }
}
