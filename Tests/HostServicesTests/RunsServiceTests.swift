// SPDX-License-Identifier: Apache-2.0
import Pipeline
import Schema
import Store
import Testing
import Values
import WorkerProtocol

@testable import HostServices

/// `runs.h`, and what spec/engine.md says of routing, cancelling delays, enrolment and stop.
@Suite(.timeLimit(.minutes(20))) struct RunsServiceTests {
  @Test func `nothing is done to runs without the grant, and the refusal names it`() async throws {
    let host = try ServicesFixture(runs: false)
    try await host.open(1)
    let requests: [(ServiceID, JSONValue)] = [
      (.runsStart, ["connector": "night_desk"]), (.runsStop, ["reason": ""]),
      (.runsCancelDelays, ["delays": [["identifier": "a"]]]),
      (.runsLeave, ["connector": "night_desk", "subject": "s"]),
    ]
    for (service, request) in requests {
      let answer = await host.ask(service, request)
      #expect(answer.status == 2 && answer.code == "runs_not_granted")
      #expect(answer.message?.contains("\"runs\"") == true)
      #expect(
        answer.message?.contains("jackfield plugin enable services --project acme --runs") == true)
    }
    #expect(await host.effects().isEmpty)
    await host.stop()
  }

  @Test func `a connector is named by its name in any case or its id, and gets event and contact`()
    async throws
  {
    let host = try ServicesFixture()
    try await host.open(1, hops: 3)
    let answer = await host.ask(.runsStart, ["connector": " Night_Desk "])
    #expect(
      answer.value == [
        "connector": "night_desk", "hops": 4, "run": ["$deferred": 1, "member": "run"],
        "started": ["$deferred": 1, "member": "started"],
        "previous": ["$deferred": 1, "member": "previous"],
      ])
    _ = await host.ask(.runsStart, ["connector": "2", "event": .null])
    let effects = await host.effects()
    #expect(
      effects == [
        .start(
          RunStart(
            connector: ConnectorID(2), name: "night_desk", version: 4, event: ["own": true],
            contact: host.contact, hops: 4, entry: nil, slot: 1)),
        .start(
          RunStart(
            connector: ConnectorID(2), name: "night_desk", version: 4, event: .null,
            contact: host.contact, hops: 4, entry: nil, slot: 2)),
      ])
    await host.loop.perform { [services = host.services] in services.release(1) }
    #expect(await host.effects().isEmpty, "a call that is released has asked for nothing")
    await host.stop()
  }

  @Test(arguments: [
    (["connector": "nite_desk"], 3, "connector not found: nite_desk"),
    (["connector": "7"], 3, "connector not found: 7"),
    (["connector": "old_desk"], 2, "connector disabled: old_desk"),
    (["connector": "night_desk", "options": ["contact": "999"]], 3, "contact not found: 999"),
    (["connector": "night_desk", "options": ["contact": "Ann"]], 3, "contact not found: Ann"),
    (["connector": "night_desk", "options": ["subjekt": "x"]], 1, "no option \"subjekt\""),
    (["connector": "night_desk", "options": ["subject": ""]], 1, "a subject has 1 to 200"),
    (["connector": "night_desk", "options": ["if_enrolled": "leave"]], 1, "go with a \"subject\""),
    (
      ["connector": "night_desk", "options": ["subject": "s", "if_enrolled": "kill"]], 1,
      "if_enrolled is \"leave\" or \"restart\", not \"kill\""
    ),
    (["connector": "night_desk", "options": [1]], 1, "options is an object"),
    (
      ["connector": "night_desk", "event": .text(String(repeating: "x", count: 1 << 20))], 1,
      "the most is 1048576"
    ),
    ([:], 3, "connector not found: "), (["connector": ["a"]], 3, "connector not found: "),
    ([1, 2], 3, "connector not found: "),
  ] as [(JSONValue, Int32, String)])
  func `a run that cannot be started says why`(
    _ request: JSONValue, _ status: Int32, _ message: String
  ) async throws {
    let host = try ServicesFixture()
    try await host.open(1)
    let answer = await host.ask(.runsStart, request)
    #expect(answer.status == status && answer.message?.contains(message) == true, "\(answer)")
    #expect(await host.effects().isEmpty)
    await host.stop()
  }

  @Test func `an event that the connector does not accept is refused with what is missing`()
    async throws
  {
    var trigger = RoutedTrigger()
    trigger.schema = try JSONSchema(
      parsing: [
        "type": "object", "required": ["own"], "additionalProperties": false,
        "properties": ["own": ["type": "boolean"]],
      ])
    let host = try ServicesFixture(routed: trigger)
    try await host.open(1)
    for (event, words) in [
      (["m": 1], "event.own is missing"), (["own": "yes"], "event.own must be"),
      ("text", "the value must be"),
    ] as [(JSONValue, String)] {
      let answer = await host.ask(.runsStart, ["connector": "night_desk", "event": event])
      #expect(answer.status == 1 && answer.code == "event_not_accepted", "\(answer)")
      let message = answer.message ?? ""
      #expect(message.hasPrefix("connector night_desk does not accept the event: \(words)"))
    }
    #expect(await host.effects().isEmpty)
    let variables: JSONValue = ["own": true, "custom_variables": ["utm": "fair"]]
    for event in [["own": true], variables] as [JSONValue] {
      let answer = await host.ask(.runsStart, ["connector": "night_desk", "event": event])
      #expect(answer.value["connector"] == "night_desk", "\(answer)")
    }
    #expect(await host.ask(.runsStart, ["connector": "night_desk"]).value["hops"] == 1)
    await host.stop()
  }

  /// Routing: at most 10 hops; the eleventh is refused, `loop limit reached`.
  @Test func `the eleventh hop is refused`() async throws {
    let host = try ServicesFixture()
    try await host.open(1, hops: 9)
    #expect(await host.ask(1, .runsStart, ["connector": "orders"]).value["hops"] == 10)
    try await host.open(2, hops: 10)
    let refused = await host.ask(2, .runsStart, ["connector": "orders"])
    #expect(refused.status == 7 && refused.code == "loop_limit")
    #expect(refused.message == "loop limit reached")
    await host.stop()
  }

  @Test func `a run is entered under a key, about a contact of this project`() async throws {
    let host = try ServicesFixture()
    try await host.open(1)
    let id = host.contact.text
    _ = await host.ask(
      .runsStart,
      [
        "connector": "night_desk",
        "options": [
          "subject": "contact:7", "if_enrolled": "restart", "as": "funnel", "contact": .text(id),
        ],
      ])
    _ = await host.ask(.runsLeave, ["connector": "old_desk", "subject": "contact:7"])
    let effects = await host.effects()
    guard case .start(let start)? = effects.first else { throw Missing() }
    #expect(
      start.entry == RunEntry(subject: "contact:7", ifEnrolled: .restart, kind: "funnel"))
    #expect(start.contact == host.contact)
    #expect(
      effects.last
        == .leaveEnrolment(RunLeave(connector: ConnectorID(3), subject: "contact:7", slot: 2)))
    await host.stop()
  }

  private struct Missing: Error {}

  @Test func `delays are cancelled in this connector unless another is named`() async throws {
    let host = try ServicesFixture()
    try await host.open(1)
    let answer = await host.ask(
      .runsCancelDelays,
      [
        "delays": [
          ["identifier": "a"], ["connector": "old_desk", "identifier": "b"],
          ["connector": "ORDERS", "identifier": "a"],
        ], "options": ["cancelled_runs": "resume", "hold": "1 h"],
      ])
    #expect(answer.value["cancelled"] == ["$deferred": 1, "member": "cancelled"])
    guard case .cancelDelays(let cancel)? = await host.effects().first else { throw Missing() }
    #expect(
      cancel.keys == [
        .init(connector: ConnectorID(1), identifier: "a"),
        .init(connector: ConnectorID(3), identifier: "b"),
      ])
    #expect(cancel.mode == .resume && cancel.holdMS == 3_600_000)
    #expect(
      cancel.value([(RunID(31), ConnectorID(3), "b")]) == [
        "cancelled": 1, "runs": [["connector": "old_desk", "identifier": "b", "run": "31"]],
      ])
    let many = cancel.value((0..<1_500).map { (RunID($0), ConnectorID(1), "a") })
    #expect(many["cancelled"] == 1_500 && many["runs"]?.asList?.count == 1_000)
    await host.stop()
  }

  @Test(arguments: [
    ([["identifier": ""]], 1, "empty_identifier"), ([["identifier": " \n"]], 1, "empty_identifier"),
    ([["connector": "orders"]], 1, "empty_identifier"),
    ([["identifier": "a"], ["identifier": 7]], 1, "empty_identifier"),
    ([["connector": "nobody", "identifier": "a"]], 3, "connector_not_found"),
    ([], 1, "bad_delays"), ("a", 1, "bad_delays"),
    (.list(Array(repeating: ["identifier": "a"], count: 1_001)), 1, "bad_delays"),
  ] as [(JSONValue, Int32, String)])
  func `delays without a name are never cancelled, and the limits say what to do`(
    _ delays: JSONValue, _ status: Int32, _ code: String
  ) async throws {
    let host = try ServicesFixture()
    try await host.open(1)
    let answer = await host.ask(.runsCancelDelays, ["delays": delays])
    #expect(answer.status == status && answer.code == code, "\(answer)")
    #expect(await host.effects().isEmpty)
    await host.stop()
  }

  @Test func `a stop is one of the effects, its reason bounded`() async throws {
    let host = try ServicesFixture()
    try await host.open(1)
    let long = await host.ask(
      .runsStop, ["reason": .text(String(repeating: "ü", count: 201))])
    #expect(long.code == "reason_too_long")
    #expect(await host.effects().stopReason == nil)
    _ = await host.ask(.runsStop, ["reason": .text(String(repeating: "ü", count: 200))])
    #expect(await host.effects().stopReason?.count == 200)
    await host.stop()
  }

  @Test func `one call asks at most a thousand things`() async throws {
    let host = try ServicesFixture()
    try await host.open(1)
    for _ in 1...1_000 { _ = await host.ask(.runsStop, ["reason": ""]) }
    let answer = await host.ask(.runsStop, ["reason": ""])
    #expect(answer.code == "too_many_runs" && answer.message?.contains("for_each") == true)
    #expect(await host.effects().count == 1_000)
    await host.stop()
  }
}
