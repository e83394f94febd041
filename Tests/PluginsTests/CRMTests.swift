// SPDX-License-Identifier: Apache-2.0
import Pipeline
import Testing
import Values

@Suite struct CRMTests {
  private let plugin: PluginUnderTest
  private let world = ScriptedWorld.acme()

  init() throws { plugin = try PluginUnderTest("crm") }

  private func map(_ changes: JSONObject) throws -> Outcome {
    var parameters: JSONObject = ["channel": "wa_main", "number": "+1 650 555 1234"]
    for (name, value) in changes { parameters[name] = value }
    return try plugin.run("crm.map_contact", .object(parameters), in: world)
  }

  private func tag(_ parameters: JSONValue, contact: String? = "401") throws -> Outcome {
    try plugin.run("crm.add_tag", parameters, in: world, contact: contact)
  }

  @Test func `a new number makes a contact with its fields`() throws {
    let outcome = try map([
      "number": "0049 (170) 123-4567",
      "fields": ["name": "Cy", "email": "cy@example.com", "score": "7", "PLAN": "Team"],
    ])
    #expect(outcome.value?["created"] == true && outcome.value?["contact"] == "1001")
    let put = try #require(world.puts.first)
    #expect(put.version == 0)
    #expect(
      JSONValue.object(put.fields) == [
        "channel": "101", "number": "491701234567", "name": "Cy", "email": "cy@example.com",
        "attributes": ["Score": 7, "Plan": "team"],
      ])
  }

  @Test func `a known number is found, and only what differs is written`() throws {
    let same = try map(["fields": ["name": "Bo", "Score": 3]])
    #expect(same.value?["contact"] == "401" && same.value?["changed"] == false)
    #expect(world.puts.isEmpty)
    let changed = try map(["fields": ["name": "Bob", "email": "", "Score": ""]])
    #expect(changed.value?["changed"] == true && changed.value?["created"] == false)
    let put = try #require(world.puts.first)
    #expect(put.id == "401" && put.version == 3)
    #expect(put.fields["name"] == "Bob" && put.fields["attributes"] == ["Score": 3])
    #expect(put.fields["tags"] == ["lead"])
  }

  @Test func `an empty value empties only when told to`() throws {
    _ = try map(["fields": ["name": "", "Score": .null], "overwrite_empty": true])
    let put = try #require(world.puts.first)
    #expect(put.fields["name"] == nil && put.fields["attributes"] == [:])
  }

  @Test func `a contact in the recycle bin is not revived`() throws {
    world.collections["contact"]?["401"]?["deleted_at"] = "2026-11-01T00:00:00.000Z"
    #expect(try map([:]).value?["created"] == true)
  }

  @Test func `on a mail channel the number is the address`() throws {
    _ = try map(["channel": "ops_mail", "number": "Ann <Ann@Example.com>"])
    #expect(world.puts.first?.fields["number"] == "ann@example.com")
  }

  @Test(arguments: [
    (["number": "12345"], ErrorClass.invalidInput, "bad_number"),
    (["number": "0049170"], .invalidInput, "bad_number"),
    (["number": "+0491701234567"], .invalidInput, "bad_number"),
    (["number": "call 4917012345"], .invalidInput, "bad_number"),
    (["number": "1234567890123456"], .invalidInput, "bad_number"),
    (["channel": "nope"], .notFound, "channel_not_found"),
    (["channel": "wa_off"], .denied, "channel_disabled"),
    (["fields": ["Hobby": "x"]], .notFound, "attribute_not_found"),
    (["fields": ["Score": "many"]], .invalidInput, "wrong_type"),
    (["fields": ["Plan": "huge"]], .invalidInput, "unknown_choice"),
    (["fields": ["number": "1"]], .invalidInput, "fixed_field"),
    (["fields": ["name": ["x"]]], .invalidInput, "wrong_type"),
    (["fields": ["email": "nobody"]], .invalidInput, "wrong_type"),
  ] as [(JSONObject, ErrorClass, String)])
  func `what is wrong is refused and nothing is written`(
    _ changes: JSONObject, _ kind: ErrorClass, _ code: String
  ) throws {
    let outcome = try map(changes)
    #expect(outcome.errorClass == kind && outcome.code == code, "\(outcome)")
    #expect(world.puts.isEmpty)
  }

  @Test func `tags are added in their first spelling, and new ones defined`() throws {
    let outcome = try tag(["tags": ["LEAD, Big", "big", "plan: team"]])
    #expect(
      outcome.value == [
        "tags": ["lead", "Big", "plan: team"], "added": ["Big", "plan: team"], "changed": true,
      ])
    let tags = world.puts.filter { $0.collection == "tag" }.map { $0.fields["name"] }
    #expect(tags == ["Big", "plan: team"])
    let contact = try #require(world.puts.last)
    #expect(contact.id == "401" && contact.version == 3)
    #expect(contact.fields["number"] == "16505551234")
  }

  @Test func `a definition's spelling wins over the one given`() throws {
    world.collections["tag"]?["602"] = ["name": "VIP"]
    let outcome = try tag(["tags": "vip"])
    #expect(outcome.value?["added"] == ["VIP"])
    #expect(world.puts.map(\.collection) == ["contact"])
  }

  @Test func `adding what is there changes nothing`() throws {
    let outcome = try tag(["tags": ["Lead"]])
    #expect(outcome.value == ["tags": ["lead"], "added": [], "changed": false])
    #expect(world.puts.isEmpty)
  }

  @Test(arguments: [
    "401", ["id": "401"], ["channel": "wa_main", "number": "+16505551234"], 401,
  ] as [JSONValue])
  func `a contact is an id, an object with one, or channel and number`(_ ref: JSONValue) throws {
    let outcome = try tag(["tags": ["x"], "contact": ref], contact: nil)
    #expect(outcome.value?["changed"] == true, "\(outcome)")
  }

  @Test(arguments: [
    (["tags": ["x"]], ErrorClass.invalidInput, "no_contact"),
    (["tags": ["x"], "contact": "999"], .notFound, "contact_not_found"),
    (
      ["tags": ["x"], "contact": ["channel": "wa_main", "number": "16505550000"]], .notFound,
      "contact_not_found"
    ),
    (["tags": [" , "], "contact": "401"], .invalidInput, "empty_tags"),
    (
      ["tags": [.text(String(repeating: "ü", count: 65))], "contact": "401"], .invalidInput,
      "tag_too_long"
    ),
  ] as [(JSONValue, ErrorClass, String)])
  func `nobody to tag, or nothing to tag with`(
    _ parameters: JSONValue, _ kind: ErrorClass, _ code: String
  ) throws {
    let outcome = try tag(parameters, contact: nil)
    #expect(outcome.errorClass == kind && outcome.code == code, "\(outcome)")
  }

  @Test func `a contact has at most two hundred tags`() throws {
    world.collections["contact"]?["401"]?["tags"] = .list((1...199).map { .text("t\($0)") })
    #expect(try tag(["tags": ["a", "b"]]).code == "too_many_tags")
    #expect(try tag(["tags": ["a"]]).value?["changed"] == true)
  }
}
