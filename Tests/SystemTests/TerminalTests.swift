// SPDX-License-Identifier: Apache-2.0
// What a person sees at a terminal.
import TestKit
import Testing
import Values

@Suite struct TerminalTests {
  @Test func `a run shows where it is, and at its end a timeline with durations and outcomes`()
    throws
  {
    let keeper = Operator()
    let target = try PythonServer("http_target", ["--script", #"[{"delay_ms": 1000}]"#])
    try keeper.apply(
      project: Document.project(plugins: [
        "http": Document.plugin(hosts: ["127.0.0.1:\(target.port)"])
      ]))
    let connector = Document.connector(
      "slow",
      ["filter": ["all": [["left": "a", "type": "text", "op": "is", "right": "a"]]]],
      Document.action("get", "http.request", with: ["url": .text(target.url)]),
      Document.row("after"))

    let shown = try keeper.onTerminal(["run", keeper.write(connector, to: "slow.json")])

    #expect(shown.isSuccess)
    let parts = shown.output.components(separatedBy: "run 1 · slow draft")
    #expect(parts.count == 2, "one timeline: \(shown.output)")
    #expect(parts[0].contains("\r\u{1B}[Krun 1 · get · http.request …"), "\(shown.output)")
    #expect(parts[0].hasSuffix("\r\u{1B}[K"), "the progress line is gone at the end")
    let lines = (parts.last ?? "").split(separator: "\r\n").map(String.init)
    #expect(lines.first?.contains("succeeded in 1.") == true, "\(lines)")
    #expect(lines.contains { $0.contains("✓ only / get") && $0.contains("succeeded  1.") })
    #expect(lines.contains { $0.contains("✓ only / row") && $0.hasSuffix(" ms") }, "\(lines)")
  }

  @Test func `without a terminal there is a timeline and no progress line`() throws {
    let keeper = Operator()
    try keeper.apply(project: Document.project())
    let file = keeper.write(Document.connector("quiet", Document.row("a")), to: "quiet.json")
    let result = try keeper.command(["run", file])
    #expect(result.isSuccess)
    #expect(result.output.contains("✓ only / row"))
    #expect(!result.output.contains("\u{1B}") && result.errors.isEmpty, "\(result.errors)")
  }

  @Test(arguments: [false, true])
  func `a secret is asked for and not shown while it is typed`(beside: Bool) throws {
    let keeper = Operator()
    try keeper.apply(project: Document.project())
    let host = beside ? try ServedHost(keeper) : nil
    let words = ["credential", "set", "hook", "--kind", "secret"]

    let shown = try keeper.onTerminal(words, typing: "correct horse battery")

    #expect(shown.isSuccess, "\(shown.output)")
    #expect(shown.output.contains("Secret: "), "\(shown.output)")
    #expect(shown.output.contains("stored hook"), "\(shown.output)")
    #expect(!shown.output.contains("horse"), "\(shown.output)")
    try host?.stop()
  }
}

extension String {
  /// The parts between the separators, empty ones included.
  fileprivate func components(separatedBy separator: String) -> [String] {
    split(separator: separator, omittingEmptySubsequences: false).map(String.init)
  }
}
