// SPDX-License-Identifier: Apache-2.0
import Pipeline
import Testing
import Values

@Suite struct WhatsAppTests {
  private let plugin: PluginUnderTest
  private let world = ScriptedWorld.acme()

  init() throws {
    plugin = try PluginUnderTest("whatsapp")
    world.http = Self.accepting
  }

  /// Meta's endpoint: checks what the Cloud API checks and answers its error body otherwise.
  private static func accepting(_ request: JSONValue, _ body: [UInt8]) -> ScriptedWorld.Answer {
    guard let mistake = mistake(request, body) else {
      let to = (try? JSONValue(parsing: body))?["to"]?.asText ?? ""
      return .json(
        200,
        [
          "messaging_product": "whatsapp",
          "contacts": [["input": .text(to), "wa_id": .text(to)]],
          "messages": [["id": .text("wamid.\(to)"), "message_status": "accepted"]],
        ])
    }
    Issue.record("the Cloud API would refuse this: \(mistake)")
    return refusal(100, mistake)
  }

  private static func mistake(_ request: JSONValue, _ body: [UInt8]) -> String? {
    guard request["method"] == "POST",
      request["url"] == "https://graph.facebook.com/v23.0/106540352242922/messages"
    else { return "method or url: \(request)" }
    guard request["headers"] == ["Content-Type": "application/json"],
      request["credential"] == "wa_cloud"
    else { return "headers or credential: \(request)" }
    guard let json = try? JSONValue(parsing: body), let members = json.asObject else {
      return "no JSON object"
    }
    let known = [
      "messaging_product", "recipient_type", "to", "type", "text", "biz_opaque_callback_data",
    ]
    guard Set(members.names) == Set(known), json["messaging_product"] == "whatsapp",
      json["recipient_type"] == "individual", json["type"] == "text"
    else { return "the envelope: \(json)" }
    let to = json["to"]?.asText ?? ""
    guard (7...15).contains(to.count), to.allSatisfy(\.isNumber) else { return "to: \(to)" }
    let data = json["biz_opaque_callback_data"]?.asText ?? ""
    guard data == "run-7-welcome-1:\(to)" || data.hasPrefix("run-7-welcome-1:\(to)/") else {
      return "biz_opaque_callback_data"
    }
    guard json["text"]?["preview_url"]?.asBoolean != nil,
      let text = json["text"]?["body"]?.asText, (1...4_096).contains(text.count)
    else { return "text: \(json)" }
    return nil
  }

  private static func refusal(
    _ code: Int64, _ details: String, status: Int = 400, headers: JSONObject = [:]
  ) -> ScriptedWorld.Answer {
    .json(
      status,
      [
        "error": [
          "message": .text("(#\(code)) \(details)"), "type": "OAuthException",
          "code": .integer(code), "fbtrace_id": "A1",
          "error_data": ["messaging_product": "whatsapp", "details": .text(details)],
        ]
      ], headers: headers)
  }

  private func send(_ parameters: JSONValue, contact: String? = nil) throws -> Outcome {
    try plugin.run("whatsapp.send_message", parameters, in: world, contact: contact)
  }

  @Test func `a message is sent, recorded and its conversation touched`() throws {
    let outcome = try send(["channel": "WA_Main", "to": "+1 (650) 555-1234", "text": "Hi"])
    #expect(
      outcome.value == [
        "channel": "wa_main", "accepted": 1,
        "messages": [
          ["to": "16505551234", "message_id": "wamid.16505551234", "wa_id": "16505551234"]
        ], "failed": [],
      ])
    let message = try #require(world.puts.first { $0.collection == "message" })
    #expect(
      JSONValue.object(message.fields) == [
        "channel": "101", "number": "16505551234", "direction": "out",
        "provider_id": "wamid.16505551234", "key": "run-7-welcome-1", "status": "accepted",
        "purpose": "transactional", "body": "Hi", "contact": "401", "run": "7", "action": "welcome",
      ])
    let conversation = try #require(world.puts.first { $0.collection == "conversation" })
    #expect(conversation.fields["state"] == "unassigned" && conversation.id == "1002")
    #expect(world.progress.last?["reached"] == ["16505551234"])
  }

  @Test func `without to and channel the run's contact is meant`() throws {
    let outcome = try send(["text": "Hi"], contact: "401")
    #expect(outcome.value?["messages"]?[0]?["to"] == "16505551234")
    let nobody = try send(["text": "Hi"])
    #expect(nobody.code == "no_contact" && nobody.message == "no contact mapped")
  }

  @Test func `two spellings are one recipient and a bad number fails alone`() throws {
    let outcome = try send([
      "channel": "wa_main", "text": "Hi",
      "to": ["0016505551234, +16505551234", "12", "0491234567"],
    ])
    #expect(outcome.value?["accepted"] == 1)
    #expect(
      outcome.value?["failed"] == [
        ["target": "12", "class": "invalid_input", "error": "bad number: 12", "code": "bad_number"],
        [
          "target": "0491234567", "class": "invalid_input", "error": "bad number: 0491234567",
          "code": "bad_number",
        ],
      ])
    #expect(world.requests.count == 1)
  }

  @Test func `a known conversation is touched, not made again`() throws {
    world.collections["conversation"] = [
      "901": ["channel": "101", "number": "16505551234", "state": "assigned"]
    ]
    _ = try send(["channel": "wa_main", "to": "16505551234", "text": "Hi"])
    let put = try #require(world.puts.first { $0.collection == "conversation" })
    #expect(put.id == "901" && put.version == -1)
    #expect(put.fields.names == ["last_outbound_at"])
  }

  @Test(arguments: [
    (0, ErrorClass.denied), (3, .denied), (10, .denied), (190, .denied), (200, .denied),
    (299, .denied), (368, .denied), (131_005, .denied), (131_031, .denied), (131_042, .denied),
    (131_045, .denied), (133_010, .denied), (4, .rateLimited), (80_007, .rateLimited),
    (130_429, .rateLimited), (131_056, .rateLimited), (131_057, .rateLimited),
    (133_016, .rateLimited), (1, .unavailable), (2, .unavailable), (131_000, .unavailable),
    (131_016, .unavailable), (133_004, .unavailable), (33, .invalidInput), (100, .invalidInput),
    (131_008, .invalidInput), (131_009, .invalidInput), (131_021, .invalidInput),
    (131_051, .invalidInput), (131_053, .invalidInput), (132_000, .invalidInput),
    (132_001, .invalidInput), (132_005, .invalidInput), (132_012, .invalidInput),
    (132_015, .failed), (132_016, .failed), (131_047, .denied), (131_026, .failed),
    (131_048, .failed), (131_049, .failed), (130_472, .failed), (999_999, .failed),
  ] as [(Int64, ErrorClass)])
  func `Meta's error codes decide the class`(_ code: Int64, _ kind: ErrorClass) throws {
    world.http = { _, _ in Self.refusal(code, "as documented") }
    let outcome = try send(["channel": "wa_main", "to": "16505551234", "text": "Hi"])
    #expect(outcome.errorClass == kind && outcome.providerCode == "\(code)", "\(outcome)")
    #expect(outcome.message == "WhatsApp \(code): as documented (trace A1)")
    #expect(outcome.error?["detail"]?["accepted"] == 0)
    #expect(world.puts.isEmpty)
  }

  @Test func `an answer nobody can read leaves the fate unknown`() throws {
    let parameters: JSONValue = ["channel": "wa_main", "to": "16505551234", "text": "Hi"]
    world.http = { _, _ in .text(502, "<html>Bad gateway</html>", type: "text/html") }
    #expect(try send(parameters).errorClass == .unknownOutcome)
    world.http = { _, _ in .json(200, ["messages": []]) }
    #expect(try send(parameters).errorClass == .unknownOutcome)
    world.http = { _, _ in .text(401, "no") }
    #expect(try send(parameters).errorClass == .denied)
    world.http = { _, _ in .error(.unknownOutcome, code: "lost", message: "no answer came") }
    #expect(try send(parameters).errorClass == .unknownOutcome)
  }

  @Test func `JSON that calls itself text is read too`() throws {
    world.http = { _, _ in
      .text(200, "{\"messages\":[{\"id\":\"wamid.1\"}]}", type: "text/javascript; charset=UTF-8")
    }
    let outcome = try send(["channel": "wa_main", "to": "16505551234", "text": "Hi"])
    #expect(outcome.value?["messages"]?[0]?["message_id"] == "wamid.1")
  }

  @Test func `the wait is the server's, else what the limit is known for`() throws {
    let parameters: JSONValue = ["channel": "wa_main", "to": "16505551234", "text": "Hi"]
    world.http = { _, _ in Self.refusal(130_429, "slow", headers: ["retry-after": "9"]) }
    #expect(try send(parameters).retryAfter == 9_000)
    world.http = { _, _ in Self.refusal(131_056, "pair") }
    #expect(try send(parameters).retryAfter == 6_000)
  }

  @Test func `one failure does not stop the others, unless all are asked for`() throws {
    let parameters: JSONObject = [
      "channel": "wa_main", "to": ["16505550001", "16505550002"], "text": "Hi",
    ]
    world.http = { request, body in
      let to = (try? JSONValue(parsing: body))?["to"]
      return to == "16505550001"
        ? Self.refusal(131_026, "not there") : Self.accepting(request, body)
    }
    let outcome = try send(.object(parameters))
    #expect(outcome.value?["accepted"] == 1)
    #expect(outcome.value?["failed"]?[0]?["code"] == "131026")
    var all = parameters
    all["require_all"] = true
    let refused = try send(.object(all))
    #expect(refused.errorClass == .failed && refused.code == "some_failed")
    #expect(refused.error?["detail"]?["accepted"] == 1)
  }

  @Test func `an unclear fate among none reached decides`() throws {
    world.http = { _, body in
      let to = (try? JSONValue(parsing: body))?["to"]
      return to == "16505550001"
        ? Self.refusal(131_026, "not there") : .text(504, "", type: "text/html")
    }
    let outcome = try send([
      "channel": "wa_main", "to": ["16505550001", "16505550002"], "text": "Hi",
    ])
    #expect(outcome.errorClass == .unknownOutcome)
  }

  @Test func `the blacklist and opt-outs are asked per recipient`() throws {
    world.collections["blacklist"] = ["1": ["channel": "101", "number": "16505550001"]]
    world.collections["optout_entry"] = [
      "2": ["channel": "101", "number": "16505550002", "list": "802"],
      "3": ["channel": "101", "number": "16505550003", "list": "801"],
      "4": ["channel": "102", "number": "16505550004", "list": "801"],
    ]
    let to: JSONValue = ["16505550001", "16505550002", "16505550003", "16505550004"]
    let plain = try send(["channel": "wa_main", "to": to, "text": "Hi"])
    #expect(plain.value?["accepted"] == 3)
    #expect(plain.value?["failed"]?[0]?["error"] == "blacklisted on wa_main")
    let marketing = try send([
      "channel": "wa_main", "to": to, "text": "Hi", "purpose": "marketing",
      "optout_lists": "newsletter",
    ])
    let failed = marketing.value?["failed"]?.asList ?? []
    #expect(failed.map { $0["target"] } == ["16505550001", "16505550002", "16505550003"])
    #expect(failed.last?["error"] == "opted out: all")
    let unknown = try send([
      "channel": "wa_main", "to": to, "text": "Hi", "purpose": "marketing", "optout_lists": "no",
    ])
    #expect(unknown.errorClass == .notFound && unknown.message == "list not found: no")
  }

  @Test func `with all asked for nobody is written to when one is refused beforehand`() throws {
    let outcome = try send([
      "channel": "wa_main", "to": ["16505550001", "1"], "text": "Hi", "require_all": true,
    ])
    #expect(outcome.errorClass == .failed && outcome.code == "some_failed", "\(outcome)")
    #expect(outcome.message == "1 of 2 recipients failed, so nobody was sent to")
    #expect(world.requests.isEmpty)
  }

  @Test func `outside the session free text is refused before it is sent`() throws {
    world.collections["channel"]?["101"]?["inbound"] = true
    let parameters: JSONValue = ["channel": "wa_main", "to": "16505551234", "text": "Hi"]
    let outcome = try send(parameters)
    #expect(outcome.errorClass == .denied && outcome.code == "session_closed")
    #expect(outcome.message == "outside the 24-hour session: a template is needed")
    #expect(world.requests.isEmpty)
    world.collections["conversation"] = [
      "901": [
        "channel": "101", "number": "16505551234", "last_inbound_at": "2999-01-01T00:00:00.000Z",
      ]
    ]
    #expect(try send(parameters).value?["accepted"] == 1)
  }

  @Test(arguments: [
    ("nope", ErrorClass.notFound, "channel not found: nope"),
    ("wa_off", .denied, "channel disabled: wa_off"),
    ("ops_mail", .invalidInput, "channel ops_mail is of kind email"),
  ])
  func `a channel that cannot send is refused`(
    _ channel: String, _ kind: ErrorClass, _ message: String
  ) throws {
    let outcome = try send(["channel": .text(channel), "to": "16505551234", "text": "Hi"])
    #expect(outcome.errorClass == kind && outcome.message?.hasPrefix(message) == true)
  }

  @Test func `more than a hundred numbers are another action's`() throws {
    let numbers = (0...100).map { "16505550\(100 + $0)" }.joined(separator: ",")
    let outcome = try send(["channel": "wa_main", "to": [.text(numbers)], "text": "Hi"])
    #expect(outcome.code == "too_many_items")
  }
}
