// SPDX-License-Identifier: Apache-2.0
import Pipeline
import Testing
import Values

@Suite struct ControlTests {
  private let plugin: PluginUnderTest
  private let world = ScriptedWorld.acme()

  init() throws { plugin = try PluginUnderTest("control") }

  @Test func `cancelling names the runs that waited, and several pairs are one request`() throws {
    let outcome = try plugin.run(
      "control.cancel_delay",
      [
        "delays": [
          ["connector": "webinar_registration", "identifier": "webinar:77"],
          ["identifier": "order:5"],
        ], "cancelled_runs": "resume", "hold": "1 h",
      ], in: world)
    #expect(outcome.value?["cancelled"] == 2)
    #expect(outcome.value?["runs"]?[1]?["run"] == "32")
    #expect(world.runs.asked.count == 1 && world.runs.stopReason == nil)
    #expect(
      world.runs.asked.first?.value == [
        "delays": [
          ["identifier": "webinar:77", "connector": "webinar_registration"],
          ["identifier": "order:5"],
        ], "options": ["cancelled_runs": "resume", "hold": "1 h"],
      ])
  }

  @Test func `a pair without an identifier matches nothing, and the result says so`() throws {
    let outcome = try plugin.run(
      "control.cancel_delay",
      ["delays": [["connector": "webinar_registration"], ["identifier": "order:5"]]], in: world)
    #expect(outcome.value?["without_identifier"] == 1, "\(outcome)")
    #expect(world.runs.asked.first?.value["delays"] == [["identifier": "order:5"]])
    for blank in [.null, "", " \n"] as [JSONValue] {
      let alone = try plugin.run(
        "control.cancel_delay", ["delays": [["identifier": blank]]], in: world)
      #expect(alone.value == ["cancelled": 0, "runs": [], "without_identifier": 1], "\(alone)")
    }
  }

  @Test func `then stop ends the run whether or not something waited`() throws {
    let outcome = try plugin.run(
      "control.cancel_delay", ["delays": [["identifier": "order:5"]], "then": "stop"], in: world)
    #expect(outcome.value == ["cancelled": 0, "runs": []])
    #expect(world.runs.stopReason?.isEmpty == false)
  }

  @Test func `a route hands the run's event over, or the value given`() throws {
    let own = try plugin.run(
      "control.route_to_connector", ["connector": "night_desk"], in: world)
    #expect(own.value == ["run": "1001", "connector": "night_desk", "hops": 1])
    #expect(world.runs.asked.first?.value == ["connector": "night_desk", "options": [:]])
    for event in [["a": [1]], [1, 2], "text", 7, false] as [JSONValue] {
      _ = try plugin.run(
        "control.route_to_connector", ["connector": "night_desk", "event": event], in: world)
      #expect(world.runs.asked.first?.value["event"] == event)
    }
  }

  @Test func `the host's refusals are the action's errors`() throws {
    func route(_ name: String) throws -> Outcome {
      try plugin.run("control.route_to_connector", ["connector": .text(name)], in: world)
    }
    #expect(try route("nobody").code == "connector_not_found")
    #expect(try route("old_desk").message == "connector disabled: old_desk")
    world.runs.hops = 10
    let eleventh = try route("night_desk")
    #expect(eleventh.errorClass == .failed && eleventh.code == "loop_limit")
    #expect(eleventh.message == "loop limit reached")
  }

  @Test func `stop tells the reason, which may be none`() throws {
    #expect(
      try plugin.run("control.stop", ["reason": "handled"], in: world).value
        == ["reason": "handled"])
    #expect(world.runs.stopReason == "handled")
    #expect(try plugin.run("control.stop", [:], in: world).value == ["reason": ""])
    #expect(world.runs.stopReason?.isEmpty == true)
  }

  @Test func `a host that does not offer runs is told how to`() throws {
    let outcome = try plugin.run("control.stop", [:], in: world, services: [])
    #expect(outcome.errorClass == .denied && outcome.code == "runs_not_granted")
  }
}
