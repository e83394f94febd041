// SPDX-License-Identifier: Apache-2.0
// Making groups and posting to them, against the bridges.
import TestKit
import Testing
import Values

@Suite struct GroupPostTests {
  private static let id = "120363000000000100@g.us"

  @Test(arguments: GatewayWorld.Bridge.allCases)
  func `a post reaches the base and its children, once each`(bridge: GatewayWorld.Bridge) throws {
    let world = try GatewayWorld(
      bridge,
      state: ["groups": .object([Self.id: GatewayWorld.group("Technology", members: 1)])],
      channel: ["group_cap": 3])
    _ = try world.result(
      "whatsapp_group.add_members",
      [
        "groups": "Technology", "numbers": "15550002001, 15550002002, 15550002003, 15550002004",
        "auto_child": true,
      ])
    let child = try world.groups(named: "Technology 1")[0].id
    let result = try world.result(
      "whatsapp_group.send_message",
      ["groups": ["Technology", .text(child), .text(Self.id)], "text": "Meeting at five"])
    #expect(result["accepted"] == 3, "\(result)")
    let chats = try world.state()["sent"]?.asList?.compactMap { $0["chat"]?.asText } ?? []
    #expect(chats.count == 3 && Set(chats).count == 3 && chats[0] == Self.id)
    #expect(result["messages"]?.asList?.allSatisfy { $0["base"] == .text(Self.id) } == true)
    let media = try world.result(
      "whatsapp_group.send_message",
      ["groups": .text(Self.id), "media": ["url": "https://f.example/a.png"], "text": "Look"])
    #expect(media["accepted"] == 3)
  }

  @Test func `a group that is gone is listed once and left out from then on`() throws {
    let world = try GatewayWorld(
      .waha, state: ["groups": .object([Self.id: GatewayWorld.group("Technology", members: 1)])],
      channel: ["group_cap": 3])
    _ = try world.result(
      "whatsapp_group.add_members",
      ["groups": "Technology", "numbers": "15550002001, 15550002002", "auto_child": true])
    let child = try world.groups(named: "Technology 1")[0].id
    let left: JSONValue = ["name": "Technology 1", "owner": "1", "members": [:]]
    try world.merge(["groups": .object([child: left])])
    let first = try world.result(
      "whatsapp_group.send_message", ["groups": "Technology", "text": "a"])
    #expect(first["accepted"] == 1 && first["failed"]?[0]?["class"] == "not_found", "\(first)")
    let second = try world.result(
      "whatsapp_group.send_message", ["groups": "Technology", "text": "b"])
    #expect(second["accepted"] == 1 && second["failed"] == [], "\(second)")
    // The next child does not take the number of the one that is gone.
    let next = try world.result(
      "whatsapp_group.add_members",
      ["groups": "Technology", "numbers": "15550002003", "auto_child": true])
    #expect(next["added"]?[0]?["group"] == "Technology 2", "\(next)")
  }

  @Test func `where only admins post, another account is denied`() throws {
    let world = try GatewayWorld(
      .waha,
      state: [
        "groups": .object([
          Self.id: GatewayWorld.group("News", members: 1, own: "participant", announce: true)
        ])
      ])
    let (view, _) = try world.run("whatsapp_group.send_message", ["groups": "News", "text": "a"])
    #expect(view["do"].errorClass == "denied" && view["do"].code == "not_admin", "\(view)")
    let (cloud, _) = try world.run(
      "whatsapp_group.send_message", ["channel": "phone", "groups": "News", "text": "a"])
    #expect(cloud["do"].code == "no_groups")
    let (all, _) = try world.run(
      "whatsapp_group.send_message", ["groups": "News, Nothing", "text": "a", "require_all": true])
    #expect(all["do"].errorClass == "not_found" || all["do"].errorClass == "denied", "\(all)")
    #expect(try world.state()["sent"] == [])
  }

  @Test(arguments: GatewayWorld.Bridge.allCases)
  func `a group is made with its admins, and who cannot be in it is listed`(
    bridge: GatewayWorld.Bridge
  ) throws {
    // With a credential of its own kind, and without the plugin for messages.
    let world = try GatewayWorld(
      bridge, state: ["refuse": ["15550002003": 403]], enabled: ["whatsapp_group"])
    let result = try world.result(
      "whatsapp_group.create",
      [
        "name": " Friends ", "members": "15550002001, 15550002002, 15550002003, x",
        "admins": "15550002002", "who_can_post": "admins",
      ])
    let made = try world.groups(named: "Friends")
    #expect(made.count == 1 && result["group"] == .text(made[0].id), "\(result)")
    #expect(result["members"] == 3 && result["name"] == "Friends")
    #expect(result["invite_link"]?.asText?.hasPrefix("https://chat.whatsapp.com/") == true)
    #expect(made[0].group["announce"] == true)
    #expect(made[0].group["members"]?["15550002002"] == "admin")
    let failed = result["failed"]?.asList?.map {
      "\($0["target"]?.asText ?? "") \($0["class"]?.asText ?? "")"
    }
    #expect(failed == ["x invalid_input", "15550002003 denied"])
    // It can be posted to by its name at once.
    let post = try world.result("whatsapp_group.send_message", ["groups": "friends", "text": "a"])
    #expect(post["accepted"] == 1)
  }

  @Test func `a group that cannot be is not made`() throws {
    let world = try GatewayWorld(.waha, channel: ["group_cap": 3])
    for (parameters, code) in [
      (["name": "a", "members": "x"], "no_members"), (["name": "a"], "no_members"),
      (["name": " ", "members": "15550002001"], "bad_name"),
      (["name": "a", "members": "15550002001,15550002002,15550002003"], "over_limit"),
    ] as [(JSONObject, String)] {
      let (view, _) = try world.run("whatsapp_group.create", parameters)
      #expect(view["do"].code == code && view["do"].errorClass == "invalid_input", "\(view)")
    }
    #expect(try world.state()["groups"] == [:])
  }

  @Test(arguments: [GatewayWorld.Bridge.waha, .gowa])
  func `an answer that is lost leaves it unknown whether there is a group`(
    bridge: GatewayWorld.Bridge
  ) throws {
    let world = try GatewayWorld(bridge, state: ["fail": ["create": [1, 0, ""]]])
    let (view, _) = try world.run(
      "whatsapp_group.create", ["name": "Friends", "members": "15550002001"])
    #expect(view["do"].errorClass == "unknown_outcome", "\(view)")
    #expect(try world.groups(named: "Friends").count == 1, "one, and not another")
  }
}
