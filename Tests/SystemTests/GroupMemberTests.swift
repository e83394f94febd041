// SPDX-License-Identifier: Apache-2.0
// Adding people to groups and taking them out, against the bridges.
import TestKit
import Testing
import Values

@Suite struct GroupMemberTests {
  private static let id = "120363000000000100@g.us"

  private func world(
    _ bridge: GatewayWorld.Bridge, members: Int, cap: Int = 256, _ state: JSONObject = [:],
    announce: Bool = false, own: String = "superadmin"
  ) throws -> GatewayWorld {
    var all = state
    var groups = state["groups"]?.asObject ?? [:]
    groups[Self.id] = GatewayWorld.group(
      "Technology", members: members, own: own, announce: announce)
    all["groups"] = .object(groups)
    return try GatewayWorld(bridge, state: all, channel: ["group_cap": .integer(Int64(cap))])
  }

  private func add(
    _ world: GatewayWorld, _ numbers: String, _ more: JSONObject = [:]
  ) throws -> JSONValue {
    var parameters: JSONObject = ["groups": "Technology", "numbers": .text(numbers)]
    for member in more { parameters[member.name] = member.value }
    return try world.result("whatsapp_group.add_members", parameters)
  }

  // MARK: Adding

  @Test(arguments: GatewayWorld.Bridge.allCases)
  func `who is in it already is left, the others are added, and admins are promoted`(
    bridge: GatewayWorld.Bridge
  ) throws {
    let world = try world(bridge, members: 2)
    let first = try add(world, "15550001000, +1 555 000 2001, 15550002002")
    #expect(first["already"] == [["number": "15550001000", "group": "Technology"]])
    #expect(
      first["added"] == [
        [
          "number": "15550002001", "group": "Technology", "base": "Technology",
          "created_group": false,
        ],
        [
          "number": "15550002002", "group": "Technology", "base": "Technology",
          "created_group": false,
        ],
      ])
    #expect(first["changed"] == true && first["failed"] == [])
    let again = try add(world, "15550002001, 15550002002")
    #expect(again["changed"] == false && again["added"] == [])
    let admins = try add(world, "15550001001, 15550002003", ["role": "admin"])
    #expect(admins["changed"] == true)
    let roles = try world.groups(named: "Technology")[0].group["members"]
    #expect(roles?["15550001001"] == "admin" && roles?["15550002003"] == "admin")
    #expect(roles?["15550002001"] == "participant")
  }

  @Test(arguments: GatewayWorld.Bridge.allCases)
  func `a full group opens children with running numbers, who may post is copied, admins are not`(
    bridge: GatewayWorld.Bridge
  ) throws {
    let world = try world(bridge, members: 2, cap: 4, announce: true)
    _ = try add(world, "15550001000", ["role": "admin"])
    let numbers = (1...8).map { "1555000200\($0)" }
    let result = try add(world, numbers.joined(separator: ","), ["auto_child": true])
    #expect(result["failed"] == [], "\(result)")
    #expect(try world.members(of: "Technology") == ["15550001000", "15550001001", "15550002001"])
    #expect(try world.members(of: "Technology 1") == Array(numbers[1...3]))
    #expect(try world.members(of: "Technology 2") == Array(numbers[4...6]))
    #expect(try world.members(of: "Technology 3") == [numbers[7]])
    let child = try world.groups(named: "Technology 1")[0].group
    #expect(child["announce"] == true)
    #expect(child["members"]?.asObject?.values.filter { $0 == "admin" }.isEmpty == true)
    let flags = result["added"]?.asList?.map { $0["created_group"]?.asBoolean == true } ?? []
    #expect(flags == [false] + Array(repeating: true, count: 7))

    // A place that became free before the newest child stays free, and a number has one group.
    _ = try world.result(
      "whatsapp_group.remove_members", ["groups": "Technology", "numbers": "15550001001"])
    let next = try add(world, "15550002002, 15550002009", ["auto_child": true])
    #expect(next["already"] == [["number": "15550002002", "group": "Technology 1"]])
    #expect(next["added"]?[0]?["group"] == "Technology 3")
    #expect(try world.members(of: "Technology").count == 2)
  }

  @Test(arguments: GatewayWorld.Bridge.allCases)
  func `who cannot be added is told apart, and the others are added`(
    bridge: GatewayWorld.Bridge
  ) throws {
    let world = try world(
      bridge, members: 1, ["refuse": ["15550002001": 403, "15550002002": 404]])
    let result = try add(world, "15550002001, 15550002002, 15550002003, x")
    #expect(result["added"]?.asList?.count == 1)
    let failed = result["failed"]?.asList ?? []
    func fate(_ target: String) -> JSONValue? { failed.first { $0["target"] == .text(target) } }
    #expect(fate("15550002001")?["class"] == "denied")
    #expect(fate("15550002001")?["error"] == "invitation only")
    #expect(fate("15550002001")?["code"]?.asText?.hasPrefix("https://chat.whatsapp.com/CODE") == true)
    #expect(fate("15550002002")?["class"] == "not_found", "\(failed)")
    #expect(fate("x")?["code"] == "bad_number")
  }

  @Test func `without auto_child a full group is full, also below the cap that is known`() throws {
    for (cap, real) in [(3, 1_024), (256, 3)] {
      let world = try world(.waha, members: 1, cap: cap, ["cap": .integer(Int64(real))])
      let result = try add(world, "15550002001, 15550002002")
      #expect(result["added"]?.asList?.count == 1)
      #expect(result["failed"]?[0]?["error"] == "group full", "\(result)")
      #expect(result["failed"]?[0]?["class"] == "failed")
      let more = try add(world, "15550002002", ["auto_child": true])
      #expect(more["added"]?[0]?["group"] == "Technology 1", "\(more)")
    }
  }

  @Test func `a child that was made and never written down is adopted, a stranger's is not`() throws {
    let orphan = "120363000000000200@g.us"
    let mine = try world(
      .waha, members: 2, cap: 3,
      ["groups": .object([orphan: GatewayWorld.group("Technology 1", members: 0)])])
    let result = try add(mine, "15550002001", ["auto_child": true])
    #expect(result["added"]?[0]?["group"] == "Technology 1")
    #expect(try mine.groups(named: "Technology 1").map(\.id) == [orphan])

    let other = try world(
      .waha, members: 2, cap: 3,
      [
        "groups": .object([
          orphan: GatewayWorld.group("Technology 1", members: 0, owner: "15550008888")
        ])
      ])
    _ = try add(other, "15550002001", ["auto_child": true])
    let groups = try other.groups(named: "Technology 1")
    let stranger = groups.first { $0.id == orphan }?.group
    #expect(groups.count == 2 && stranger?["members"]?.asObject?.count == 1)
  }

  @Test(arguments: [GatewayWorld.Bridge.waha, .gowa])
  func `an answer that is lost after the change was made changes nothing twice`(
    bridge: GatewayWorld.Bridge
  ) throws {
    let world = try world(
      bridge, members: 1, cap: 3, ["fail": ["add": [1, 0, ""], "create": [1, 0, ""]]])
    let result = try add(world, "15550002001, 15550002002, 15550002003", ["auto_child": true])
    #expect(result["added"]?.asList?.count == 3, "\(result)")
    #expect(try world.members(of: "Technology") == ["15550001000", "15550002001"])
    #expect(try world.members(of: "Technology 1") == ["15550002002", "15550002003"])
  }

  @Test(arguments: [GatewayWorld.Bridge.waha, .gowa])
  func `of twenty runs at the last free place one gets it and nobody is anywhere twice`(
    bridge: GatewayWorld.Bridge
  ) throws {
    let world = try world(bridge, members: 7, cap: 9)
    let host = try ServedHost(world.keeper)
    let url = try world.keeper.apply(
      connector: Document.connector(
        "join",
        Document.action(
          "add", "whatsapp_group.add_members",
          with: [
            "channel": "web", "groups": ["{{event.group}}"], "numbers": ["{{event.number}}"],
            "auto_child": true,
          ])))
    // By name and by id, and two runs for each of ten numbers.
    let runs = try (0..<20).map { index in
      try host.post(
        [
          "group": .text(index % 3 == 0 ? Self.id : "Technology"),
          "number": .text("\(15_550_002_000 + index / 2)"),
        ], to: url)
    }
    var added = 0
    for run in runs {
      let view = try world.keeper.waitForEnd(of: run)
      #expect(view.state == "succeeded", "\(view)")
      added += view["add"].output["added"]?.asList?.count ?? 0
    }
    #expect(added == 10, "each number once")
    let everybody = try ["Technology", "Technology 1", "Technology 2"].map { name in
      (try world.groups(named: name)).flatMap { $0.group["members"]?.asObject?.names ?? [] }
        .filter { $0.hasPrefix("155500020") }
    }
    #expect(try world.groups(named: "Technology 1").count == 1, "no child twice")
    #expect(everybody.map(\.count) == [1, 8, 1], "\(everybody)")
    #expect(Set(everybody.joined()).count == 10)
    try host.stop()
  }

  @Test func `what stands against the whole group is said of each number`() throws {
    let member = try world(.waha, members: 1, own: "participant")
    let (view, _) = try member.run(
      "whatsapp_group.add_members", ["groups": "Technology", "numbers": "15550002001"])
    #expect(view["do"].errorClass == "denied" && view["do"].message == "not a group admin", "\(view)")
    let (gone, _) = try member.run(
      "whatsapp_group.add_members", ["groups": "1@g.us", "numbers": "15550002001"])
    #expect(gone["do"].code == "group_not_found", "\(gone)")
    let (unknown, _) = try member.run(
      "whatsapp_group.add_members", ["groups": "Nobody's", "numbers": "15550002001"])
    #expect(unknown["do"].message == "group not found: Nobody's", "\(unknown)")
    let (cloud, _) = try member.run(
      "whatsapp_group.add_members",
      ["channel": "phone", "groups": "Technology", "numbers": "15550002001"])
    #expect(cloud["do"].code == "no_groups")
    #expect(cloud["do"].message.hasPrefix("channel cannot manage groups"), "\(cloud)")
    try member.merge(["groups": ["9@g.us": GatewayWorld.group("technology", members: 0)]])
    let (two, _) = try member.run(
      "whatsapp_group.add_members", ["groups": "TECHNOLOGY", "numbers": "15550002001"])
    #expect(two["do"].code == "ambiguous", "\(two)")
    try member.merge(["status": "SCAN_QR_CODE"])
    let (offline, _) = try member.run(
      "whatsapp_group.add_members", ["groups": "Technology", "numbers": "15550002001"])
    #expect(offline["do"].errorClass == "unavailable", "\(offline)")
  }

  // MARK: Removing

  @Test(arguments: GatewayWorld.Bridge.allCases)
  func `numbers are removed wherever they are, or lose their role alone`(
    bridge: GatewayWorld.Bridge
  ) throws {
    let world = try world(bridge, members: 1, cap: 3)
    _ = try add(world, "15550002001, 15550002002, 15550002003", ["auto_child": true, "role": "admin"])
    let demoted = try world.result(
      "whatsapp_group.remove_members",
      ["groups": "Technology", "numbers": "15550002002", "admin_role_only": true])
    #expect(demoted["removed"] == [["number": "15550002002", "group": "Technology 1"]])
    #expect(try world.members(of: "Technology 1") == ["15550002002", "15550002003"])
    let removed = try world.result(
      "whatsapp_group.remove_members",
      ["groups": "Technology", "numbers": "15550001000, 15550002002, 15550002003, 15550007777"])
    #expect(
      removed["removed"] == [
        ["number": "15550001000", "group": "Technology"],
        ["number": "15550002002", "group": "Technology 1"],
        ["number": "15550002003", "group": "Technology 1"],
      ])
    #expect(removed["absent"] == ["15550007777"] && removed["changed"] == true)
    let again = try world.result(
      "whatsapp_group.remove_members", ["groups": "Technology", "numbers": "15550001000"])
    #expect(again["absent"] == ["15550001000"] && again["changed"] == false)
    let (own, _) = try world.run(
      "whatsapp_group.remove_members",
      ["groups": "Technology", "numbers": .text(GatewayWorld.own)])
    #expect(own["do"].code == "own_account" && own["do"].errorClass == "invalid_input")
    // The emptied child stays and keeps its number.
    let next = try add(world, "15550002011, 15550002012, 15550002013", ["auto_child": true])
    let places = next["added"]?.asList?.compactMap { $0["group"]?.asText }
    #expect(places == ["Technology 1", "Technology 1", "Technology 2"])
  }

  @Test func `an account that is no admin removes nobody`() throws {
    let world = try world(.waha, members: 1, own: "participant")
    let (view, _) = try world.run(
      "whatsapp_group.remove_members", ["groups": "Technology", "numbers": "15550001000"])
    #expect(view["do"].errorClass == "denied" && view["do"].code == "not_admin", "\(view)")
    #expect(try world.members(of: "Technology") == ["15550001000"])
  }
}
