// SPDX-License-Identifier: Apache-2.0
// Secrets are planted in every field, sent to peers that echo them, and looked for everywhere.
import Glibc
import TestKit
import Testing
import Values

@Suite struct PlantedSecretsTests {
  private let world: PlantedSecrets
  private let outputs = TemporaryFolder()

  init() throws { world = try PlantedSecrets() }

  private var keeper: Operator { world.keeper }

  @Test func `a secret stands in no file, no log, no output and no plugin's view`() throws {
    for plugin in ["http", "acme-views", "chatgpt", "whatsapp", "email"] {
      try keeper.command("plugin", "record", plugin, "on", "--project", Document.project)
    }
    let host = try ServedHost(keeper)
    try useThroughRequests(host)
    try useThroughPlugins()
    try useThroughViews()
    try useHook(host)
    try look()
    try lookAtRuns()
    #expect(try workersKeepTheirMemory(of: host))
    Glibc.kill(host.process.pid, SIGTERM)
    let end = try host.process.wait(timeout: .seconds(60))
    #expect(end.isSuccess, "\(end.errors.suffix(500))")
    // What a plugin prints is in the log: its whole view.
    #expect(end.errors.contains("***") && end.errors.contains("credential: kind"))
    outputs.write(end.errors + end.output, to: "log")

    try expectThatSecretsArrived()
    let found = try world.find(in: [
      keeper.folder.path, keeper.folder.file("backup"), outputs.path,
    ])
    #expect(found == "", "\(found.prefix(4_000))")
    try expectThatTheSearchFinds()
  }

  /// Without this the test could be about nothing.
  private func expectThatSecretsArrived() throws {
    let lines = world.peer.requestLines
    for name in ["bearer", "header"] {
      let value = JSONValue.text(world.secrets(of: name)[0]).json.dropFirst().dropLast()
      #expect(lines.contains { $0.contains(value) }, "\(name) did not arrive")
    }
    for (name, header) in [
      ("basic", "authorization"), ("signature", "x-hub-signature-256"), ("aws", "x-amz-date"),
      ("standard_webhook", "webhook-signature"), ("aws", "x-amz-security-token"),
      ("ai", "authorization"), ("wa_error", "authorization"),
    ] {
      let asked = try lines.map { try JSONValue(parsing: $0) }.filter {
        $0["path"]?.asText?.contains("/\(name)") == true
      }
      #expect(asked.contains { $0["headers"]?[header] != nil }, "\(name) did not arrive")
    }
    #expect(lines.contains { $0.contains("api_key=Pl4") }, "the query did not arrive")
    #expect(!lines.contains { $0.contains(world.secrets(of: "signature")[0]) })
    #expect(world.mail.requestLines.contains { $0.contains("\"user\": \"user\"") })
    #expect(world.strictMail.requestLines.contains { $0.contains("not the password") })
  }

  /// Each secret, in each spelling, is found where it does stand.
  private func expectThatTheSearchFinds() throws {
    let folder = TemporaryFolder()
    let planted = world.peer.requestLines + world.mail.requestLines
    folder.write(planted.joined(separator: "\n"), to: "seen")
    let found = try world.find(in: [folder.path])
    for spelling in ["raw", "json", "percent", "base64_"] {
      #expect(found.contains("as \(spelling)"), "\(spelling): \(found)")
    }
  }

  // MARK: using the credentials

  /// What `http.request` sends, by a connector that is saved, so that its exchanges are listed.
  private func useThroughRequests(_ host: ServedHost) throws {
    func get(_ name: String, _ manner: String) -> JSONValue {
      Document.action(
        "\(manner)_\(name)", "http.request",
        with: [
          "method": "POST", "url": .text("\(world.peer.url)/\(manner)/\(name)"),
          "credential": .text(name), "body_kind": "json", "body": ["a": 1],
        ])
    }
    let components =
      PlantedSecrets.ofHTTP.map { get($0, "body") } + [get("basic", "error"), get("aws", "away")]
    let url = try keeper.apply(connector: connector("requests", components))
    _ = try keeper.waitForEnd(of: host.post([:], to: url))
  }

  /// What the other bundled plugins send, and the tests of credentials.
  private func useThroughPlugins() throws {
    try run(
      "plugins",
      ["ai", "ai_error"].map {
        Document.action($0, "chatgpt.ask", with: ["prompt": "hello", "credential": .text($0)])
      }
        + ["phone", "phone_error"].map {
          Document.action(
            $0, "whatsapp.send_message",
            with: ["to": ["+15550002222"], "channel": .text($0), "text": "hello"])
        }
        + ["mail", "strict"].map {
          Document.action(
            $0, "email.send",
            with: ["to": ["b@test.test"], "channel": .text($0), "subject": "s", "text": "hello"])
        })
    for name in ["ai", "ai_error", "wa", "wa_error"] {
      let result = try keeper.command(["credential", "test", name])
      #expect(result.output.contains(name.hasSuffix("error") ? "401" : "200"), "\(result)")
      outputs.write(result.output + result.errors, to: "test-\(name)")
    }
  }

  /// A plugin that tells all it sees, in every manner of the peer.
  private func useThroughViews() throws {
    for manner in ["body", "names", "split", "error", "redirect", "away", "cut"] {
      let view = try run(
        manner,
        PlantedSecrets.ofHTTP.map { name in
          Document.action(
            name, "acme-views.run",
            with: [
              "url": .text("\(world.peer.url)/\(manner)/\(name)"), "credential": .text(name),
            ])
        })
      for name in PlantedSecrets.ofHTTP {
        let isAnswered = !["away", "cut"].contains(manner)
        let hasSucceeded = view[name].status == "succeeded"
        #expect(hasSucceeded == isAnswered, "\(manner) \(name): \(view[name])")
      }
    }
  }

  @discardableResult
  private func run(_ name: String, _ components: [JSONValue]) throws -> RunView {
    let (view, code) = try keeper.run(connector(name, components))
    outputs.write("\(view)", to: "run-\(name)")
    let told = Set(view.timeline.map(\.component))
    #expect(view.isFinished && told.count == components.count, "\(code): \(view)")
    return view
  }

  private func connector(_ name: String, _ components: [JSONValue]) -> JSONValue {
    [
      "format": 1, "project": .text(Document.project), "name": .text(name),
      "trigger": ["webhook": [:]],
      "steps": [["id": "only", "components": .list(components)]],
    ]
  }

  /// A webhook whose sender shows the secret that it was given.
  private func useHook(_ host: ServedHost) throws {
    let secret = world.secrets(of: "hook")[0]
    let url = try keeper.apply(
      connector: Document.connector(
        "hook", webhook: ["auth": [["scheme": "bearer", "secret": "hook"]]],
        Document.row("{{event.key}}")))
    var request = WebRequest(url, body: #"{"key": "1"}"#)
    request.headers["Authorization"] = "Bearer " + secret
    let taken = try request.send()
    #expect(taken.status == 202, "\(taken)")
    request.headers["Authorization"] = "Basic " + secret
    let refused = try request.send()
    #expect(refused.status == 401)
    outputs.write(taken.body + refused.body, to: "hook")
    try poll(for: "the row") { try keeper.keys() == ["1"] ? () : nil }
  }

  // MARK: looking

  /// What every command prints about it.
  private func look() throws {
    let commands = [
      "credential list", "runs list", "status", "doctor", "project export", "project show",
      "connector list", "connector show hook", "connector events hook", "connector export hook",
      "plugin list", "plugin show http", "plugin show acme-views", "breaker list", "alert list",
      "credential rotate-key", "backup \(keeper.folder.file("backup"))",
    ]
    for command in commands {
      let words = command.split(separator: " ").map(String.init)
      for options in command.hasPrefix("backup") ? [[]] : [[], ["--json"]] {
        let result = try keeper.command(words + options)
        #expect(result.status != .exited(2), "\(command): \(result.errors)")
        outputs.write(
          result.output + result.errors, to: words.prefix(2).filter { !$0.contains("/") }
            .joined(separator: "-") + options.joined())
      }
    }
  }

  private func lookAtRuns() throws {
    let runs = try keeper.runs()
    #expect(runs.count >= 10)
    var records = 0
    for run in runs {
      for options in [[], ["--json"]] {
        let shown = try keeper.command(["runs", "show", String(run.id)] + options)
        outputs.write(shown.output, to: "run-\(run.id)" + options.joined())
      }
      records += try record(run)
    }
    #expect(records >= 60, "\(records)")
    for name in ["body_basic", "body_aws", "error_basic", "away_aws"] {
      let shown = try keeper.command(["action", "log", "requests", name])
      #expect(shown.isSuccess && !shown.output.isEmpty, "\(name): \(shown.errors)")
      outputs.write(shown.output + shown.errors, to: "log-\(name)")
    }
  }

  /// Every call of the run as its plugin's author would get it, and run again by them; how many there
  /// were.
  private func record(_ run: RunView) throws -> Int {
    let recorded = try keeper.show(run.id).timeline.filter { $0.value["recorded"] == true }
    for number in recorded.compactMap({ $0.value["attempt"]?.asInteger }) {
      let record = try keeper.command(
        ["runs", "show", String(run.id), "--attempt", "\(number)", "--record"])
      #expect(record.isSuccess, "\(record.errors)")
      let file = outputs.write(record.output, to: "record-\(run.id)-\(number)")
      let again = try keeper.command(["plugin", "replay", file])
      #expect(again.isSuccess, "\(again.output)\(again.errors)\n\(record.output.prefix(4_000))")
    }
    return recorded.count
  }

  /// No process of the host may leave a core file.
  private func workersKeepTheirMemory(of host: ServedHost) throws -> Bool {
    let workers = ProcessEntry.below(host.process.pid)
    try #require(workers.count > 3, "the workers are there")
    return ([host.process.pid] + workers.map(\.pid)).allSatisfy { pid in
      let limits = TestFile.text(of: "/proc/\(pid)/limits") ?? ""
      let line = limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") } ?? ""
      return line.split(separator: " ").dropFirst(4).prefix(2) == ["0", "0"]
    }
  }
}
