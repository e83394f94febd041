// SPDX-License-Identifier: Apache-2.0
// Actions whose result counts once news of what they sent have come.
import Glibc
import TestKit
import Testing
import Values

@Suite struct NewsWaitTests {
  /// Waits for news of so many targets, and writes a row of what came of it.
  private func sender(
    wait: Int = 1, within: Int = 86_400_000, _ more: JSONObject = [:], first: JSONValue? = nil
  ) -> JSONValue {
    var rest: JSONObject = ["save": "sent"]
    for member in more { rest[member.name] = member.value }
    let send = Document.action(
      "send", "acme-pigeon.run",
      with: [
        "body": [
          "wait": .integer(Int64(wait)), "within": .integer(Int64(within)),
          "entries": [Loft.entry("reminder", ["title": "raised"])],
        ]
      ], rest)
    let row = Document.row(
      "{{action.send.status}} {{sent.got.body.wait}} {{action.send.error.code}}")
    let components = (first.map { [$0] } ?? []) + [send, row]
    return [
      "format": 1, "project": .text(Document.project), "name": "sends", "trigger": ["webhook": [:]],
      "steps": [["id": "only", "components": .list(components)]],
    ]
  }

  private func start(_ loft: Loft, _ connector: JSONValue) throws -> Int64 {
    let url = try loft.keeper.apply(connector: connector)
    return try loft.host.post([:], to: url)
  }

  /// The key under which a run waits for news, when it does.
  private func key(_ loft: Loft, _ run: Int64) throws -> String {
    let why = try poll(for: "run \(run) to wait for news") {
      let why = try loft.keeper.json("runs", "explain", String(run))
      return why["reason"] == "news" ? why : nil
    }
    return try #require(why["key"]?.asText, "\(why)")
  }

  @Test func `a run waits without a worker, over kills of the host, until its news come`() throws {
    let loft = try Loft()
    try loft.keeper.apply(
      connector: Document.connector(
        "reminded", ["trigger": ["reminder": [:]]],
        steps: Document.step("a", Document.row("{{event.title}}"))))
    let run = try start(loft, sender())
    let key = try key(loft, run)
    #expect(try loft.seen(1) == ["raised"], "what it asked for was done when the wait began")
    let view = try loft.keeper.show(run)
    #expect(view.state == "waiting" && view.mark == nil, "\(view)")
    let entry = try #require(view.timeline.last)
    #expect(entry.kind == "news" && entry.status == "waiting", "\(view)")
    #expect(entry.value["key"]?.asText == key && entry.value["due_at"] != nil)

    try loft.restart()
    #expect(try self.key(loft, run) == key)
    let told = try loft.tell(Loft.news(key, "succeeded"), count: 1)
    #expect(told == [["settled": true, "run": .text(String(run))]])
    try loft.restart()

    let ended = try loft.keeper.waitForEnd(of: run)
    #expect(ended.state == "succeeded" && ended.mark == nil, "\(ended)")
    #expect(ended["send"].output["got"]?["body"]?["wait"] == 1, "the result stands: \(ended)")
    #expect(try loft.seen(2).sorted() == ["raised", "succeeded 1 "], "and was sent once")
    try loft.host.stop()
  }

  @Test func `news of failure fail the action as they say, and its fallback is taken`() throws {
    let loft = try Loft()
    let run = try start(
      loft,
      sender([
        "fallback": [
          ["on": ["code": ["not_there"], "class": ["not_found"]], "do": "continue"], ["do": "stop"],
        ]
      ]))
    let more: JSONObject = ["class": "not_found", "code": "not_there", "message": "no such loft"]
    try loft.tell(Loft.news(try key(loft, run), "failed", more), count: 1)
    let view = try loft.keeper.waitForEnd(of: run)
    #expect(view.state == "succeeded", "\(view)")
    let send = view["send"]
    #expect(send.status == "failed" && send.code == "not_there" && send.errorClass == "not_found")
    #expect(send.message == "no such loft" && send.taken == "continue", "\(view)")
    #expect(try loft.seen(1) == ["failed  not_there"])
    try loft.host.stop()
  }

  @Test func `what is not told in time is unknown, and news settle it later`() throws {
    let loft = try Loft()
    let run = try start(loft, sender(within: 1, ["on_unknown": "continue"]))
    let view = try loft.keeper.waitForEnd(of: run)
    #expect(view.state == "succeeded" && view.mark == "unknown", "\(view)")
    #expect(view["send"].status == "unknown" && view["send"].code == "no_news", "\(view)")
    let key = try #require(view["send"].value["key"]?.asText, "\(view)")
    let told = try loft.tell(Loft.news(key, "succeeded"), count: 1)
    #expect(told[0]?["settled"] == true)
    #expect(try loft.keeper.show(run).mark == "sent")
    try loft.host.stop()
  }

  @Test func `news that come before the run waits are not lost`() throws {
    let loft = try Loft()
    let delay = Document.delay("later", ["amount": "1 h"])
    let first = try start(loft, sender())
    let known = try key(loft, first).split(separator: "-")
    let run = try start(loft, sender(first: delay))
    try poll(for: "run \(run) to wait") {
      try loft.keeper.json("runs", "explain", String(run))["reason"] == "delay" ? () : nil
    }
    let key = "\(known[0])-\(run)-0-1"
    let told = try loft.tell(Loft.news(key, "succeeded"), count: 1)
    #expect(told == [["settled": false, "run": .null]], "nobody waits for it yet")
    try loft.keeper.command("delay", "move", String(run), "2001-01-01T00:00:00Z")
    let view = try loft.keeper.waitForEnd(of: run)
    #expect(view.state == "succeeded" && view["send"].status == "succeeded", "\(view)")
    #expect(try self.key(loft, first) != key, "the other run still waits")
    try loft.host.stop()
  }

  @Test func `of several targets all have to tell, and one success is enough`() throws {
    let loft = try Loft()
    for (states, status) in [
      (["failed", "succeeded"], "succeeded"), (["failed", "failed"], "failed"),
    ] {
      let run = try start(loft, sender(wait: 2, ["fallback": "continue"]))
      let key = try key(loft, run)
      let before = try loft.keeper.json("runs", "list", "--connector", "channel.loft").asList?.count
      try loft.tell(
        Loft.news(key, states[0], target: "one"), Loft.news(key, states[0], target: "one"),
        count: (before ?? 0) + 1)
      let why = try loft.keeper.json("runs", "explain", String(run))
      #expect(why["reason"] == "news" && why["told"] == 1, "\(why)")
      try loft.tell(Loft.news(key, states[1], target: "two"), count: (before ?? 0) + 2)
      let view = try loft.keeper.waitForEnd(of: run)
      #expect(view["send"].status == status, "\(view)")
    }
    try loft.host.stop()
  }

  @Test func `a run that waits for news can be cancelled, and a retry says what it sends again`()
    throws
  {
    let loft = try Loft()
    let run = try start(loft, sender())
    let key = try key(loft, run)
    try loft.keeper.command("runs", "cancel", String(run))
    #expect(try loft.keeper.show(run).state == "cancelled")
    let told = try loft.tell(Loft.news(key, "succeeded"), count: 1)
    #expect(told[0]?["settled"] == false, "\(told)")
    let dry = try loft.keeper.json("runs", "retry", String(run), "--dry-run")
    #expect("\(dry.json)".contains("\"status\":\"unknown\""), "\(dry)")
    try loft.keeper.command("runs", "retry", String(run))
    let again = try self.key(loft, run)
    #expect(again != key, "another attempt has another key")
    try loft.tell(Loft.news(again, "succeeded"), count: 2)
    #expect(try loft.keeper.waitForEnd(of: run).state == "succeeded")
    try loft.host.stop()
  }

  @Test func `the elements of a loop wait one after the other, each for its own news`() throws {
    let loft = try Loft()
    let url = try loft.keeper.apply(
      connector: Document.connector(
        "sends",
        steps: Document.step(
          "each", forEach: ["in": "{{event.list}}"],
          Document.action(
            "send", "acme-pigeon.run",
            with: ["body": ["wait": 1, "within": 86_400_000, "to": "{{item}}"]], ["save": "sent"]),
          Document.row("{{sent.got.body.to}}"))))
    let run = try loft.host.post(["list": ["x", "y"]], to: url)
    let first = try key(loft, run)
    try loft.tell(Loft.news(first, "succeeded"), count: 1)
    let second = try poll(for: "the second element to wait") {
      let key = try self.key(loft, run)
      return key != first ? key : nil
    }
    try loft.tell(Loft.news(second, "succeeded"), count: 2)
    #expect(try loft.keeper.waitForEnd(of: run).state == "succeeded")
    #expect(try loft.seen(2) == ["x", "y"])
    try loft.host.stop()
  }
}
