// SPDX-License-Identifier: Apache-2.0
import JackfieldBase
import Pipeline
import Testing
import Values

/// The pace of a gateway's session, as far as it can be seen without waiting.
@Suite struct GatewayPaceTests {
  private let plugin: PluginUnderTest
  private let world = ScriptedWorld.acme()

  init() throws {
    plugin = try PluginUnderTest("whatsapp")
    world.http = { request, _ in
      request["method"] == "GET"
        ? .json(200, ["status": "WORKING", "me": ["id": "16505550100@c.us"]])
        : .json(201, ["id": "true_1@c.us_3EB0"])
    }
  }

  private func send(_ to: JSONValue) throws -> Outcome {
    try plugin.run(
      "whatsapp.send_message", ["channel": "wa_web", "to": to, "text": "Hi"], in: world)
  }

  private var sent: Int { world.requests.count { $0["method"] == "POST" } }

  /// A session of its own, since a worker keeps the pace of each.
  private func session(_ name: String, gap: String) {
    world.collections["channel"]?["104"]?["gap"] = .text(gap)
    var credential = world.credentials["wa_web"]?.asObject ?? [:]
    credential["session"] = .text(name)
    world.credentials["wa_web"] = .object(credential)
  }

  @Test func `the second message of a session waits for the gap, and not beyond the call`() throws {
    session("second", gap: "5 min")
    #expect(try send("16505551234").value?["accepted"] == 1)
    let next = try send("16505551234")
    #expect(next.errorClass == .rateLimited && next.code == "gateway_pace", "\(next)")
    #expect(next.retryAfter == 300_000)
    #expect(sent == 1)
    session("another", gap: "5 min")
    #expect(try send("16505551234").value?["accepted"] == 1, "another session has its own pace")
  }

  @Test func `a message that another worker sent counts as well`() throws {
    session("elsewhere", gap: "5 min")
    world.collections["message"] = [
      "1": [
        "channel": "104", "direction": "out", "group": "g",
        "created_at": .text(JackfieldBase.Moment.now.iso),
      ]
    ]
    #expect(try send("16505551234").code == "gateway_pace")
    world.collections["message"]?["1"]?["created_at"] = "2020-01-01T00:00:00.000Z"
    session("elsewhere_later", gap: "5 min")
    #expect(try send("16505551234").value?["accepted"] == 1)
  }

  @Test func `too many for the pace are refused as a whole, a gap that is none by its channel`() throws
  {
    session("many", gap: "20 s")
    let many = try send("16505551230, 16505551231, 16505551232, 16505551233")
    #expect(many.code == "too_slow" && many.errorClass == .invalidInput)
    #expect(many.message?.hasPrefix("too many recipients for this channel's pace") == true)
    session("odd", gap: "soon")
    #expect(try send("16505551234").code == "bad_gap")
    #expect(sent == 0)
  }

  @Test func `the blacklist holds for a gateway too, and a session is not asked for then`() throws {
    world.collections["blacklist"] = ["1": ["channel": "104", "number": "16505551234"]]
    #expect(try send("16505551234").code == "blacklisted")
    #expect(world.requests.isEmpty)
  }
}
