// SPDX-License-Identifier: Apache-2.0
// Every content and every sort of failure, through the built program to a server as strict as Meta.
import TestKit
import Testing
import Values

@Suite struct WhatsAppContentTests {
  static let contents: [(String, JSONObject)] = [
    ("text", ["text": "Your order {{event.n}} is on its way. https://a.example", "preview_url": true]),
    ("image", ["media": ["url": "https://files.example.com/a.png"], "text": "Look"]),
    ("video", ["media": ["id": "55", "kind": "video"]]),
    ("audio", ["media": ["url": "https://files.example.com/a.ogg"]]),
    ("document", ["media": ["id": "56", "kind": "document", "filename": "a.pdf"], "text": "Here"]),
    ("template", ["template": ["name": "hello_world", "language": "en_US"]]),
    (
      "template",
      [
        "template": [
          "name": "order_ready", "language": "en", "values": ["{{event.name}}", "{{event.n}}"],
          "header": ["id": "57", "kind": "image"],
          "buttons": ["track/{{event.n}}", ["kind": "quick_reply", "value": "stop"]],
        ]
      ]
    ),
    (
      "template",
      ["template": ["name": "order_ready", "language": "de", "values": ["who": "{{event.name}}"]]]
    ),
    (
      "interactive",
      [
        "interactive": [
          "kind": "buttons", "body": "Today?", "header": "Order", "footer": "Shop",
          "buttons": [["id": "yes", "title": "Yes"], ["id": "no", "title": "No"]],
        ]
      ]
    ),
    (
      "interactive",
      [
        "interactive": [
          "kind": "list", "body": "When?", "button": "Choose",
          "sections": [
            ["title": "Day", "rows": [["id": "1", "title": "Mon", "description": "early"]]]
          ],
        ]
      ]
    ),
  ]

  @Test func `each content is taken as it is documented, once`() throws {
    let world = try WhatsAppWorld()
    for (type, content) in Self.contents {
      let before = try world.received().count
      let (view, code) = try world.send(content, event: ["name": "Ann\nLee", "n": 7])
      #expect(code == 0, "\(type): \(view)")
      let request = try #require(try world.received().last)
      #expect(try world.received().count == before + 1)
      #expect(request["status"] == 200 && request["message"]?["type"]?.asText == type)
      let answered = request["answer"]?["messages"]?[0]?["id"]
      #expect(view["send"].output["messages"]?[0]?["message_id"] == answered)
      let data = request["message"]?["biz_opaque_callback_data"]?.asText
      #expect(data?.hasSuffix(":15550002222") == true && data?.hasPrefix(":") == false, "\(request)")
      if type == "interactive" {
        let action = request["message"]?["interactive"]?["action"]
        let id =
          action?["buttons"]?[0]?["reply"]?["id"] ?? action?["sections"]?[0]?["rows"]?[0]?["id"]
        #expect(id?.asText?.hasPrefix("jf1:\(view.id):send:") == true, "\(action ?? 0) \(view.id)")
      }
    }
    let template = try world.received()[6]["message"]?["template"]
    #expect(template?["components"]?[1]?["parameters"]?[0]?["text"] == "Ann Lee", "\(template ?? 0)")
  }

  @Test(arguments: [
    (1, "unavailable", "provider_unavailable"), (4, "rate_limited", "rate_limit"),
    (10, "denied", "credentials_refused"), (100, "invalid_input", "bad_request"),
    (131_026, "failed", "undeliverable"), (131_047, "denied", "session_closed"),
    (131_048, "failed", "spam_limit"), (131_049, "failed", "marketing_cap"),
    (130_472, "failed", "experiment_group"), (131_056, "rate_limited", "rate_limit"),
    (132_001, "invalid_input", "bad_template"), (132_015, "failed", "template_paused"),
    (999_999, "failed", "refused"),
  ])
  func `each class of Meta's codes has its class here, and nobody is written down as reached`(
    provider: Int, expected: String, code: String
  ) throws {
    let world = try WhatsAppWorld(errors: "{\"15550002222\": \(provider)}")
    let (view, exit) = try world.send(["text": "hello"], ["retry": ["attempts": 1]])
    #expect(exit == 1, "\(view)")
    #expect(view["send"].errorClass == expected && view["send"].code == code, "\(view)")
    #expect(view["send"].providerCode == String(provider))
    #expect(try world.reached().isEmpty)
  }

  @Test func `what says that nothing was done is tried again, and reaches once`() throws {
    let world = try WhatsAppWorld(
      errors: "{\"15550002222\": {\"code\": 131000, \"times\": 1}}")
    let (view, exit) = try world.send(
      ["text": "hello"], ["retry": ["attempts": 3, "first_wait": "1 ms"]])
    #expect(exit == 0, "\(view)")
    #expect(try world.received().map { $0["status"]?.asInteger } == [500, 200])
  }

  @Test(arguments: [
    (["--cut", "headers"], "{}"), (["--cut", "body"], "{}"),
    ([], "{\"15550002222\": {\"cut\": \"request\"}}"),
    ([], "{\"15550002222\": {\"cut\": \"response\"}}"), ([], "{\"15550002222\": {\"page\": 502}}"),
  ] as [([String], String)])
  func `what may have been sent is unknown, and is not sent again`(
    server: [String], errors: String
  ) throws {
    let world = try WhatsAppWorld(errors: errors, server: server)
    let (view, exit) = try world.send(["text": "hello"], ["retry": ["attempts": 3]])
    #expect(exit == 1, "\(view)")
    #expect(view["send"].errorClass == "unknown_outcome", "\(view)")
    let received = try world.received()
    #expect(received.count == 1, "\(received)")
  }

  @Test func `of many recipients each has its own fate, and the step succeeds with who was reached`()
    throws
  {
    let errors = """
      {"15550000001": 131026, "15550000002": {"cut": "request"}, "15550000003": 131056,
       "15550000004": {"page": 504}}
      """
    let world = try WhatsAppWorld(errors: errors, server: ["--wa-ids", "{\"15550000005\": \"1999\"}"])
    let to: JSONValue = [
      "15550000001", "+1 555 000 0002", "15550000003", "15550000004", "15550000005", "1 (555) 0000005",
      "no number", "12345678901234567",
    ]
    let (view, exit) = try world.send(["to": to, "text": "hello"])
    #expect(exit == 0, "\(view)")
    let output = view["send"].output
    #expect(output["accepted"] == 1 && output["messages"]?[0]?["wa_id"] == "1999", "\(view)")
    let failed = output["failed"]?.asList ?? []
    let fates = failed.map { "\($0["target"]?.asText ?? "") \($0["class"]?.asText ?? "")" }
    #expect(
      Set(fates) == [
        "15550000001 failed", "15550000002 unknown_outcome", "15550000003 rate_limited",
        "15550000004 unknown_outcome", "no number invalid_input",
        "12345678901234567 invalid_input",
      ])
    let (all, _) = try world.send(["to": to, "text": "hello", "require_all": true])
    #expect(all["send"].code == "some_failed", "\(all)")
    #expect(all["send"].message == "2 of 7 recipients failed, so nobody was sent to", "\(all)")
  }

  @Test func `a hundred people get one message each`() throws {
    let world = try WhatsAppWorld()
    let numbers = (0..<100).map { 15_550_003_000 + $0 }
    let list = numbers.map { "\($0)" }.joined(separator: ", ")
    let (view, exit) = try world.send(["to": .text(list), "text": "hello"])
    #expect(exit == 0, "\(view)")
    #expect(view["send"].output["accepted"] == 100)
    #expect(try world.reached().sorted() == numbers.map { "\($0)" })
    let (many, _) = try world.send(["to": .text(list + ", 15550004000"), "text": "hello"])
    #expect(many["send"].code == "too_many_items", "\(many)")
    #expect(try world.reached().count == 100)
  }

  @Test func `runs that write to one new number at once write to it once each`() throws {
    let world = try WhatsAppWorld()
    let host = try ServedHost(world.keeper)
    let url = try world.keeper.apply(
      connector: Document.connector(
        "tell",
        Document.action(
          "send", "whatsapp.send_message",
          with: ["to": "15550002222", "channel": "phone", "text": "{{event.n}}"])))
    let runs = try (1...12).map { try host.post(["n": .integer($0)], to: url) }
    for run in runs {
      let view = try world.keeper.waitForEnd(of: run)
      #expect(view.state == "succeeded", "\(view)")
    }
    let texts = try world.received().compactMap { $0["message"]?["text"]?["body"]?.asText }
    #expect(texts.sorted() == (1...12).map { "\($0)" }.sorted(), "nobody twice")
    try host.stop()
  }

  @Test func `the tier of a day is kept over runs, and counts people`() throws {
    let world = try WhatsAppWorld(settings: ["daily_unique": 2])
    let (first, _) = try world.send(["to": "15550000001, 15550000002", "text": "a"])
    #expect(first["send"].output["accepted"] == 2, "\(first)")
    let (second, _) = try world.send(["to": "15550000002, 15550000003", "text": "b"])
    #expect(second["send"].output["accepted"] == 1, "\(second)")
    #expect(second["send"].output["failed"]?[0]?["target"] == "15550000003")
    #expect(second["send"].output["failed"]?[0]?["code"] == "daily_tier")
    let (third, _) = try world.send(["to": "15550000003", "text": "c"], ["retry": ["attempts": 1]])
    #expect(third["send"].errorClass == "rate_limited" && third["send"].code == "daily_tier")
    #expect(try world.reached().sorted() == ["15550000001", "15550000002", "15550000002"])
  }

  @Test func `where people can write to the project, free text needs their word of the last day`()
    throws
  {
    let world = try WhatsAppWorld(settings: ["inbound": true])
    let (closed, _) = try world.send(["text": "hello"])
    #expect(closed["send"].errorClass == "denied" && closed["send"].code == "session_closed")
    #expect(closed["send"].message == "outside the 24-hour session: a template is needed")
    let (open, exit) = try world.send(["template": ["name": "hello", "language": "en"]])
    #expect(exit == 0, "\(open)")
    #expect(try world.received().map { $0["message"]?["type"]?.asText } == ["template"])
  }

  @Test func `a link of a granted host is looked at before anybody is written to`() throws {
    let files = try PythonServer(
      "http_target",
      [
        "--script",
        JSONValue.list([
          ["path": "/page.jpg", "headers": ["Content-Type": "image/jpeg"], "body": "<html>login"],
          ["path": "/gone.jpg", "status": 404],
          ["path": "/a.pdf", "headers": ["Content-Type": "application/pdf"], "body": "%PDF-1.7"],
        ]).json,
      ])
    let world = try WhatsAppWorld(hosts: ["127.0.0.1:\(files.port)"])
    for (path, code) in [("page.jpg", "media_wrong_type"), ("gone.jpg", "media_gone")] {
      let (view, _) = try world.send(["media": ["url": .text("\(files.url)/\(path)")]])
      #expect(view["send"].code == code, "\(view)")
    }
    #expect(try world.received().isEmpty)
    let (view, exit) = try world.send(["media": ["url": .text(files.url + "/a.pdf")]])
    #expect(exit == 0, "\(view)")
    #expect(try world.received().map { $0["message"]?["type"]?.asText } == ["document"])
  }

  @Test func `a file of the gallery and one that was fetched are uploaded, then sent by their id`()
    throws
  {
    let jpeg: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE0] + Array(repeating: 7, count: 2_000)
    let target = try PythonServer(
      "http_target",
      [
        "--script",
        #"[{"path": "/doc", "headers": {"Content-Type": "text/plain"}, "body": "twelve bytes"}]"#,
      ])
    let world = try WhatsAppWorld(
      hosts: ["127.0.0.1:\(target.port)"],
      plugins: ["http": Document.plugin(hosts: ["127.0.0.1:\(target.port)"]), "base": [:]])
    let files = TemporaryFolder()
    let path = files.write(jpeg, to: "door.jpg")
    try world.keeper.command("media", "add", path, "--name", "door.jpg", "--type", "image/jpeg")

    let (picture, _) = try world.send(["media": ["file": "door.jpg"], "text": "Our door"])
    #expect(picture.state == "succeeded", "\(picture)")
    let (fetched, _) = try world.keeper.run(
      Document.connector(
        "hand_on",
        Document.action(
          "get", "http.request",
          with: ["url": .text(target.url + "/doc"), "save_body": "blob"], ["save": "page"]),
        Document.action(
          "send", "whatsapp.send_message",
          with: [
            "channel": "phone", "to": "+15550002222", "media": "{{page.body}}",
            "text": "The page",
          ])))
    #expect(fetched.state == "succeeded", "\(fetched)")

    let received = try world.received()
    let paths = received.map { $0["path"]?.asText?.split(separator: "/").last.map(String.init) }
    #expect(paths == ["media", "messages", "media", "messages"], "\(received)")
    for (upload, message, kind) in [(0, 1, "image"), (2, 3, "document")] {
      let sent = received[message]["message"]
      #expect(sent?[kind]?["id"] == received[upload]["answer"]?["id"], "\(received[message])")
    }
  }

  @Test func `a file that is no picture is refused before it is uploaded`() throws {
    let world = try WhatsAppWorld(plugins: ["base": [:]])
    let files = TemporaryFolder()
    let page = files.write("<!DOCTYPE html><html>", to: "page.jpg")
    try world.keeper.command("media", "add", page, "--name", "page.jpg", "--type", "image/jpeg")
    let (view, _) = try world.send(["media": ["file": "page.jpg"]])
    #expect(view["send"].code == "media_wrong_type", "\(view)")
    #expect(try world.received().isEmpty)
  }
}
