// SPDX-License-Identifier: Apache-2.0
// Mails about what failed.
import TestKit
import Testing
import Values

@Suite struct AlertRunTests {
  @Test func `an action that fails is mailed about once within the hour, and so is its connector`()
    throws
  {
    let mails = TemporaryFolder()
    let server = try PythonServer("smtp_server", ["--mails", mails.path])
    let world = try Scenario(
      script: [["path": "/down", "status": 503]],
      policy: ["breaker": ["opens_after": 1000, "probe_after": "1 s", "max_back_off": "1 s"]],
      plugins: ["email": Document.plugin(credentials: ["mail_account"])],
      more: ["alert_channel": "ops"],
      channels: [["name": "ops", "kind": "email", "credential": "mail_account"]]
    ) { try $0.setMailAccount(port: server.port) }
    try world.apply(
      Document.connector(
        "alerting", ["options": ["alert": ["to": ["boss@test.test"], "on": ["run_failed"]]]],
        steps: Document.step(
          "a", try world.request("call", "/down", ["alert": ["to": ["dev@test.test"]]]))))

    for _ in 0..<3 { #expect(try world.finish("alerting").state == "failed") }

    // Both mails are out when both runs that carry them have ended; a third would be one too many.
    try poll(for: "the mails") {
      let runs = try world.keeper.runs().filter { $0.value["connector"] == "system_alert" }
      return runs.count >= 2 && runs.allSatisfy(\.isFinished) ? () : nil
    }
    let texts = TestFile.names(in: mails.path).filter { $0.hasSuffix(".eml") }.map {
      TestFile.text(of: mails($0)) ?? ""
    }
    #expect(texts.count == 2, "\(texts)")
    let action = try #require(texts.first { $0.contains("To: dev@test.test") }, "\(texts)")
    #expect(action.contains("the action call failed") && action.contains("HTTP 503"))
    #expect(action.contains("runs show"), "what to type: \(action)")
    #expect(texts.allSatisfy { $0.contains("connector alerting of project t") }, "\(texts)")
    #expect(texts.contains { $0.contains("To: boss@test.test") && $0.contains("a run failed") })
    try world.host.stop()
  }

  /// To a host, an hour that passed while it was down is a mail that went out an hour before.
  @Test func `the mail of the next hour says how many were held back, and then it counts anew`()
    throws
  {
    let mails = TemporaryFolder()
    let server = try PythonServer("smtp_server", ["--mails", mails.path])
    let world = try Scenario(
      plugins: ["email": Document.plugin(credentials: ["mail_account"])],
      more: ["alert_channel": "ops"],
      channels: [["name": "ops", "kind": "email", "credential": "mail_account"]]
    ) { try $0.setMailAccount(port: server.port) }
    try world.apply(
      Document.connector(
        "alerting",
        Document.action(
          "row", "data_storage.create_row",
          with: ["storage": "{{event.storage}}", "fields": ["Key": "x"]],
          ["alert": ["to": ["dev@test.test"]]])))
    func texts() -> [String] {
      TestFile.names(in: mails.path).filter { $0.hasSuffix(".eml") }
        .map { TestFile.text(of: mails($0)) ?? "" }
    }
    var known: Set<String> = []
    let hours: [(failures: Int, heldBack: String?)] = [
      (3, nil), (2, "2 more of these were held back"), (1, "1 more of these were held back"),
      (1, nil),
    ]
    for (failures, heldBack) in hours {
      for _ in 0..<failures {
        #expect(try world.finish("alerting", ["storage": "Missing"]).state == "failed")
      }
      try poll(for: "the mail to go out") {
        try world.keeper.sql("SELECT count(*) FROM alert_mail") == "0" ? () : nil
      }
      let mail = try #require(texts().first { !known.contains($0) })
      #expect(mail.contains(heldBack ?? "run "), "\(mail)")
      #expect(mail.contains("held back") == (heldBack != nil), "\(mail)")
      known = Set(texts())
      try world.host.stop()
      _ = try world.keeper.sql("UPDATE alert SET sent_at = sent_at - 3600000")
      try world.serveAgain()
    }
    #expect(texts().count == 4, "one in each hour: \(texts())")
    try world.host.stop()
  }

  @Test func `an alert that names no channel in a project without one is refused by the check`() throws
  {
    let keeper = Operator()
    try keeper.apply(project: Document.project(channels: [Scenario.phone]))
    let file = keeper.write(
      Document.connector(
        "alerting",
        Document.action(
          "row", "data_storage.create_row",
          with: ["storage": "Seen", "fields": ["Key": "x"]],
          ["alert": ["to": ["dev@test.test"]]])), to: "alerting.json")
    let result = try keeper.command(["connector", "check", file])
    #expect(result.errors.contains("alert_channel"), "\(result.output)")
  }
}
