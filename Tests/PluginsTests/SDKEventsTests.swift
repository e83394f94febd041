// SPDX-License-Identifier: Apache-2.0
import CJackfield
import JackfieldPlugin
import Pipeline
import Testing
import Values

@testable import PluginRuntime

/// Tells what came in and what became of what went out, and waits for news of its own.
private struct TellAction: Action {
  static let id = "probe.tell"

  struct Parameters: Decodable {
    var kind: EventKind
    var targets: Int?
  }

  struct Result: Encodable {
    var woken: JSONValue
    var settled: JSONValue
  }

  func run(_ p: Parameters, _ call: Call) throws(ActionError) -> Result {
    let raised = try call.events.raise(p.kind, key: "m1", ["text": "hi"])
    let settled = try call.events.settle(
      "k-1-0-0", EventNews(.failed, target: "t", errorClass: "denied", code: "c", message: "m"))
    if let targets = p.targets { call.awaitNews(of: targets, within: .seconds(90)) }
    return Result(woken: raised.woken, settled: settled.isSettled)
  }
}

@Suite(.serialized) struct SDKEventsTests {
  private func run(
    _ world: ScriptedWorld, _ parameters: JSONValue, services: [String] = [JF_EVENTS_INTERFACE]
  ) throws -> (status: Int32, json: JSONValue) {
    let table = try #require(Plugin.export(TellAction.self))
    let instance = try RuntimeInstance(
      opening: PluginImage(file: "probe", checking: table), settings: Array("{}".utf8),
      services: services, backend: world)
    defer { instance.close() }
    world.newCall()
    let result = try instance.actions([TellAction.id]).run(
      .init(
        number: 1, action: 0, budgetMS: 60_000, key: Array("k-1".utf8)[...],
        context: Array("{}".utf8)[...], parameters: parameters.jsonBytes[...]))
    return (result.status, try JSONValue(parsing: result.json))
  }

  @Test func `events and news go to the host as they are, and what it decides is filled in`() throws {
    let world = ScriptedWorld.acme()
    let (status, json) = try run(world, ["kind": "message_status"])
    #expect(
      world.runs.asked.map(\.value) == [
        ["kind": "message_status", "key": "m1", "event": ["text": "hi"]],
        [
          "key": "k-1-0-0",
          "news": [
            "state": "failed", "target": "t", "class": "denied", "code": "c", "message": "m",
          ],
        ],
      ])
    #expect(status == 0)
    #expect(
      DeferredValues.fill(json, world.runs.deferred) == ["woken": "1001", "settled": true])
  }

  @Test func `a result that waits for news says for how many and how long`() throws {
    let (status, json) = try run(.acme(), ["kind": "email", "targets": 3])
    #expect(status == CallResult.waits)
    #expect(json["count"] == 3 && json["within_ms"] == 90_000)
    #expect(json["result"]?["woken"] != nil)
  }

  @Test(arguments: [0, 1_001]) func `a wait for nobody or too many is the plugin's mistake`(
    targets: Int64
  ) throws {
    let (status, json) = try run(.acme(), ["kind": "email", "targets": .integer(targets)])
    #expect(status != 0 && status != CallResult.waits, "\(json)")
  }

  @Test func `without the interface in the manifest it is denied with what to add`() throws {
    let (status, json) = try run(.acme(), ["kind": "email"], services: [])
    #expect(ErrorClass(status: status) == .denied && json["code"] == "events_not_granted")
    #expect(json["message"]?.asText?.contains("jackfield.events/1") == true)
  }
}
