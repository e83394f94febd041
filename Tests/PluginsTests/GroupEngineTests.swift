// SPDX-License-Identifier: Apache-2.0
import Pipeline
import Testing
import Values

/// The engines of a bridge show one thing in several forms.
@Suite struct GroupEngineTests {
  private static let own = "16505550100"
  private static let number = "919812345678"

  private let plugin: PluginUnderTest
  private let world = ScriptedWorld.acme()

  init() throws { plugin = try PluginUnderTest("whatsapp_group") }

  /// WAHA with one group, whose members never change.
  private func bridge(
    members: JSONValue, added: JSONValue = .null, group: JSONValue = ["id": "g", "subject": "T"],
    groups: JSONValue = [], created: JSONValue = .null, exists: Bool = true
  ) {
    world.http = { request, _ in
      let url = request["url"]?.asText ?? ""
      let path = url.replacing("https://waha.example.com/api/", with: "")
      switch path {
      case "sessions/default":
        return .json(200, ["status": "WORKING", "me": ["id": .text(Self.own + "@c.us")]])
      case "default/groups": return .json(200, request["method"] == "POST" ? created : groups)
      case _ where path.hasSuffix("/participants/v2"): return .json(200, members)
      case _ where path.hasSuffix("/participants/add"): return .json(200, added)
      case _ where path.hasSuffix("messages-admin-only"): return .json(200, ["adminsOnly": false])
      case _ where path.hasSuffix("/invite-code"):
        return .response(status: 200, headers: ["content-type": "text/plain"], body: Array("Fk3".utf8))
      case _ where path.hasPrefix("contacts/"):
        return .json(200, ["numberExists": .boolean(exists)])
      default: return .json(200, group)
      }
    }
  }

  private static let admin: JSONValue = ["id": .text(own + "@c.us"), "role": "superadmin"]

  private func add() throws -> Outcome {
    try plugin.run(
      "whatsapp_group.add_members",
      ["channel": "wa_web", "groups": "Technology", "numbers": .text(Self.number)], in: world)
  }

  @Test(arguments: [
    ([["jid": "919812345678@s.whatsapp.net", "status": "403"]], "invitation_only"),
    ([["JID": "919812345678@s.whatsapp.net", "Error": 403]], "invitation_only"),
    ([["JID": "77@lid", "PhoneNumber": "919812345678@s.whatsapp.net", "Error": 408]],
      "invitation_only"),
    (["919812345678@c.us": ["code": 404, "message": "not there"]], "not_on_whatsapp"),
    (["participants": [["id": "919812345678@c.us", "code": 419]]], "group_full"),
    ([["id": ["_serialized": "919812345678@c.us"], "code": 499, "message": "odd"]], "not_changed"),
    ([], "invitation_only"), ([:], "invitation_only"), (.null, "invitation_only"),
  ] as [(JSONValue, String)])
  func `why somebody is not in a group is read from every engine's answer`(
    _ answer: JSONValue, _ code: String
  ) throws {
    bridge(members: [Self.admin, ["id": "16505550101@c.us", "role": "participant"]], added: answer)
    let outcome = try add()
    #expect(outcome.code == code, "\(outcome)")
    if code == "invitation_only" {
      #expect(outcome.providerCode == "https://chat.whatsapp.com/Fk3")
    }
  }

  @Test func `an engine that says nothing is asked whether the number is there at all`() throws {
    bridge(members: [Self.admin], added: [:], exists: false)
    #expect(try add().code == "not_on_whatsapp")
  }

  @Test func `who is hidden behind another id is in the group when WhatsApp says so`() throws {
    let hidden: JSONValue = ["id": "9988@lid", "role": "participant"]
    bridge(
      members: [Self.admin, hidden],
      added: [["jid": "919812345678@s.whatsapp.net", "status": "409"]])
    let outcome = try add()
    #expect(outcome.value?["already"]?[0]?["number"] == .text(Self.number), "\(outcome)")
    #expect(outcome.value?["changed"] == false)
  }

  @Test func `a group the own account is not in is not there, unless it may be a hidden one`() throws {
    bridge(members: [["id": "16505550101@c.us", "role": "admin"]])
    #expect(try add().code == "group_not_found")
    bridge(
      members: [["id": "77@lid", "role": "admin"]],
      added: [["jid": "919812345678@s.whatsapp.net", "status": "403"]])
    let hidden = try add()
    #expect(hidden.code == "invitation_only", "\(hidden)")
    bridge(members: [["id": .text(Self.own + "@c.us"), "role": "left"]])
    #expect(try add().code == "group_not_found")
  }

  @Test(arguments: [
    [["id": "5@g.us", "subject": "Choir"]],
    [["JID": "5@g.us", "Name": "Choir", "OwnerJID": "1@lid"]],
    ["5@g.us": ["id": "5@g.us", "subject": "Choir"]],
    [["id": ["_serialized": "5@g.us"], "name": "Choir", "groupMetadata": ["owner": "1@c.us"]]],
  ] as [JSONValue])
  func `a group that no record knows is found by its name among the bridge's`(
    _ groups: JSONValue
  ) throws {
    bridge(
      members: [Self.admin, ["id": "77@lid", "pn": "919812345678@c.us", "role": "participant"]],
      groups: groups)
    let outcome = try plugin.run(
      "whatsapp_group.add_members",
      ["channel": "wa_web", "groups": "choir", "numbers": .text(Self.number)], in: world)
    #expect(outcome.value?["already"]?.asList?.count == 1, "\(outcome)")
    let record = try #require(world.puts.first { $0.collection == "wa_group" })
    #expect(record.fields["group_id"] == "5@g.us" && record.fields["members"] == 2)
  }

  @Test(arguments: [
    ["id": "6@g.us"], ["gid": ["_serialized": "6@g.us"]], ["JID": "6@g.us", "Name": "x"],
  ] as [JSONValue])
  func `the id of a new group is read from every engine's answer`(_ answer: JSONValue) throws {
    bridge(
      members: [Self.admin, ["id": "919812345678@c.us", "role": "participant"]], created: answer)
    let outcome = try plugin.run(
      "whatsapp_group.create",
      ["channel": "wa_web", "name": "Friends", "members": .text(Self.number)], in: world)
    #expect(outcome.value?["group"] == "6@g.us", "\(outcome)")
  }

  @Test func `a new group without an id leaves its fate unknown`() throws {
    bridge(members: [Self.admin], created: [:])
    let outcome = try plugin.run(
      "whatsapp_group.create",
      ["channel": "wa_web", "name": "Friends", "members": .text(Self.number)], in: world)
    #expect(outcome.errorClass == .unknownOutcome && outcome.code == "gateway_error")
  }

  @Test func `without numbers the run's contact is meant`() throws {
    bridge(members: [Self.admin, ["id": "16505551234@c.us", "role": "participant"]])
    let outcome = try plugin.run(
      "whatsapp_group.add_members", ["channel": "wa_web", "groups": "Technology"], in: world,
      contact: "401")
    #expect(outcome.value?["already"]?[0]?["number"] == "16505551234", "\(outcome)")
    let nobody = try plugin.run(
      "whatsapp_group.add_members", ["channel": "wa_web", "groups": "Technology"], in: world)
    #expect(nobody.code == "no_contact")
  }
}
