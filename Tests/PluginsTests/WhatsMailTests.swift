// SPDX-License-Identifier: Apache-2.0
import Pipeline
import Testing
import Values

/// email.send_whatsmail, the half that sends.
@Suite struct WhatsMailTests {
  private let plugin: PluginUnderTest
  private let world = ScriptedWorld.acme()

  init() throws {
    plugin = try PluginUnderTest("email")
    world.collections["reply_address"] = [:]
  }

  private func send(
    _ changes: JSONObject = [:], contact: String? = "401"
  ) throws -> Outcome {
    var parameters: JSONObject = [
      "to": ["Desk <Desk@example.com>"], "subject": "Bo asks", "text": "Twenty rakes?",
    ]
    for (name, value) in changes { parameters[name] = value.isNull ? nil : value }
    return try plugin.run("email.send_whatsmail", .object(parameters), in: world, contact: contact)
  }

  private var addresses: [JSONObject] {
    (world.collections["reply_address"] ?? [:]).map(\.value)
  }

  @Test func `the mail carries an address that leads back, and the line above which to answer`()
    throws
  {
    let outcome = try send()
    let made = try #require(addresses.first)
    let token = try #require(made["token"]?.asText)
    #expect(token.count == 26 && token.allSatisfy { "0123456789abcdefghjkmnpqrstvwxyz".contains($0) })
    let address = "reply+\(token)@mail.example.com"
    #expect(outcome.value?["reply_to"] == .text(address))
    #expect(outcome.value?["accepted"] == ["Desk@example.com"])
    let mail = try #require(world.mails.first)
    #expect(mail["reply_to"] == .text(address) && mail["html"] == nil)
    #expect(mail["text"] == "Twenty rakes?\n\n--- reply above this line ---\n")
    #expect(made["contact"] == "401" && made["channel"] == "101" && made["mail_channel"] == "102")
    #expect(made["senders"] == ["desk@example.com"])
    #expect(world.puts.map(\.collection) == ["message"])
  }

  @Test func `the address is there before the mail leaves, and stays the same`() throws {
    let first = try send()
    let second = try send(["to": ["ann@example.com", "desk@example.com"]])
    #expect(first.value?["reply_to"] == second.value?["reply_to"])
    #expect(addresses.count == 1)
    #expect(addresses.first?["senders"] == ["desk@example.com", "ann@example.com"])
    // The address, then who may answer, before the first mail; who is new before the second.
    #expect(world.writtenNow.map(\.after) == [0, 0, 1])
  }

  @Test func `who is mailed for the second time needs no write`() throws {
    _ = try send()
    let before = world.writtenNow.count
    _ = try send()
    #expect(world.writtenNow.count == before)
  }

  @Test func `a mail that is refused leaves the address, which harms nobody`() throws {
    world.mail = { _, _ in
      .error(.failed, code: "smtp_550", message: "550 5.1.1 no such user")
    }
    let outcome = try send()
    #expect(outcome.errorClass == .failed && outcome.error?["detail"]?["message_id"] == "")
    #expect(addresses.count == 1 && world.puts.isEmpty)
  }

  @Test func `of two that make the address at once one wins and both use it`() throws {
    // What another run wrote after this one looked: the plugin sees it at its second look.
    world.beforePutNow = { world in
      world.collections["reply_address"] = [
        "77": [
          "token": "00000000000000000000000000", "contact": "401", "channel": "101",
          "senders": [],
        ]
      ]
      world.beforePutNow = nil
    }
    let outcome = try send()
    #expect(
      outcome.value?["reply_to"] == "reply+00000000000000000000000000@mail.example.com",
      "\(outcome)")
    #expect(addresses.count == 1)
  }

  @Test(arguments: [
    (.null, "no_reply_address"), ("", "no_reply_address"),
    ("reply@mail.example.com", "bad_reply_address"),
    ("reply+{token}@", "bad_reply_address"), ("{token}{token}@x.example", "bad_reply_address"),
    ("Desk <{token}@x.example>", "bad_reply_address"),
    ("reply+{token}@x.example\r\nBcc: e@vil", "bad_reply_address"),
    (.text(String(repeating: "r", count: 40) + "{token}@x.example"), "bad_reply_address"),
  ] as [(JSONValue, String)])
  func `a channel without a usable reply address sends nothing`(
    _ template: JSONValue, _ code: String
  ) throws {
    world.collections["channel"]?["102"]?["reply_address"] = template
    let outcome = try send()
    #expect(outcome.code == code && outcome.errorClass == .invalidInput, "\(outcome)")
    #expect(world.mails.isEmpty)
    if code == "no_reply_address" {
      #expect(outcome.message == "mail channel has no reply address")
    }
  }

  @Test func `it is about a contact, whose answers go to a chat channel`() throws {
    #expect(try send(contact: nil).message == "no contact mapped")
    #expect(try send(["contact": "999"]).code == "contact_not_found")
    #expect(try send(["chat_channel": "ops_mail"]).code == "wrong_channel_kind")
    #expect(try send(["chat_channel": "wa_off"]).code == "channel_disabled")
    #expect(try send(["mail_channel": "wa_main"]).code == "wrong_channel_kind")
    #expect(world.mails.isEmpty && addresses.isEmpty)
  }

  @Test func `at most twenty get it, and a bad one fails alone`() throws {
    let many = (1...21).map { JSONValue.text("a\($0)@example.com") }
    #expect(try send(["to": .list(many)]).code == "too_many_items")
    let mixed = try send(["to": ["nobody", "desk@example.com"]])
    #expect(mixed.value?["accepted"] == ["desk@example.com"])
    #expect(mixed.value?["failed"]?[0]?["code"] == "bad_address")
    #expect(try send(["to": ["nobody", "x@y.example"], "require_all": true]).code == "some_failed")
  }

  @Test func `tokens differ, however many are made`() throws {
    var tokens: Set<String> = []
    for number in 0..<200 {
      world.collections["contact"]?["c\(number)"] = ["channel": "101", "number": "1", "name": "x"]
      _ = try send(contact: "c\(number)")
    }
    for address in addresses { tokens.insert(address["token"]?.asText ?? "") }
    #expect(tokens.count == 200)
  }
}
