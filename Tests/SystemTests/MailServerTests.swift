// SPDX-License-Identifier: Apache-2.0
// Mail servers that refuse, hang up, hang, or are not there.
import TestKit
import Testing
import Values

@Suite struct MailServerTests {
  @Test(arguments: [
    (#"{"MAIL": "451 4.7.1 later"}"#, "unavailable", "4.7.1"),
    (#"{"MAIL": "550 5.7.1 not you"}"#, "failed", "5.7.1"),
    (#"{"BODY": "554 5.6.0 not that"}"#, "failed", "5.6.0"),
    (#"{"BODY": "452 4.3.1 full"}"#, "unavailable", "4.3.1"),
    (#"{"CONNECT": "421 not now"}"#, "unavailable", "421"),
  ])
  func `a refused mail has the server's reply, and the run goes its fallback`(
    script: String, expected: String, code: String
  ) throws {
    let server = try PythonServer("smtp_server", ["--script", script])
    let (keeper, view) = try send(port: server.port)

    #expect(view["mail"].status == "failed", "\(view)")
    #expect(view["mail"].errorClass == expected, "\(view)")
    #expect(view["mail"].providerCode == code, "\(view)")
    #expect(view.mark == nil)
    #expect(try keeper.keys() == ["after"])
  }

  @Test func `a refused recipient is told by its address`() throws {
    let script = #"{"RCPT": {"team@test.test": "550 5.1.1 nobody of that name"}}"#
    let server = try PythonServer("smtp_server", ["--script", script])
    let (keeper, view) = try send(port: server.port)

    #expect(view["mail"].status == "failed", "\(view)")
    #expect("\(view)".contains("nobody of that name"), "\(view)")
    #expect(try keeper.keys() == ["after"])
  }

  @Test func `a server that is not there is unavailable`() throws {
    let gone = try PythonServer("smtp_server")
    let port = gone.port
    try gone.stop()
    let (keeper, view) = try send(port: port)

    #expect(view["mail"].status == "failed" && view["mail"].errorClass == "unavailable", "\(view)")
    #expect(view["mail"].message.contains(String(port)), "\(view)")
    #expect(try keeper.keys() == ["after"])
  }

  @Test func `a server that hangs before the mail leaves costs the timeout and no more`() throws {
    let server = try PythonServer("smtp_server", ["--script", #"{"MAIL": "HANG"}"#])
    let (keeper, view) = try send(port: server.port, timeout: "2 s")

    #expect(view["mail"].taken == "continue", "\(view)")
    #expect(["failed", "timeout"].contains(view["mail"].status), "\(view)")
    #expect(view.mark == nil, "nothing had left: \(view)")
    #expect((view.duration ?? .max) < 20_000)
    #expect(try keeper.keys() == ["after"])
  }

  @Test(arguments: ["HANG", "CLOSE"])
  func `a server that falls silent after the mail leaves its fate unknown`(what: String) throws {
    let server = try PythonServer("smtp_server", ["--script", #"{"BODY": "\#(what)"}"#])
    let (keeper, view) = try send(port: server.port, timeout: "2 s")

    #expect(view["mail"].status == "unknown", "\(view)")
    #expect(view.mark == "unknown", "\(view)")
    #expect(view["mail"].taken == "continue")
    #expect(try keeper.keys() == ["after"])
  }

  /// One mail to a server on this port, and a row after it.
  private func send(port: Int, timeout: String = "30 s") throws -> (Operator, RunView) {
    let keeper = Operator()
    try keeper.apply(
      project: Document.project(
        plugins: [
          "email": Document.plugin(
            credentials: ["mail_account"], timeout: timeout, fallback: "continue")
        ],
        channels: [["name": "mail", "kind": "email", "credential": "mail_account"]]))
    try keeper.setMailAccount(port: port)
    let (view, _) = try keeper.run(
      Document.connector(
        "mail",
        Document.action(
          "mail", "email.send",
          with: ["to": ["team@test.test"], "subject": "hello", "text": "hello"]),
        Document.row("after")))
    return (keeper, view)
  }
}
