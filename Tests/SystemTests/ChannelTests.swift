// SPDX-License-Identifier: Apache-2.0
// Channels that receive: their URLs, who may send to them, and what becomes of what comes in.
import Glibc
import TestKit
import Testing
import Values

@Suite struct ChannelTests {
  private func taker(_ name: String, _ trigger: JSONValue, _ key: String) -> JSONValue {
    Document.connector(
      name, ["trigger": trigger], steps: Document.step("a", Document.row(key)))
  }

  private let message: JSONValue = ["message": ["channels": ["loft"], "match": "any"]]

  @Test func `a batch raises each of its events, answered before with a bare 200`() throws {
    let loft = try Loft()
    try loft.keeper.apply(connector: taker("writes", message, "{{event.text}} {{run.hops}}"))
    try loft.keeper.apply(
      connector: taker(
        "status", ["message_status": ["channels": ["loft"], "statuses": ["delivered"]]],
        "{{event.message_id}} {{event.status}}"))
    try loft.keeper.apply(
      connector: taker("reminds", ["reminder": [:]], "{{event.title}}"))

    let answer = try loft.deliver(
      Loft.batch(
        Loft.message("one"), Loft.message("two", from: "+15550002222"),
        Loft.entry("message_status", ["message_id": "m1", "status": "delivered"]),
        Loft.entry("message_status", ["message_id": "m2", "status": "read"]),
        Loft.entry("reminder", ["title": "three"])),
      headers: ["X-Leg-Request": "r 1", "X-Other": "2"])

    #expect(answer.status == 200 && answer.body.isEmpty, "\(answer)")
    let run = try #require(try loft.received(1).first)
    #expect(run.state == "succeeded", "\(run)")
    let raised = run["receive"].output["raised"]?.asList ?? []
    #expect(
      raised.map { $0["runs"]?[0]?["connector"]?.asText } == [
        "writes", "writes", "status", nil, "reminds",
      ])
    let got = run["receive"].output["got"]
    #expect(got?["headers"] == ["x-leg-request": "r 1"], "\(run)")
    #expect(got?["channel"]?.asText.flatMap { Int64($0) } != nil, "the channel's id: \(run)")
    #expect(got?["body"]?["entries"]?.asList?.count == 5)
    #expect(got?["body"]?["custom_variables"] == nil, "nothing of ours is in the body: \(run)")
    #expect(try loft.seen(4).sorted() == ["m1 delivered", "one 1", "three", "two 1"])
    try loft.host.stop()
  }

  @Test func `what is not signed with the channel's secret starts nothing`() throws {
    let loft = try Loft(next: "a ring on the right leg")
    let body = Loft.batch(Loft.message("x"))
    let unsigned = try WebRequest(loft.url(), body: body).send()
    let wrong = try loft.deliver(body, ring: "another ring")
    let token = try loft.deliver(body, ring: Loft.token)
    let leg = try loft.deliver(body, ring: "another ring", scheme: .leg)
    #expect([unsigned, wrong, token, leg].map(\.status) == [401, 401, 401, 401])
    #expect(try loft.keeper.runs().isEmpty)
    for (count, (ring, scheme)) in [
      (Loft.ring, .meta), ("a ring on the right leg", .meta), (Loft.ring, .leg),
      ("a ring on the right leg", .leg),
    ].enumerated() as EnumeratedSequence<[(String, Loft.Scheme)]> {
      let body = Loft.batch(more: ["n": .integer(Int64(count))])
      let answer = try loft.deliver(body, ring: ring, scheme: scheme)
      #expect(answer.status == 200, "\(ring) \(scheme): \(answer)")
    }
    #expect(try loft.received(4).count == 4)
    try loft.host.stop()
  }

  @Test func `garbage is refused with the reason, a text is taken as it is`() throws {
    let loft = try Loft()
    for (body, type, status) in [
      ("{\"entries\": [", "application/json", 400), ("", "application/json", 400),
      ("\u{0}\u{1}{", "application/json", 400),
      (String(repeating: "[", count: 500), "application/json", 400),
      ("{\"a\":\"\(String(repeating: "x", count: 70_000))\"}", "application/json", 413),
    ] {
      let answer = try loft.deliver(body, headers: ["Content-Type": type])
      #expect(answer.status == status, "\(body.prefix(40)): \(answer)")
    }
    #expect(try loft.keeper.runs().isEmpty)
    for (body, type) in [
      ("coo, coo", "text/plain"), ("[{\"a\": 1}]", "application/json"),
      ("{\"headers\": 1, \"custom_variables\": 2}", "application/json"),
      ("a=1&b=2", "application/x-www-form-urlencoded"),
    ] {
      #expect(try loft.deliver(body, headers: ["Content-Type": type]).status == 200, "\(body)")
    }
    let bodies = try loft.received(4).map { $0["receive"].output["got"]?["body"] }
    #expect(
      bodies == [
        "coo, coo", [["a": 1]], ["headers": 1, "custom_variables": 2], ["a": "1", "b": "2"],
      ])
    try loft.host.stop()
  }

  @Test func `a delivery that comes again makes no run, and an event that does raises nothing`()
    throws
  {
    let loft = try Loft()
    try loft.keeper.apply(connector: taker("writes", message, "{{event.text}}"))
    let body = Loft.batch(Loft.message("one", key: "m1"))
    #expect(try loft.deliver(body).status == 200)
    #expect(try loft.deliver(body).status == 200)
    #expect(try loft.deliver(body, headers: ["X-Leg-Request": "another"]).status == 200)
    #expect(try loft.received(1).count == 1)
    let other = Loft.batch(
      Loft.message("two", key: "m2"), Loft.message("one again", key: "m1"),
      Loft.entry("message_status", key: "m1", ["status": "read"]))
    #expect(try loft.deliver(other).status == 200)
    let raised = try #require(try loft.received(2).last)["receive"].output["raised"]
    #expect(raised?.asList?.map { $0["repeated"] } == [false, true, false], "\(raised ?? .null)")
    #expect(try loft.seen(2).sorted() == ["one", "two"])
    try loft.host.stop()
  }

  @Test func `a step that fails has raised nothing`() throws {
    let loft = try Loft()
    try loft.keeper.apply(connector: taker("writes", message, "{{event.text}}"))
    let entry = Loft.message("one", key: "m1")
    #expect(try loft.deliver(Loft.batch(entry, more: ["fails": 1])).status == 200)
    let failed = try #require(try loft.received(1).first)
    #expect(failed.state == "failed" && failed["receive"].code == "told_to", "\(failed)")
    #expect(try loft.deliver(Loft.batch(entry)).status == 200)
    let second = try #require(try loft.received(2).last)
    #expect(second["receive"].output["raised"]?[0]?["repeated"] == false, "\(second)")
    #expect(try loft.seen(1) == ["one"])
    try loft.host.stop()
  }

  @Test func `a message wakes the run that waits for its contact and starts no other`() throws {
    let loft = try Loft()
    try loft.keeper.apply(connector: taker("any", message, "started by {{event.text}}"))
    let contact: JSONValue = ["channel": "loft", "number": "{{event.phone}}"]
    let chat = try loft.keeper.apply(
      connector: Document.connector(
        "chat", ["contact": contact],
        steps: Document.step(
          "ask", ["wait_for_message": ["id": "answer", "save": "answer", "within": "1 h"]],
          Document.row("answered {{answer.text}}"))))
    let run = try loft.host.post(["phone": "+1 (555) 000-1111"], to: chat)
    try poll(for: "the run to wait") {
      try loft.keeper.json("runs", "explain", String(run))["reason"] == "message" ? () : nil
    }

    #expect(try loft.deliver(Loft.batch(Loft.message("blue"))).status == 200)

    #expect(try loft.keeper.waitForEnd(of: run).state == "succeeded")
    let received = try #require(try loft.received(1).first)
    let told = received["receive"].output["raised"]?[0]
    #expect(told?["woken"]?.asText == String(run) && told?["runs"] == [], "\(received)")
    #expect(try loft.seen(1) == ["answered blue"])
    try loft.host.stop()
  }

  @Test func `what was answered is not lost with the host, and is done once`() throws {
    let loft = try Loft()
    try loft.keeper.apply(connector: taker("writes", message, "{{event.text}}"))
    for count in 0..<3 {
      let number = "+1555000000\(count)"
      #expect(
        try loft.deliver(Loft.batch(Loft.message("text \(count)", from: number))).status == 200)
      try loft.restart()
    }
    #expect(try loft.received(3).map(\.state) == ["succeeded", "succeeded", "succeeded"])
    #expect(try loft.seen(3).sorted() == ["text 0", "text 1", "text 2"])
    try loft.host.stop()
  }
}
