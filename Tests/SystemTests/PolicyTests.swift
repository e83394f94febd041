// SPDX-License-Identifier: Apache-2.0
// The policy of a plugin: where each value comes from, and that it takes effect.
import TestKit
import Testing
import Values

@Suite struct PolicyTests {
  @Test func `plugin show says where each value of the policy comes from`() throws {
    let keeper = Operator()
    try keeper.apply(
      project: Document.project(plugins: ["http": Document.plugin(fallback: "continue")]))

    let http = try policy(keeper, "http", "http.request")
    #expect(http["timeout_from"] == "manifest" && http["timeout"] == "1 min")
    #expect(http["fallback_from"] == "project" && http["fallback"] == "continue")

    let row = try policy(keeper, "data_storage", "data_storage.create_row")
    #expect(row["timeout_from"] == "host" && row["timeout"] == "1 min")
    #expect(row["fallback_from"] == "host" && row["fallback"] == "stop")

    for (most, timeout, asked) in [("2 min", "90 s", nil), (nil, "1 min", "90 s")] as [Case] {
      try keeper.apply(
        project: Document.project(plugins: [
          "http": Document.plugin(timeout: "90 s", timeoutMax: most)
        ]))
      let changed = try policy(keeper, "http", "http.request")
      #expect(changed["timeout_from"] == "project", "\(changed)")
      #expect(changed["timeout"] == .text(timeout), "\(changed)")
      #expect(changed["timeout_asked"]?.asText == asked, "cut by the ceiling: \(changed)")
      #expect(changed["fallback_from"] == "host" && changed["fallback"] == "stop")
    }
  }

  private typealias Case = (most: String?, timeout: String, asked: String?)

  private func policy(_ keeper: Operator, _ plugin: String, _ action: String) throws -> JSONValue {
    let shown = try keeper.json("plugin", "show", plugin, "--project", Document.project)
    let actions = shown["actions"]?.asList ?? []
    return try #require(actions.first { $0["id"] == .text(action) }, "\(shown)")
  }

  /// The manifest of the plugin that hangs says 5 s, the host would say 60 s.
  @Test(arguments: [(nil, "1 s"), ("1 s", "1 min")] as [(String?, String)])
  func `the action's timeout beats the project's, which beats the manifest's`(
    action: String?, project: String
  ) throws {
    let keeper = Operator()
    let plugin = try FixturePlugin("hangs")
    var text = try #require(TestFile.text(of: plugin.folder("plugin.json")))
    text = text.split(separator: "5 s", omittingEmptySubsequences: false).joined(separator: "1 min")
    plugin.folder.write(text, to: "plugin.json")
    let host = try ServedHost(
      keeper,
      plugins: [
        ["id": "data_storage"], ["id": "listener"], ["path": .text(plugin.folder.path)],
      ])
    try keeper.apply(
      project: Document.project(
        plugins: ["hangs": Document.plugin(timeout: project, fallback: "continue")]))
    let more: JSONObject = action.map { ["timeout": .text($0)] } ?? [:]

    let (view, _) = try keeper.run(
      Document.connector(
        "overdue", Document.action("hang", "hangs.run", with: ["hang": true], more),
        Document.row("after")))

    #expect(view["hang"].status == "timeout", "\(view)")
    #expect(view["hang"].taken == "continue")
    let took = view["hang"].value["duration_ms"]?.asInteger ?? 0
    #expect(took >= 1_000 && took < 20_000, "\(took) ms")
    #expect(try keeper.keys() == ["after"])
    try host.stop()
  }

  @Test(
    arguments: [
      (nil, nil, false), ("continue", nil, true), ("continue", "stop", false),
      ("stop", "continue", true),
    ] as [(String?, String?, Bool)])
  func `the action's fallback beats the project's, which beats the host's`(
    project: String?, action: String?, goesOn: Bool
  ) throws {
    let keeper = Operator()
    let target = try PythonServer("http_target", ["--script", "[{\"status\": 404}]"])
    try keeper.apply(
      project: Document.project(plugins: [
        "http": Document.plugin(hosts: ["127.0.0.1:\(target.port)"], fallback: project)
      ]))
    let more: JSONObject = action.map { ["fallback": .text($0)] } ?? [:]

    let (view, code) = try keeper.run(
      Document.connector(
        "failing", Document.action("get", "http.request", with: ["url": .text(target.url)], more),
        Document.row("after")))

    #expect(view["get"].status == "failed" && view["get"].code == "http_not_found", "\(view)")
    #expect(view["get"].taken == (goesOn ? "continue" : "stop"), "\(view)")
    #expect(try keeper.keys() == (goesOn ? ["after"] : []))
    #expect(code == (goesOn ? 0 : 1))
  }

  @Test func `a slow target ends by the project's timeout, and nothing waits longer`() throws {
    let keeper = Operator()
    let target = try PythonServer("http_target", ["--script", "[{\"hang\": true}]"])
    try keeper.apply(
      project: Document.project(plugins: [
        "http": Document.plugin(
          hosts: ["127.0.0.1:\(target.port)"], timeout: "1 s", fallback: "continue")
      ]))

    let (view, code) = try keeper.run(
      Document.connector(
        "slow", Document.action("get", "http.request", with: ["url": .text(target.url)])))

    #expect(code == 0)
    #expect(view["get"].code == "timeout", "\(view)")
    #expect(view["get"].taken == "continue")
    #expect((view.duration ?? .max) < 20_000)
  }

  @Test func `an action of a plugin that is not enabled is an error, and denied in a run`() throws {
    let keeper = Operator()
    let connector = Document.connector(
      "hook", Document.action("get", "http.request", with: ["url": "http://127.0.0.1:1/"]))
    try keeper.apply(project: Document.project())
    let file = keeper.write(connector, to: "hook.json")

    let checked = try keeper.command(["connector", "check", file])
    #expect(checked.status == .exited(2))
    #expect(checked.errors.contains("jackfield plugin enable http"), "\(checked.errors)")

    // Applied while it was enabled, then taken away while the host runs.
    try keeper.command("plugin", "enable", "http", "--project", Document.project)
    try keeper.apply(connector: connector)
    let host = try ServedHost(keeper)
    let url = try #require(try keeper.json("connector", "show", "hook")["url"]?.asText)
    try keeper.command("plugin", "disable", "http")
    let denied = try keeper.waitForEnd(of: host.post(["n": 1], to: url))
    #expect(denied.state == "failed")
    #expect(denied["get"].errorClass == "denied", "\(denied)")
    #expect(denied["get"].code == "plugin_not_enabled")

    try keeper.command("plugin", "enable", "http", "--host", "127.0.0.1:1")
    let again = try keeper.waitForEnd(of: host.post(["n": 2], to: url))
    #expect(again["get"].errorClass == "unavailable", "nobody listens on port 1: \(again)")
    try host.stop()
  }

  @Test func `a set file gives a host two bundled plugins and one of a third party, no more`()
    throws
  {
    let keeper = Operator()
    let echo = try FixturePlugin("echo")
    let host = try ServedHost(
      keeper,
      plugins: [
        ["id": "data_storage"], ["id": "listener"], ["path": .text(echo.folder.path)],
      ])

    let listed = try keeper.json("plugin", "list", "--project", "default").asList ?? []
    #expect(listed.compactMap { $0["id"]?.asText } == ["data_storage", "echo", "listener"])

    try keeper.apply(project: Document.project(plugins: ["echo": [:]]))
    let (view, code) = try keeper.run(
      Document.connector(
        "mirror",
        Document.action("say", "echo.run", with: ["word": "{{event.word}}"], ["save": "said"]),
        Document.row("{{said.word}}")),
      event: ["word": "plain C"])
    #expect(code == 0, "\(view)")
    #expect(try keeper.keys() == ["plain C"])
    try host.stop()
  }
}
