// SPDX-License-Identifier: Apache-2.0
import JackfieldBase
import Pipeline
import Testing
import Values

/// What is sent for each content, and what is refused before anything is.
@Suite struct WhatsAppContentTests {
  private let plugin: PluginUnderTest
  private let world = ScriptedWorld.acme()

  init() throws {
    plugin = try PluginUnderTest("whatsapp")
    world.http = { request, body in
      request["url"]?.asText?.hasPrefix("https://graph.facebook.com/") == true
        ? .json(200, ["messages": [["id": "wamid.1"]]])
        : .error(.denied, code: "host_not_granted", message: "not granted")
    }
  }

  private func send(_ more: JSONObject) throws -> Outcome {
    var parameters: JSONObject = ["channel": "wa_main", "to": "16505551234"]
    for member in more { parameters[member.name] = member.value }
    return try plugin.run("whatsapp.send_message", .object(parameters), in: world)
  }

  /// The content of the only message that was sent.
  private func sent(_ more: JSONObject) throws -> JSONValue {
    let outcome = try send(more)
    #expect(outcome.value?["accepted"] == 1, "\(outcome)")
    let body = try JSONValue(parsing: try #require(world.bodies.last))
    let type = try #require(body["type"]?.asText)
    return try #require(body[type])
  }

  // MARK: Templates

  @Test func `a template carries its header, its values and its buttons`() throws {
    let template = try sent([
      "template": [
        "name": "order_ready", "language": "en_US", "values": ["Ann", 7],
        "header": ["url": "https://files.example.com/a.png"],
        "buttons": ["orders/7", ["kind": "quick_reply", "value": "stop", "index": 2]],
      ]
    ])
    #expect(
      template == [
        "name": "order_ready", "language": ["code": "en_US"],
        "components": [
          [
            "type": "header",
            "parameters": [
              ["type": "image", "image": ["link": "https://files.example.com/a.png"]]
            ],
          ],
          [
            "type": "body",
            "parameters": [["type": "text", "text": "Ann"], ["type": "text", "text": "7"]],
          ],
          [
            "type": "button", "sub_type": "url", "index": "0",
            "parameters": [["type": "text", "text": "orders/7"]],
          ],
          [
            "type": "button", "sub_type": "quick_reply", "index": "2",
            "parameters": [["type": "payload", "payload": "jf1:7:welcome:stop"]],
          ],
        ],
      ])
  }

  @Test func `without values a template has no components, with names they are named`() throws {
    let bare = try sent(["template": ["name": "hello_world", "language": "en"]])
    #expect(bare == ["name": "hello_world", "language": ["code": "en"]])
    let named = try sent([
      "template": [
        "name": "hello", "language": "de", "values": ["first_name": "Ann", "n": "7"],
        "header": "News",
      ]
    ])
    #expect(
      named["components"] == [
        ["type": "header", "parameters": [["type": "text", "text": "News"]]],
        [
          "type": "body",
          "parameters": [
            ["type": "text", "text": "Ann", "parameter_name": "first_name"],
            ["type": "text", "text": "7", "parameter_name": "n"],
          ],
        ],
      ])
  }

  @Test(arguments: [
    ("a\nb", "a b"), ("a\r\n\r\nb", "a b"), ("a\tb", "a b"), ("a     b", "a b"),
    ("a    b", "a    b"), ("a \n b", "a b"), ("a\u{2028}b", "a b"), (" a ", " a "),
  ])
  func `line breaks, tabs and long runs of spaces become one space`(
    _ written: String, _ wanted: String
  ) throws {
    let template = try sent([
      "template": ["name": "one", "language": "en", "values": [.text(written)]]
    ])
    #expect(template["components"]?[0]?["parameters"]?[0]?["text"] == .text(wanted))
  }

  @Test func `a known template is held to its number of values, another is WhatsApp's to judge`()
    throws
  {
    let outcome = try send([
      "template": ["name": "order_ready", "language": "en_US", "values": ["Ann"]]
    ])
    #expect(outcome.errorClass == .invalidInput && outcome.code == "template_values")
    #expect(
      outcome.message == "template order_ready (en_US) has 2 placeholders, and 1 values came")
    #expect(world.requests.isEmpty)
    _ = try sent(["template": ["name": "order_ready", "language": "de", "values": ["Ann"]]])
  }

  // MARK: Media

  @Test func `media goes by link, by upload and from the gallery`() throws {
    let image = try sent(["media": ["url": "https://files.example.com/a.PNG"], "text": "Look"])
    #expect(image == ["link": "https://files.example.com/a.PNG", "caption": "Look"])
    let upload = try sent(["media": ["id": "77", "kind": "document", "filename": "a.pdf"]])
    #expect(upload == ["id": "77", "filename": "a.pdf"])
    let gallery = try sent(["media": ["file": "price LIST"]])
    #expect(gallery == ["link": "https://files.example.com/p?v=2"])
    let audio = try sent(["media": ["url": "https://files.example.com/v", "kind": "audio"]])
    #expect(audio == ["link": "https://files.example.com/v"])
    #expect(world.logs.first?.contains("was not looked at") == true, "\(world.logs)")
    #expect(world.puts.first?.fields["body"] == "[image] https://files.example.com/a.PNG\nLook")
  }

  @Test func `a link of a granted host is looked at first`() throws {
    answer(head: (200, "image/png", "5000"), front: [0x89, 0x50, 0x4E, 0x47])
    let form = try sent(["media": ["url": "https://files.example.com/picture"]])
    #expect(form == ["link": "https://files.example.com/picture"], "the kind is the server's word")
    #expect(world.requests.map { $0["method"] } == ["HEAD", "GET", "POST"])
    #expect(world.requests[1]["headers"]?["Range"] == "bytes=0-511")
  }

  @Test(arguments: [
    (200, "text/html", "50", "<!DOCTYPE html>", "media_wrong_type", ErrorClass.invalidInput),
    (200, "image/jpeg", "50", "  <html><body>login", "media_wrong_type", .invalidInput),
    (200, "image/jpeg", "50", "GIF89a", "media_wrong_type", .invalidInput),
    (200, "image/gif", "50", "GIF89a", "media_wrong_type", .invalidInput),
    (200, "image/jpeg", "5242881", "\u{FF}", "media_too_big", .invalidInput),
    (404, "text/plain", "0", "", "media_gone", .notFound),
    (403, "text/plain", "0", "", "media_refused", .invalidInput),
    (503, "text/plain", "0", "", "media_unreachable", .unavailable),
  ])
  func `what a link leads to is refused before anybody is written to`(
    _ status: Int, _ type: String, _ bytes: String, _ front: String, _ code: String,
    _ kind: ErrorClass
  ) throws {
    let isImage = code == "media_too_big"
    answer(head: (status, type, bytes), front: isImage ? [0xFF, 0xD8, 0xFF] : Array(front.utf8))
    let outcome = try send(["media": ["url": "https://files.example.com/a.jpg"]])
    #expect(outcome.code == code && outcome.errorClass == kind, "\(outcome)")
    #expect(!world.requests.contains { $0["method"] == "POST" })
  }

  @Test func `a link that nobody answers is unavailable, and a secret in it is not shown`() throws {
    world.http = { _, _ in
      .error(.unknownOutcome, code: "lost", message: "no answer came")
    }
    let outcome = try send(["media": ["url": "https://files.example.com/a.jpg?token=s3cret"]])
    #expect(outcome.code == "media_unreachable" && outcome.errorClass == .unavailable)
    #expect(outcome.message == "https://files.example.com/a.jpg: no answer came")
  }

  @Test func `a server that knows neither HEAD nor ranges is asked once and believed`() throws {
    world.http = { request, _ in
      switch request["method"] {
      case "HEAD": .text(405, "")
      case "GET": .error(.failed, code: "too_large", message: "response too large")
      default: .json(200, ["messages": [["id": "wamid.1"]]])
      }
    }
    _ = try sent(["media": ["url": "https://files.example.com/a.jpg"]])
  }

  /// Answers HEAD and ranged GET as a server of files does, and the Cloud API with success.
  private func answer(head: (status: Int, type: String, bytes: String), front: [UInt8]) {
    world.http = { request, _ in
      switch request["method"] {
      case "HEAD":
        .response(
          status: head.status,
          headers: ["content-type": .text(head.type), "content-length": .text(head.bytes)], body: [])
      case "GET":
        .response(
          status: head.status == 200 ? 206 : head.status,
          headers: [
            "content-type": .text(head.type), "content-range": .text("bytes 0-511/\(head.bytes)"),
          ], body: front)
      default: .json(200, ["messages": [["id": "wamid.1"]]])
      }
    }
  }

  // MARK: Buttons and lists

  @Test func `buttons and lists have Meta's form and ids that name the run and the action`() throws {
    let buttons = try sent([
      "interactive": [
        "kind": "buttons", "body": "Today?", "header": "Order 7", "footer": "Shop",
        "buttons": [["id": "a:b", "title": "Yes"], ["id": "no", "title": "No"]],
      ]
    ])
    #expect(
      buttons == [
        "type": "button", "body": ["text": "Today?"],
        "header": ["type": "text", "text": "Order 7"], "footer": ["text": "Shop"],
        "action": [
          "buttons": [
            ["type": "reply", "reply": ["id": "jf1:7:welcome:a:b", "title": "Yes"]],
            ["type": "reply", "reply": ["id": "jf1:7:welcome:no", "title": "No"]],
          ]
        ],
      ])
    let list = try sent([
      "interactive": [
        "kind": "list", "body": "When?", "button": "Choose",
        "sections": [
          ["title": "Day", "rows": [["id": "1", "title": "Mon", "description": "early"]]],
          ["title": "Night", "rows": [["id": "2", "title": "Tue"]]],
        ],
      ]
    ])
    #expect(
      list["action"] == [
        "button": "Choose",
        "sections": [
          [
            "title": "Day",
            "rows": [["id": "jf1:7:welcome:1", "title": "Mon", "description": "early"]],
          ],
          ["title": "Night", "rows": [["id": "jf1:7:welcome:2", "title": "Tue"]]],
        ],
      ])
    let media = try sent([
      "interactive": [
        "kind": "buttons", "body": "Like it?", "header": ["id": "9", "kind": "video"],
        "buttons": [["id": "y", "title": "Yes"]],
      ]
    ])
    #expect(media["header"] == ["type": "video", "video": ["id": "9"]])
  }

  @Test func `a stamp is read back, whatever the author's id`() throws {
    let stamp = try #require(ReplyStamp(run: "7", action: "welcome"))
    for id in ["yes", "a:b", ":", "", "jf1:8:x:y", "ümläut 🙂"] {
      let read = try #require(ReplyStamp.read(stamp.written(id)))
      #expect(read.stamp == stamp && read.id == id)
    }
    for id in ["yes", "jf1:7:welcome", "jf2:7:welcome:x", "jf1::welcome:x", "jf1:7::x"] {
      #expect(ReplyStamp.read(id) == nil, "\(id)")
    }
    #expect(stamp.room(of: 256) == 256 - "jf1:7:welcome:".count)
  }

  @Test func `an id may fill what the stamp leaves, and not one character more`() throws {
    let room = 256 - "jf1:7:welcome:".count
    func buttons(_ id: String) -> JSONObject {
      [
        "interactive": [
          "kind": "buttons", "body": "b", "buttons": [["id": .text(id), "title": "t"]],
        ]
      ]
    }
    let full = String(repeating: "x", count: room)
    let form = try sent(buttons(full))
    let id = form["action"]?["buttons"]?[0]?["reply"]?["id"]?.asText
    #expect(id?.count == 256)
    #expect(try send(buttons(full + "x")).code == "bad_button")
  }

  // MARK: What cannot be

  @Test(arguments: [
    ([:], "no_content"), (["text": ""], "no_content"),
    (["text": "a", "template": ["name": "a", "language": "en"]], "several_contents"),
    (
      ["text": "a", "interactive": ["kind": "buttons", "body": "b", "buttons": []]],
      "several_contents"
    ),
    (["template": ["name": "Order Ready", "language": "en"]], "bad_template_name"),
    (["template": ["name": "a", "language": "english"]], "bad_template_name"),
    (["template": ["name": "a", "language": "en", "values": [" \n "]]], "bad_template_value"),
    (["template": ["name": "a", "language": "en", "buttons": [["kind": "url"]]]], "bad_button"),
    (["media": ["kind": "image"]], "bad_media"),
    (["media": ["url": "https://a.example/a.png", "id": "7"]], "bad_media"),
    (["media": ["url": "ftp://a.example/a.png"]], "bad_media"),
    (["media": ["url": "https://a.example/a b.png"]], "bad_media"),
    (["media": ["url": "https://a.example/file"]], "media_kind_unknown"),
    (["media": ["file": "nope"]], "media_not_found"),
    (["media": ["url": "https://a.example/a.ogg"], "text": "hear"], "bad_caption"),
    (["interactive": ["kind": "buttons", "body": "b"]], "bad_interactive"),
    (
      [
        "interactive": [
          "kind": "buttons", "body": "b",
          "buttons": [["id": "1", "title": "a"], ["id": "1", "title": "b"]],
        ]
      ], "bad_interactive"
    ),
    (["interactive": ["kind": "list", "body": "b", "button": "x"]], "bad_interactive"),
    (
      [
        "interactive": [
          "kind": "list", "body": "b", "button": "x", "header": ["id": "1", "kind": "image"],
          "sections": [["title": "s", "rows": [["id": "1", "title": "a"]]]],
        ]
      ], "bad_header"
    ),
  ] as [(JSONObject, String)])
  func `a content that cannot be sent is refused with its own code`(
    _ content: JSONObject, _ code: String
  ) throws {
    let outcome = try send(content)
    #expect(outcome.code == code, "\(outcome)")
    #expect(!world.requests.contains { $0["method"] == "POST" }, "and nothing was sent")
  }

  @Test func `eleven rows are one too many, over all sections`() throws {
    func list(_ counts: Int...) -> JSONObject {
      let sections = counts.enumerated().map { section, count -> JSONValue in
        let rows = (0..<count).map { row -> JSONValue in
          ["id": .text("\(section)-\(row)"), "title": "t"]
        }
        return ["title": "s", "rows": .list(rows)]
      }
      return [
        "interactive": ["kind": "list", "body": "b", "button": "x", "sections": .list(sections)]
      ]
    }
    _ = try sent(list(5, 5))
    #expect(try send(list(6, 5)).code == "bad_interactive")
  }

  // MARK: Who may be written to

  @Test func `a template goes out where the session is closed, buttons do not`() throws {
    world.collections["channel"]?["101"]?["inbound"] = true
    _ = try sent(["template": ["name": "hello", "language": "en"]])
    let buttons = try send([
      "interactive": ["kind": "buttons", "body": "b", "buttons": [["id": "1", "title": "t"]]]
    ])
    #expect(buttons.code == "session_closed" && buttons.errorClass == .denied)
  }

  @Test func `the tier of a day counts people, not messages, and leaves those known alone`() throws {
    world.collections["channel"]?["101"]?["daily_unique"] = 2
    func past(_ moment: JackfieldBase.Moment) -> [String: JSONObject] {
      let rows = [("101", "1", "out"), ("101", "1", "out"), ("102", "9", "out"), ("101", "8", "in")]
      var all: [String: JSONObject] = [:]
      for (id, row) in rows.enumerated() {
        all["\(id + 1)"] = [
          "channel": .text(row.0), "number": .text("1650555000\(row.1)"), "direction": .text(row.2),
          "created_at": .text(moment.iso),
        ]
      }
      return all
    }
    let now = JackfieldBase.Moment.now
    world.collections["message"] = past(now)
    let outcome = try send(["to": "16505550001, 16505550002, 16505550003", "text": "Hi"])
    #expect(outcome.value?["messages"]?.asList?.map { $0["to"] } == ["16505550001", "16505550002"])
    #expect(outcome.value?["failed"]?[0]?["target"] == "16505550003")
    #expect(outcome.value?["failed"]?[0]?["class"] == "rate_limited")
    world.collections["message"] = past(JackfieldBase.Moment(seconds: now.seconds - 90_000))
    #expect(try send(["to": "16505550005, 16505550006", "text": "Hi"]).value?["accepted"] == 2)
  }

  @Test func `among others a fate that nobody knows is written down as unknown`() throws {
    world.http = { _, body in
      let to = (try? JSONValue(parsing: body))?["to"]
      return to == "16505550002"
        ? .error(.unknownOutcome, code: "lost", message: "no answer came")
        : .json(200, ["messages": [["id": "wamid.1"]]])
    }
    let outcome = try send(["to": "16505550001, 16505550002", "text": "Hi"])
    #expect(outcome.value?["failed"]?[0]?["class"] == "unknown_outcome")
    let unknown = try #require(world.puts.first { $0.fields["status"] == "unknown" })
    #expect(unknown.fields["number"] == "16505550002" && unknown.fields["provider_id"] == nil)
    #expect(unknown.fields["key"] == "run-7-welcome-1")
    #expect(world.puts.filter { $0.collection == "conversation" }.count == 1)
  }
}
