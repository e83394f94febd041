// SPDX-License-Identifier: Apache-2.0
// What an operator sees and does of channels, and the question of a provider.
import Glibc
import TestKit
import Testing
import Values

@Suite struct ChannelCommandTests {
  @Test func `a provider that shows the token is given its challenge back, nobody else is`()
    throws
  {
    let loft = try Loft()
    let token = Loft.token.split(separator: " ").joined(separator: "+")
    let right = try loft.ask(
      "loft.mode=subscribe&loft.verify_token=\(token)&loft.challenge=1158201444")
    #expect(right.status == 200 && right.body == "1158201444", "\(right)")
    #expect(right.headers["content-type"] == "text/plain; charset=utf-8", "\(right)")
    for query in [
      "loft.mode=subscribe&loft.verify_token=\(token)x&loft.challenge=1",
      "loft.mode=subscribe&loft.verify_token=&loft.challenge=1",
      "loft.mode=subscribe&loft.challenge=1",
      "loft.mode=subscribe&loft.verify_token=\(token)&loft.verify_token=\(token)&loft.challenge=1",
      "loft.mode=subscribe&loft.verify_token=\(token)",
      "loft.mode=subscribe&loft.verify_token=\(token)&loft.challenge=",
      "loft.mode=subscribe&loft.verify_token=\(token)&loft.challenge=%3Cscript%3E",
      "loft.mode=subscribe&loft.verify_token=\(token)&loft.challenge=1%0d%0aX-A:1",
      "loft.mode=subscribe&loft.verify_token=\(token)&loft.challenge="
        + String(repeating: "1", count: 257),
    ] {
      let answer = try loft.ask(query)
      #expect(answer.status == 403 && !answer.body.contains("script"), "\(query): \(answer)")
    }
    for query in ["loft.mode=unsubscribe&loft.verify_token=\(token)&loft.challenge=1", ""] {
      #expect(try loft.ask(query).status == 405, "\(query)")
    }
    #expect(try loft.keeper.runs().isEmpty)
    try loft.host.stop()
  }

  @Test func `a channel that is off, or whose secret is not there, asks its sender to come again`()
    throws
  {
    let loft = try Loft(ring: nil)
    let body = Loft.batch(Loft.message("x"))
    let question = "loft.mode=subscribe&loft.verify_token=x&loft.challenge=1"
    #expect(try loft.deliver(body).status == 503)
    #expect(try loft.ask(question).status == 503)
    let problem = try loft.channel()["problem"]?.asText
    #expect(problem?.contains("credential set loft_key --kind pigeon_key") == true)
    try Loft.setKey(loft.keeper, ring: Loft.ring)
    #expect(try loft.channel()["problem"] == nil)
    #expect(try loft.deliver(body).status == 200, "with the running host")

    try loft.keeper.apply(project: Loft.project(channel: ["enabled": false]))
    #expect(try loft.deliver(Loft.batch()).status == 503)
    #expect(try loft.ask(question).status == 503)
    try loft.keeper.apply(project: Loft.project())
    #expect(try loft.deliver(Loft.batch()).status == 200)
    try loft.keeper.apply(project: Loft.project(channel: ["inbound": false]))
    #expect(try loft.deliver(Loft.batch(more: ["n": 2])).status == 503)
    #expect(try loft.received(2).count == 2)
    try loft.host.stop()
  }

  @Test func `a channel is listed with its URL and what to enter, which outlive all but rotate-url`()
    throws
  {
    let loft = try Loft()
    let channel = try loft.channel()
    #expect(channel["kind"] == "pigeon" && channel["credential"] == "loft_key")
    #expect(channel["enabled"] == true && channel["inbound"] == true)
    #expect(channel["connector"] == "channel.loft" && channel["problem"] == nil, "\(channel)")
    let url = try loft.url()
    let text = try loft.keeper.command("channel", "list")
    for line in [
      "URL: \(url)", "verify token (loft.verify_token): the field verify_token of loft_key",
      "secret (meta): the field ring of loft_key", "arrivals",
    ] { #expect(text.contains(line), "\(text)") }
    #expect(!text.contains(Loft.ring) && !text.contains(Loft.token), "no secret is shown")

    try loft.keeper.apply(project: Loft.project(channel: ["daily_unique": 9]))
    #expect(try loft.url() == url)
    try loft.restart()
    #expect(try loft.url().split(separator: "/").last == url.split(separator: "/").last)
    let before = try loft.url()
    let rotated = try loft.keeper.json("channel", "rotate-url", "Loft")["url"]?.asText
    #expect(rotated == (try loft.url()) && rotated != before)
    #expect(try loft.deliver(Loft.batch(), to: before).status == 410)
    #expect(try loft.deliver(Loft.batch()).status == 200)
    let unknown = try loft.keeper.command(["channel", "rotate-url", "lofd"])
    #expect(unknown.errors.contains("did you mean \"loft\""), "\(unknown.errors)")
    try loft.host.stop()
  }

  @Test func `the connector of a channel is shown, and nobody changes it by hand`() throws {
    let loft = try Loft()
    let list = try loft.keeper.json("connector", "list")
    #expect(list[0]?["name"] == "channel.loft" && list[0]?["host_made"] == true, "\(list)")
    let document = try loft.keeper.json("connector", "show", "channel.loft")["document"]
    #expect(document?["trigger"]?["webhook"]?["of_channel"] == true, "\(document ?? .null)")
    for words in [
      ["connector", "disable", "channel.loft"], ["connector", "enable", "channel.loft"],
      ["connector", "delete", "channel.loft", "--yes"], ["connector", "rollback", "channel.loft", "1"],
    ] {
      let result = try loft.keeper.command(words)
      #expect(!result.isSuccess && result.errors.contains("the host makes"), "\(result)")
    }
    let own = Document.connector("channel.loft", steps: Document.step("a", Document.row("x")))
    let refused = try loft.keeper.command(
      ["connector", "apply", loft.keeper.write(own, to: "own.json")])
    #expect(!refused.isSuccess && refused.errors.contains("[bad_name]"), "\(refused)")
    let reserved = Document.connector(
      "mine", webhook: ["of_channel": true], Document.row("x"))
    let unknown = try loft.keeper.command(
      ["connector", "apply", loft.keeper.write(reserved, to: "own.json")])
    #expect(!unknown.isSuccess && unknown.errors.contains("[unknown_key]"), "\(unknown)")
    #expect(try loft.deliver(Loft.batch()).status == 200)
    try loft.host.stop()
  }

  @Test func `a channel is tested with its credential's request`() throws {
    let target = try PythonServer("http_target")
    let loft = try Loft(baseURL: target.url)
    let works = try loft.keeper.json("channel", "test", "loft")
    #expect(works["ok"] == true && works["message"]?.asText?.contains("/loft") == true, "\(works)")
    let request = try JSONValue(parsing: try #require(target.requestLines.first))
    #expect(request["path"] == "/loft")
    try loft.host.stop()
  }

  @Test func `a kind that no plugin declares is said when the project is applied`() throws {
    let loft = try Loft()
    let project = Loft.project(channel: ["kind": "pigeons"])
    let file = loft.keeper.write(project, to: "other.json")
    let applied = try loft.keeper.command(["project", "apply", file])
    #expect(applied.isSuccess && applied.errors.contains("did you mean \"pigeon\""), "\(applied)")
    #expect(try loft.channel()["problem"]?.asText?.contains("pigeons") == true)
    #expect(try loft.deliver(Loft.batch()).status == 503, "it does not receive any more")
    try loft.host.stop()
  }
}
