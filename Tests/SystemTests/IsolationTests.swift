// SPDX-License-Identifier: Apache-2.0
// Plugins inside of the host, as an operator asks for them and sees them.
import TestKit
import Testing
import Values

@Suite struct IsolationTests {
  private let keeper = Operator()
  private static let red = "\u{1B}[31m"

  private func trust() throws {
    try keeper.apply(project: Document.project(plugins: ["data_storage": ["isolation": "none"]]))
  }

  @Test func `rows are kept by a plugin inside of the host`() throws {
    try trust()
    for key in ["1", "2"] {
      let (view, code) = try keeper.run(Document.connector("keep", Document.row(key)))
      #expect(code == 0 && view.state == "succeeded", "\(view)")
    }
    #expect(try keeper.keys() == ["1", "2"])
    let wrong = Document.action(
      "row", "data_storage.create_row", with: ["storage": "Nowhere", "fields": ["Key": "x"]])
    let (view, _) = try keeper.run(Document.connector("fail", wrong))
    #expect(view["row"].errorClass == "not_found", "\(view)")
  }

  @Test func `a host that serves has no worker for it, and says so in red wherever it is asked`()
    throws
  {
    try trust()
    let host = try ServedHost(keeper)
    let warning = "warning: plugin data_storage of t runs inside of the host"
    try poll(for: "the warning") { host.process.output.contains(warning) ? () : nil }
    #expect(!host.process.output.contains(Self.red), "no terminal, no colour")
    let url = try keeper.apply(connector: Document.connector("keep", Document.row("{{event.key}}")))
    let run = try host.post(["key": "7"], to: url)
    #expect(try keeper.waitForEnd(of: run).state == "succeeded")
    let workers = ProcessEntry.below(host.process.pid).filter { $0.name.contains("worker") }
    #expect(!workers.contains { $0.name.contains("data_storage") })

    let status = try keeper.json("status")
    #expect(status["inside"]?.asList?.first?["plugin"] == "data_storage")
    #expect(status["inside"]?.asList?.first?["isolation"] == "none", "\(status)")
    let shown = try keeper.json("plugin", "show", "data_storage", "--project", Document.project)
    #expect(shown["isolation"] == "none")
    let other = try keeper.json("plugin", "show", "crm", "--project", Document.project)
    #expect(other["isolation"] == "worker")
    let checks = try keeper.json("doctor")["checks"]?.asList ?? []
    #expect(checks.contains { $0["check"] == "isolation" && $0["ok"] == true }, "\(checks)")

    for words in [
      ["status"], ["doctor"], ["plugin", "list", "--project", Document.project],
      ["plugin", "show", "data_storage", "--project", Document.project],
    ] {
      let terminal = try keeper.onTerminal(words)
      let line = terminal.output.split(separator: "\n").first { $0.contains("inside of the host") }
      #expect(line?.contains(Self.red) == true, "\(words): \(terminal.output)")
      let plain = try keeper.command(words)
      #expect(plain.output.contains("inside of the host") && !plain.output.contains(Self.red))
    }
    try host.stop()
    let after = try keeper.command(["doctor"])
    #expect(after.output.contains("inside of the host"), "\(after.output)")
  }

  @Test func `what deals with the outside stays in its own process`() throws {
    try keeper.apply(project: Document.project())
    let file = keeper.write(
      Document.project(plugins: ["transport_http": ["isolation": "none"]]), to: "trusting.json")
    let refused = try keeper.command(["project", "apply", file])
    #expect(!refused.isSuccess)
    #expect(refused.errors.contains("never runs inside of the host"), "\(refused.errors)")
  }

  @Test func `taken out of the document, the plugin runs in a worker again`() throws {
    try trust()
    _ = try keeper.run(Document.connector("keep", Document.row("1")))
    try keeper.apply(project: Document.project())
    let shown = try keeper.json("plugin", "show", "data_storage", "--project", Document.project)
    #expect(shown["isolation"] == "worker")
    #expect(try keeper.run(Document.connector("keep", Document.row("2"))).code == 0)
    #expect(try keeper.command(["status"]).output.contains("inside of") == false)
  }
}
