// SPDX-License-Identifier: Apache-2.0
// The sandbox through the built program: what it says, what it insists on, and that work goes on in
// it whoever runs the host.
import TestKit
import Testing
import Values

@Suite struct SandboxRunTests {
  @Test func `serve, status and doctor say which measures are in force`() throws {
    let keeper = Operator()
    let host = try ServedHost(keeper)
    #expect(host.process.output.contains("\nsandbox: "), "\(host.process.output)")
    let said = try keeper.json("status")["sandbox"]?.asText ?? ""
    #expect(said.contains("files by Landlock") && said.contains("calls by seccomp"), "\(said)")
    let checks = try keeper.json("doctor")["checks"]?.asList ?? []
    #expect(checks.contains { $0["check"] == "sandbox" && $0["message"] == .text(said) })
    try host.stop()
  }

  @Test func `a sandbox that is not whole is refused by who insists on it, and said by others`()
    throws
  {
    let folder = DataFolder()
    let holed = ["JACKFIELD_SANDBOX_OFF": "files"]
    func serve(_ words: String...) throws -> Subprocess {
      try Subprocess(
        BuiltProducts.program("jackfield"), ["serve", "--port", "0", "--data", folder.path] + words,
        environment: holed)
    }
    let refused = try serve("--require-sandbox").wait()
    #expect(refused.status == .exited(1), "\(refused)")
    #expect(refused.errors.contains("\"files\" is switched off"), "\(refused.errors)")
    let warned = try serve()
    try warned.waitForLine { $0.hasPrefix("warning: the measure \"files\"") }
    warned.kill()
    _ = try warned.wait()
  }

  @Test(arguments: ["60000", "0-100", "70000-60000", "60000-70000", "a-b"])
  func `a range of users that is none is refused`(_ range: String) throws {
    let result = try Operator().command(["serve", "--port", "0", "--worker-uids", range])
    #expect(result.status == .exited(2))
    #expect(result.errors.contains("like 60000-60999, or none"), "\(result.errors)")
  }

  @Test(.enabled(if: OrdinaryUser.canBecome, "only root can become somebody else"))
  func `a connector runs under an ordinary user too`() throws {
    let result = try OrdinaryUser.runTests(matching: "AnybodyTests")
    let said = result.output + result.errors
    #expect(result.isSuccess && said.contains("Suite AnybodyTests passed"), "\(said.suffix(4_000))")
  }
}

/// Run as whoever runs the tests, and by `SandboxRunTests` as an ordinary user.
@Suite struct AnybodyTests {
  @Test func `a row is kept, a request is made and answered`() throws {
    let scenario = try Scenario(script: [])
    try scenario.apply(
      Document.connector(
        "work",
        steps: Document.step(
          "all", Document.row("{{event.n}}"), try scenario.request("ask", "/asked"))))
    let view = try scenario.finish("work", ["n": "1"])
    #expect(view.state == "succeeded", "\(view)")
    #expect(try scenario.keeper.keys() == ["1"])
    #expect(scenario.target?.requestLines.count == 1)
    try scenario.host.stop()
  }

  @Test func `an answer is saved and sent on, by workers that may open no file`() throws {
    let scenario = try Scenario(script: [["path": "/a.txt", "body": "hello"]])
    let target = try #require(scenario.target)
    try scenario.apply(
      Document.connector(
        "move",
        Document.action(
          "get", "http.request",
          with: ["url": .text(target.url + "/a.txt"), "save_body": "blob"], ["save": "got"]),
        Document.action(
          "put", "http.request",
          with: [
            "url": .text(target.url + "/b.txt"), "method": "PUT", "body_kind": "blob",
            "body": "{{got.body}}",
          ])))
    let view = try scenario.finish("move")
    #expect(view.state == "succeeded", "\(view)")
    #expect(view["put"].output["json"]?["body"] == "hello", "\(view)")
    try scenario.host.stop()
  }
}
