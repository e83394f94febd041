// SPDX-License-Identifier: Apache-2.0
import CJackfield
import JackfieldPlugin
import Pipeline
import Testing
import Values

@testable import PluginRuntime

/// Enters and leaves a connector, as the actions of sequences and chatbots do.
private struct EnterAction: Action {
  static let id = "probe.enter"

  struct Parameters: Decodable {
    var connector: String
    var subject: String
  }

  struct Result: Encodable {
    var left: JSONValue
    var run: JSONValue
    var entered: JSONValue
    var previous: JSONValue
    var connector: String
  }

  func run(_ p: Parameters, _ call: Call) throws(ActionError) -> Result {
    let left = try call.runs.leave(p.connector, subject: p.subject)
    let started = try call.runs.start(
      p.connector, event: ["a": 1], contact: "401",
      entry: RunEntry(subject: p.subject, ifEnrolled: .restart, kind: "sequence"))
    return Result(
      left: left.wasLive, run: started.run, entered: started.isStarted,
      previous: started.previous, connector: left.connector)
  }
}

@Suite(.serialized) struct SDKRunsTests {
  private func run(_ world: ScriptedWorld, _ parameters: JSONValue) throws -> Outcome {
    let table = try #require(Plugin.export(EnterAction.self))
    let instance = try RuntimeInstance(
      opening: PluginImage(file: "probe", checking: table), settings: Array("{}".utf8),
      services: [JF_RUNS_INTERFACE], backend: world)
    defer { instance.close() }
    world.newCall()
    let result = try instance.actions([EnterAction.id]).run(
      .init(
        number: 1, action: 0, budgetMS: 60_000, key: Array("k-1".utf8)[...],
        context: Array("{}".utf8)[...], parameters: parameters.jsonBytes[...]))
    let json = try JSONValue(parsing: result.json)
    guard result.status != 0 else { return Outcome(value: json) }
    return Outcome(errorClass: .init(status: result.status), error: json)
  }

  @Test func `a run is entered under a key and what the commit decides is filled in`() throws {
    let world = ScriptedWorld.acme()
    let outcome = try run(world, ["connector": "night_desk", "subject": "contact:401"])
    #expect(
      world.runs.asked.map(\.value) == [
        ["connector": "night_desk", "subject": "contact:401"],
        [
          "connector": "night_desk", "event": ["a": 1],
          "options": [
            "subject": "contact:401", "if_enrolled": "restart", "as": "sequence",
            "contact": "401",
          ],
        ],
      ])
    let result = try #require(outcome.value, "\(outcome)")
    #expect(
      DeferredValues.fill(result, world.runs.deferred) == [
        "left": false, "run": "1001", "entered": true, "previous": .null,
        "connector": "night_desk",
      ])
  }

  @Test func `the host's refusal is thrown with its code`() throws {
    let outcome = try run(.acme(), ["connector": "nobody", "subject": "s"])
    #expect(outcome.errorClass == .notFound && outcome.code == "connector_not_found")
  }
}
