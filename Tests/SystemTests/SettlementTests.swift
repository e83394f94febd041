// SPDX-License-Identifier: Apache-2.0
// News of what went out: an attempt whose outcome is unknown is settled by what its provider says.
import TestKit
import Testing
import Values

@Suite struct SettlementTests {
  /// Sends something whose fate stays open, so many times, and returns the run when it has ended.
  private func send(_ loft: Loft, times: Int = 1) throws -> RunView {
    let url = try loft.keeper.apply(
      connector: Document.connector(
        "sends",
        steps: Document.step(
          "each", forEach: ["in": "{{event.list}}"],
          Document.action(
            "send", "acme-pigeon.run", with: ["body": ["lost": 1, "to": "{{item}}"]],
            ["on_unknown": "continue"]))))
    let list = JSONValue.list((0..<times).map { .integer(Int64($0)) })
    let run = try loft.host.post(["list": list], to: url)
    return try loft.keeper.waitForEnd(of: run)
  }

  private func keys(_ view: RunView) -> [String] {
    view.timeline.filter { $0.status == "unknown" }.compactMap { $0.value["key"]?.asText }
  }

  @Test(arguments: [("succeeded", "sent"), ("failed", "not_sent")])
  func `an attempt of unknown outcome is settled by its key`(state: String, mark: String) throws {
    let loft = try Loft()
    let run = try send(loft)
    #expect(run.mark == "unknown", "\(run)")
    let key = try #require(keys(run).first)

    let told = try loft.tell(Loft.news(key, state), count: 1)

    #expect(told == [["settled": true, "run": .text(String(run.id))]])
    let view = try loft.keeper.show(run.id)
    #expect(view.mark == mark, "\(view)")
    #expect(view["send"].value["settled"]?["code"] == "c1", "what was told is kept: \(view)")
    let again = try loft.tell(Loft.news(key, "failed"), Loft.news("x", "failed"), count: 2)
    #expect(again.asList?.map { $0["settled"] } == [false, false], "\(again)")
    #expect(try loft.keeper.show(run.id).mark == mark)
    try loft.host.stop()
  }

  @Test func `a run with several is settled with the last of them, as sent when all were`() throws {
    let loft = try Loft()
    for (states, mark) in [
      (["succeeded", "succeeded"], "sent"), (["failed", "succeeded"], "not_sent"),
    ] {
      let run = try send(loft, times: 2)
      let all = keys(run)
      try #require(all.count == 2 && all[0] != all[1], "\(run)")
      let before = try loft.keeper.json("runs", "list", "--connector", "channel.loft").asList?.count
      _ = try loft.tell(Loft.news(all[0], states[0]), count: (before ?? 0) + 1)
      #expect(try loft.keeper.show(run.id).mark == "unknown", "one is still open")
      _ = try loft.tell(Loft.news(all[1], states[1]), count: (before ?? 0) + 2)
      #expect(try loft.keeper.show(run.id).mark == mark)
    }
    try loft.host.stop()
  }

  @Test func `news that come while the attempt is still open settle it when it is unknown`() throws {
    let loft = try Loft()
    let installation = try #require(keys(try send(loft)).first?.split(separator: "-").first)
    let url = try loft.keeper.apply(
      connector: Document.connector(
        "later", Document.delay("wait", ["amount": "1 h"]),
        Document.action(
          "send", "acme-pigeon.run", with: ["body": ["lost": 1]], ["on_unknown": "continue"])))
    let run = try loft.host.post([:], to: url)
    try poll(for: "run \(run) to wait") {
      try loft.keeper.json("runs", "explain", String(run))["reason"] == "delay" ? () : nil
    }
    try loft.tell(Loft.news("\(installation)-\(run)-0-1", "succeeded"), count: 1)
    try loft.keeper.command("delay", "move", String(run), "2001-01-01T00:00:00Z")
    let view = try loft.keeper.waitForEnd(of: run)
    #expect(view["send"].status == "unknown" && view.mark == "sent", "\(view)")
    #expect(view["send"].value["settled"]?["state"] == "succeeded", "\(view)")
    try loft.host.stop()
  }

  @Test func `news that a step told and then failed have settled nothing`() throws {
    let loft = try Loft()
    let run = try send(loft)
    let key = try #require(keys(run).first)
    let body = Loft.batch(more: ["news": [Loft.news(key, "succeeded")], "fails": 1])
    #expect(try loft.deliver(body).status == 200)
    #expect(try loft.received(1).first?.state == "failed")
    #expect(try loft.keeper.show(run.id).mark == "unknown")
    try loft.host.stop()
  }

  @Test func `another project's news settle nothing`() throws {
    let loft = try Loft()
    let run = try send(loft)
    let key = try #require(keys(run).first)
    try loft.keeper.apply(project: Loft.project("stranger"))
    try Loft.setKey(loft.keeper, ring: Loft.ring, project: "stranger")

    let told = try loft.tell(Loft.news(key, "succeeded"), count: 1, project: "stranger")

    #expect(told == [["settled": false, "run": .null]])
    #expect(try loft.keeper.show(run.id).mark == "unknown")
    try loft.host.stop()
  }
}
