// SPDX-License-Identifier: Apache-2.0
// The stories people automate, as the plugins' examples tell them, against the tests' own servers.
import TestKit
import Testing
import Values

@Suite(.serialized) struct StoryTests {
  typealias World = WhatsAppInboundWorld

  /// An example of a plugin for the project of the tests, its constants put in.
  private func example(
    _ plugin: String, _ name: String, _ constants: [String: JSONValue] = [:]
  ) throws -> JSONValue {
    let path = PackageFolder.path + "/Plugins/\(plugin)/examples/\(name).json"
    var text = try #require(TestFile.text(of: path))
    for (constant, value) in constants {
      text = text.split(separator: "\"{{project.constants.\(constant)}}\"", omittingEmptySubsequences: false)
        .joined(separator: value.json)
    }
    var document = try JSONValue(parsing: text).asObject ?? [:]
    document["project"] = .text(Document.project)
    return .object(document)
  }

  @Test func `a number that is not on WhatsApp gets an SMS`() throws {
    let provider = try PythonServer("http_target")
    let world = try World(plugins: [
      "http": Document.plugin(hosts: ["127.0.0.1:\(provider.port)"])
    ])
    let url = try world.keeper.apply(
      connector: try example(
        "whatsapp", "sms_instead", ["sms_url": .text(provider.url + "/sms")]))
    let run = try world.host.post(["phone": "15550002222", "order": "A 7"], to: url)
    let message = try world.sent(1)[0]
    _ = try poll(for: "the run that waits") {
      try world.keeper.show(run).state == "waiting" ? () : nil
    }
    try world.deliver([
      "statuses": [
        World.status(
          "failed",
          of: [
            "id": "wamid.x", "biz_opaque_callback_data": message["biz_opaque_callback_data"] ?? "",
            "errors": [["code": 131026, "title": "Message undeliverable"]],
          ])
      ]
    ])
    let ended = try world.keeper.waitForEnd(of: run)
    #expect(ended.state == "succeeded", "\(ended)")
    let sms = try #require(provider.requestLines.first, "\(ended)")
    #expect(sms.contains("to=15550002222") && sms.contains("A+7"), "\(sms)")
    #expect(provider.requestLines.count == 1)
    try world.host.stop()
  }

  @Test func `a bill is looked up and said, and a reminder is made`() throws {
    let billing = try PythonServer(
      "http_target",
      ["--script", #"[{"path": "/bill", "body": {"amount": "12.50", "due": "2099-01-10"}}]"#])
    let world = try World(plugins: [
      "http": Document.plugin(hosts: ["127.0.0.1:\(billing.port)"])
    ])
    try world.keeper.apply(
      connector: try example(
        "whatsapp", "bill_reminder", ["billing_url": .text(billing.url + "/bill")]))
    try world.deliver(["messages": [World.text("wamid.1", "bill please")]])
    let sent = try world.sent(1)
    #expect(sent[0]["text"]?["body"] == "12.50 EUR are due on 2099-01-10.", "\(sent)")
    #expect(billing.requestLines.first?.contains("phone=15550002222") == true)
    let delays = try poll(for: "the reminder") { () -> String? in
      let list = try world.keeper.json("delay", "list").json
      return list.contains("bill 15550002222") ? list : nil
    }
    #expect(delays.contains("2099-01-07"), "\(delays)")
    try world.host.stop()
  }

  @Test func `a post goes to the readers of its category alone`() throws {
    let world = try World()
    let enter: JSONValue = [
      "format": 1, "project": .text(Document.project), "name": "enter",
      "trigger": ["webhook": [:]],
      "contact": ["channel": "wa_main", "number": "{{event.phone}}", "fields": ["name": "Ann"]],
      "steps": [
        [
          "id": "only",
          "components": [
            Document.action("tag", "crm.add_tag", with: ["tags": ["{{event.tag}}"]]),
            Document.row("{{event.phone}}"),
          ],
        ]
      ],
    ]
    let door = try world.keeper.apply(connector: enter)
    for (phone, tag) in [("15550002222", "Garden"), ("15550003333", "Kitchen")] {
      let run = try world.host.post(["phone": .text(phone), "tag": .text(tag)], to: door)
      let view = try world.keeper.waitForEnd(of: run)
      try #require(view.state == "succeeded", "\(view)")
    }
    let url = try world.keeper.apply(connector: try example("whatsapp", "post_to_readers"))
    let run = try world.host.post(
      ["category": "Garden", "title": "Rakes", "url": "https://x.example/r"], to: url)
    let view = try world.keeper.waitForEnd(of: run)
    #expect(view["broadcast"].output["audience"] == 1, "\(view)")
    let sent = try world.sent(1)
    #expect(sent.map { $0["to"] } == ["15550002222"])
    let values = sent[0]["template"]?["components"]?[0]?["parameters"]?.asList?.map { $0["text"] }
    #expect(values == ["Ann", "Rakes", "https://x.example/r"], "\(sent)")
    try world.host.stop()
  }

  @Test func `a lead meets the sales team in a group of its own`() throws {
    let world = try GatewayWorld(.waha)
    let document = try example("whatsapp_group", "lead_group", ["sales_team": ["15550003001"]])
    let (view, _) = try world.keeper.run(
      Self.onWeb(document),
      event: [
        "company": "Bolt", "phone": "15550002001", "name": "Cy", "question": "Twenty rakes?",
      ])
    #expect(view.state == "succeeded", "\(view)")
    #expect(view["make"].output["members"] == 3 || view["make"].output["members"] == 2, "\(view)")
    #expect(view["greet"].output["accepted"] == 1, "\(view)")
  }

  @Test func `who has not paid leaves the group, who has stays`() throws {
    let world = try GatewayWorld(
      .waha,
      state: [
        "groups": ["120363000000000100@g.us": GatewayWorld.group("Members", members: 2)]
      ])
    let document = try Self.onWeb(example("whatsapp_group", "unpaid_member"))
    let (paid, _) = try world.keeper.run(
      document, event: ["status": "paid", "phone": "15550001000"])
    #expect(paid["take_out"].status.isEmpty || paid["take_out"].status == "skipped", "\(paid)")
    let (unpaid, _) = try world.keeper.run(
      document, event: ["status": "unpaid", "phone": "15550001000"])
    #expect(unpaid["take_out"].output["removed"]?.asList?.count == 1, "\(unpaid)")
  }

  /// The gateway's channel is named otherwise here.
  private static func onWeb(_ document: JSONValue) throws -> JSONValue {
    try JSONValue(
      parsing: document.json.split(separator: "\"wa_web\"", omittingEmptySubsequences: false)
        .joined(separator: "\"web\""))
  }
}
