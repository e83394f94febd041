// SPDX-License-Identifier: Apache-2.0
// Mails about what stands still: runs, queues, plugins; and what becomes of a mail that fails.
import TestKit
import Testing
import Values

@Suite struct StandstillTests {
  /// The plugin `http` may call once a minute, and is held back after one failure.
  private func served(
    alert: JSONValue? = nil, rate: Int = 1000, port: Int, status: Int = 200
  ) throws -> Scenario {
    var more: JSONObject = ["alert_channel": "ops"]
    more["alert"] = alert
    return try Scenario(
      script: [["path": "/x", "status": .integer(Int64(status))]],
      policy: [
        "rate": ["calls": .integer(Int64(rate)), "per": "10 min"],
        "breaker": ["opens_after": 1, "probe_after": "10 min", "max_back_off": "10 min"],
      ],
      plugins: ["email": Document.plugin(credentials: ["mail_account"])], more: more,
      channels: [["name": "ops", "kind": "email", "credential": "mail_account"]]
    ) { try $0.setMailAccount(port: port) }
  }

  private func texts(_ mails: TemporaryFolder) -> [String] {
    TestFile.names(in: mails.path).filter { $0.hasSuffix(".eml") }.map {
      TestFile.text(of: mails($0)) ?? ""
    }
  }

  @Test func `runs that stand still are mailed about once within the hour, and counted`() throws {
    let mails = TemporaryFolder()
    let server = try PythonServer("smtp_server", ["--mails", mails.path])
    let world = try served(rate: 1, port: server.port)
    try world.apply(
      Document.connector(
        "slow",
        ["options": ["alert": ["to": ["boss@test.test"], "waiting_after": "1 s"]]],
        steps: Document.step("a", try world.request("call", "/x"))))
    _ = try world.finish("slow")
    let second = try world.post("slow")
    _ = try world.wait(for: second, standsAt: "rate")
    let mail = try poll(for: "the mail") { texts(mails).first }
    #expect(mail.contains("To: boss@test.test") && mail.contains("runs of slow stand still"))
    #expect(mail.contains("runs explain \(second)"), "what to type: \(mail)")

    // Another one does not bring a second mail, it is counted.
    let third = try world.post("slow")
    _ = try world.wait(for: third, standsAt: "rate")
    _ = try poll(for: "the count") {
      let alerts = try world.keeper.json("alert", "list", "slow")["alerts"]?.asList ?? []
      return alerts.first { $0["component"] == "run_waiting" && $0["held"] == 1 }
    }
    #expect(texts(mails).count == 1)
    try world.host.stop()
  }

  @Test func `an open breaker and an old queue are mailed about by the host`() throws {
    let mails = TemporaryFolder()
    let server = try PythonServer("smtp_server", ["--mails", mails.path])
    let world = try served(
      alert: ["to": ["night@test.test"], "queue_after": "1 s"], port: server.port, status: 503)
    try world.apply(
      Document.connector(
        "one", ["options": ["concurrency": 1]],
        steps: Document.step("a", try world.request("call", "/x"))))
    _ = try world.finish("one")
    for _ in 0..<2 { _ = try world.post("one") }
    try poll(for: "both mails") { texts(mails).count >= 2 ? () : nil }
    let found = texts(mails)
    #expect(found.allSatisfy { $0.contains("To: night@test.test") })
    let breaker = try #require(found.first { $0.contains("plugin http is held back") }, "\(found)")
    #expect(breaker.contains("breaker reset http"), "what to type: \(breaker)")
    let queue = try #require(found.first { $0.contains("queue of") }, "\(found)")
    #expect(queue.contains("runs explain"), "what to type: \(queue)")

    let listed = try world.keeper.json("alert", "list")["alerts"]?.asList ?? []
    let host = listed.filter { $0["connector"] == "(host)" }.compactMap { $0["component"]?.asText }
    #expect(Set(host) == ["breaker_open http", "queue_old"], "\(listed)")
    let status = try JSONValue(parsing: world.keeper.command(["status", "--json"]).output)
    let codes = (status["problems"]?.asList ?? []).compactMap { $0["code"]?.asText }
    #expect(codes.contains("breaker_open") && codes.contains("queue_old"), "\(status)")
    #expect(
      status["projects"]?[Document.project]?["alert"]?["to"] == ["night@test.test"], "\(status)")
    #expect(try world.keeper.json("alert", "reset")["reset"] == 2)
    try world.host.stop()
  }

  @Test func `a mail of the host that fails is kept, shown by status and tried again`() throws {
    let world = try served(alert: ["to": ["night@test.test"]], port: 1, status: 503)
    try world.apply(
      Document.connector("one", steps: Document.step("a", try world.request("call", "/x"))))
    _ = try world.finish("one")
    _ = try poll(for: "the failure of the mail") {
      let status = try JSONValue(parsing: world.keeper.command(["status", "--json"]).output)
      return status["problems"]?.asList?.first { $0["code"] == "alerts_not_sent" }
    }
    let mails = try world.keeper.json("alert", "list")["mails"]?.asList ?? []
    #expect(mails.map { $0["connector"] } == ["(host)"], "\(mails)")
    #expect(mails.first?["next_try_at"] != nil && mails.first?["error"] != nil, "\(mails)")
    try world.host.stop()
  }

  @Test func `a response of another structure is mailed about where the connector asks for it`()
    throws
  {
    let mails = TemporaryFolder()
    let server = try PythonServer("smtp_server", ["--mails", mails.path])
    let world = try Scenario(
      script: [
        ["times": 1, "body": ["a": 1]], ["body": ["a": "two"]],
      ],
      plugins: ["email": Document.plugin(credentials: ["mail_account"])],
      more: ["alert_channel": "ops"],
      channels: [["name": "ops", "kind": "email", "credential": "mail_account"]]
    ) { try $0.setMailAccount(port: server.port) }
    try world.apply(
      Document.connector(
        "shaped",
        ["options": ["alert": ["to": ["boss@test.test"], "on": ["schema_changed"]]]],
        steps: Document.step(
          "a", try world.request("call", "/x", ["save": "answer"]),
          Document.row("x {{answer.json.a | default: \"none\"}}"))))
    for _ in 0..<2 { #expect(try world.finish("shaped").state == "succeeded") }
    let mail = try poll(for: "the mail") { texts(mails).first }
    #expect(mail.contains("JSON Structure Change Detected") && mail.contains("connector remap"))
    try world.host.stop()
  }
}
