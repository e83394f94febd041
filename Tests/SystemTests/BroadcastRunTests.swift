// SPDX-License-Identifier: Apache-2.0
// A broadcast on a served host: at the channel's pace, over a crash, to nobody twice.
import TestKit
import Testing
import Values

@Suite(.serialized) struct BroadcastRunTests {
  typealias World = WhatsAppInboundWorld

  /// Contacts of the channel, made as events make them.
  private func contacts(_ count: Int, _ world: World) throws {
    let enter: JSONValue = [
      "format": 1, "project": .text(Document.project), "name": "enter",
      "trigger": ["webhook": [:]],
      "contact": [
        "channel": "wa_main", "number": "{{event.phone}}", "fields": ["name": "{{event.name}}"],
      ],
      "steps": [["id": "only", "components": [Document.row("{{event.phone}}")]]],
    ]
    let url = try world.keeper.apply(connector: enter)
    for index in 0..<count {
      _ = try world.host.post(
        ["phone": .text(Self.phone(index)), "name": .text("Name \(index)")], to: url)
    }
    try poll(within: .seconds(120), for: "\(count) contacts") {
      try world.keeper.keys().count >= count ? () : nil
    }
  }

  private static func phone(_ index: Int) -> String { "1650\(5_550_000 + index)" }

  private static let template: JSONValue = [
    "name": "news", "language": "en_US", "values": ["{{recipient.name}}"],
  ]

  private func start(
    _ world: World, _ more: JSONObject = [:]
  ) throws -> RunView {
    var with: JSONObject = ["channel": "wa_main", "all": true, "template": Self.template]
    for member in more { with[member.name] = member.value.isNull ? nil : member.value }
    let url = try world.keeper.apply(
      connector: Document.connector(
        "news", Document.action("send_all", "whatsapp.broadcast", with: .object(with))))
    return try world.keeper.waitForEnd(of: try world.host.post([:], to: url))
  }

  @Test func `everybody gets it once, by name, whatever the host goes through`() throws {
    // Ten a second: slow enough to be killed in the middle of it.
    let world = try World(channel: ["settings": ["rate": 600]])
    try contacts(60, world)
    let started = try start(world)
    let output = started["send_all"].output
    #expect(output["audience"] == 60, "\(started)")
    let run = try #require(output["runs"]?[0]?.asText.flatMap { Int64($0) }, "\(started)")

    try poll(for: "the first messages") { try world.sent(1).count >= 8 ? () : nil }
    let standing = try poll(for: "a run that waits for its turn") {
      let shown = try world.keeper.command(["runs", "explain", String(run)]).output
      return shown.contains("channel wa_main") ? shown : nil
    }
    #expect(standing.contains("the rate of channel wa_main"), "\(standing)")
    try world.restart()
    let ended = try world.keeper.waitForEnd(of: run, within: .seconds(120))

    // The one on its way at the kill may be unknown; it is not sent again.
    let reached = try world.cloud.requestLines.map { try JSONValue(parsing: $0) }
      .filter { $0["status"] == 200 }
      .map { try JSONValue(parsing: $0["body"]?.asText ?? "") }
    let numbers = reached.compactMap { $0["to"]?.asText }
    #expect(Set(numbers).count == numbers.count, "nobody twice: \(numbers.sorted())")
    #expect(numbers.count == 60, "\(numbers.count) of 60; \(ended.state)")
    for message in reached {
      let index = (message["to"]?.asText.flatMap { Int64($0) } ?? 0) - 16_505_550_000
      let name = message["template"]?["components"]?[0]?["parameters"]?[0]?["text"]
      #expect(name == .text("Name \(index)"), "\(message)")
    }
    try world.host.stop()
  }

  @Test func `who wrote lately gets free text, who did not is counted`() throws {
    let world = try World()
    try contacts(3, world)
    try world.deliver(["messages": [World.text("wamid.1", "hello", from: Self.phone(1))]])
    _ = try world.received(1)
    let started = try start(
      world, ["template": .null, "text": "Dear {{recipient.name}}, {{event.none | default: \"hi\"}}"])
    let output = started["send_all"].output
    #expect(output["audience"] == 1 && output["excluded"]?["no_session"] == 2, "\(started)")
    let sent = try world.sent(1)
    #expect(sent[0]["text"]?["body"] == "Dear Name 1, hi", "\(sent)")
    try world.host.stop()
  }

  @Test func `what a plugin brings is shown and cannot be changed`() throws {
    let world = try World()
    let listed = try world.keeper.json("connector", "list").json
    #expect(listed.contains("system.broadcast"), "\(listed)")
    #expect(try world.keeper.command("connector", "show", "system.broadcast").contains("for_each"))
    for words in [["disable"], ["delete", "--yes"]] {
      let result = try world.keeper.command(["connector"] + words + ["system.broadcast"])
      #expect(!result.isSuccess, "\(words): \(result.output)")
      #expect(result.errors.contains("comes with a plugin"), "\(words): \(result.errors)")
    }
    let own = try world.keeper.command([
      "connector", "apply",
      world.keeper.write(
        Document.connector("system.broadcast", Document.row("x")), to: "own.json"),
    ])
    #expect(!own.isSuccess && own.errors.contains("system.broadcast"), "\(own.errors)")
    try world.host.stop()
  }
}
